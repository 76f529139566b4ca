"""Virtual phones and the real adb, as the tests of deploy/device have them."""

from tests.deploy.device.conftest import adb, phone, private_server, server

__all__ = ["adb", "phone", "private_server", "server"]
