"""A virtual phone: the device side of the adb protocol, to which the real adb connects as it does to a phone over Wi-Fi.

`VirtualPhone` is one phone, `Faults` says how it misbehaves, `PrivateAdbServer` runs the real adb apart from the user's own.
"""

from deploy.virtual_phone.faults import Faults
from deploy.virtual_phone.phone import VirtualPhone
from deploy.virtual_phone.server import PrivateAdbServer
from deploy.virtual_phone.state import InstallAttempt, InstalledApk, PhoneState

__all__ = ["Faults", "InstallAttempt", "InstalledApk", "PhoneState", "PrivateAdbServer", "VirtualPhone"]
