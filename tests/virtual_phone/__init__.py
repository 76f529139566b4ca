"""A phone made of software: the device side of the adb protocol, for the real adb client.

`VirtualPhone` is one phone, `Knobs` how it misbehaves, `PrivateAdbServer` the real adb on a server of the tests' own.
"""

from tests.virtual_phone.phone import VirtualPhone
from tests.virtual_phone.server import PrivateAdbServer
from tests.virtual_phone.state import InstalledApk, InstallSeen, Knobs, PhoneState

__all__ = ["InstallSeen", "InstalledApk", "Knobs", "PhoneState", "PrivateAdbServer", "VirtualPhone"]
