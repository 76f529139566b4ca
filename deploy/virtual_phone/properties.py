"""The system properties of a phone: what it is, and how far it has started."""

from __future__ import annotations

from deploy.virtual_phone.state import PhoneState

FIRST_SOC_SDK = 31


def system_properties(phone: PhoneState) -> dict[str, str]:
    """By name; `ro.apkiln.virtual` is what no real phone has."""
    up = {"sys.boot_completed": "1", "dev.bootcomplete": "1", "init.svc.bootanim": "stopped"} if phone.ready else {}
    soc = {"ro.soc.manufacturer": phone.soc_maker, "ro.soc.model": phone.soc} if phone.sdk >= FIRST_SOC_SDK else {}
    return {
        "ro.product.model": phone.model,
        "ro.product.manufacturer": phone.manufacturer,
        "ro.product.brand": phone.fingerprint.split("/")[0],
        "ro.product.name": phone.fingerprint.split("/")[1],
        "ro.product.device": phone.device,
        "ro.product.cpu.abi": phone.abis[0],
        "ro.product.cpu.abilist": ",".join(phone.abis),
        "ro.build.version.sdk": str(phone.sdk),
        "ro.build.version.release": phone.release,
        "ro.build.fingerprint": phone.fingerprint,
        "ro.build.type": "user",
        "ro.debuggable": "0",
        "ro.hardware": phone.hardware,
        "ro.serialno": phone.serialno,
        "ro.boot.serialno": phone.serialno,
        "ro.apkiln.virtual": "1",
        "sys.usb.state": "adb",
        "persist.sys.timezone": "UTC",
        **soc,
        **phone.more_properties,
        **up,
    }
