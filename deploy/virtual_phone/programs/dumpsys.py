"""`dumpsys SERVICE`: what Android's services print of themselves, as far as others read it.

Samples of real phones that the layouts follow: a Galaxy A52's and a Pixel's thermalservice, the battery service's own source,
flutter's samples of meminfo before and since Android 12, SurfaceFlinger's GLES line of Adreno and Mali.
"""

from __future__ import annotations

from collections.abc import Callable

from deploy.virtual_phone.meminfo import meminfo
from deploy.virtual_phone.session import Answer, Program, Session, failure, lines
from deploy.virtual_phone.state import PhoneState

FIRST_THERMAL_SDK = 29


def dumpsys(session: Session, arguments: list[str]) -> Answer:
    """`dumpsys -l`, or a service's name and its own arguments."""
    phone = session.phone
    if arguments == ["-l"]:
        return lines("Currently running services:", *(f"  {name}" for name in sorted(SERVICES)))
    name = arguments[0]
    dump = SERVICES.get(name)
    if dump is None or not phone.ready or (name == "thermalservice" and phone.sdk < FIRST_THERMAL_SDK):
        return failure(f"Can't find service: {name}", code=0)
    return lines(*dump(phone, arguments[1:]))


def _thermal(phone: PhoneState, arguments: list[str]) -> list[str]:
    status, skin = phone.heat.status, phone.heat.now_c()
    sensors = [
        f"\tTemperature{{mValue={skin + 6.4:.1f}, mType=0, mName=AP, mStatus=0}}",
        f"\tTemperature{{mValue={_battery_c(phone):.1f}, mType=2, mName=BAT, mStatus=0}}",
        f"\tTemperature{{mValue={skin:.1f}, mType=3, mName=SKIN, mStatus={status}}}",
    ]
    return [
        "IsStatusOverride: false",
        "ThermalEventListeners:",
        *_listeners(1),
        "ThermalStatusListeners:",
        *_listeners(4),
        f"Thermal Status: {status}",
        "Cached temperatures:",
        *sensors,
        "HAL Ready: true",
        "HAL connection:",
        "\tThermalHAL AIDL 1  connected: yes" if phone.sdk >= 33 else "\tThermalHAL 2.0 connected: yes",
        "Current temperatures from HAL:",
        *sensors,
        "Current cooling devices from HAL:",
    ]


def _listeners(count: int) -> list[str]:
    return [f"\tcallbacks: {count}", "\tkilled: false", "\tbroadcasts count: -1"]


def _battery_c(phone: PhoneState) -> float:
    return phone.heat.now_c() - 1.5


def _battery(phone: PhoneState, arguments: list[str]) -> list[str]:
    charging, percent = phone.battery.charging, phone.battery.percent
    if arguments[:2] == ["get", "level"]:
        return [str(percent)]
    if arguments:  # `set`, `unplug`, `reset`
        if arguments[0] == "unplug":
            phone.battery.charging = False
        return []
    return [
        "Current Battery Service state:",
        "  AC powered: false",
        f"  USB powered: {str(charging).lower()}",
        "  Wireless powered: false",
        "  Max charging current: 500000",
        "  Max charging voltage: 5000000",
        f"  Charge counter: {percent * 45000}",
        f"  status: {(5 if percent == 100 else 2) if charging else 3}",
        "  health: 2",
        "  present: true",
        f"  level: {percent}",
        "  scale: 100",
        f"  voltage: {3500 + 8 * percent}",
        f"  temperature: {round(_battery_c(phone) * 10)}",
        "  technology: Li-ion",
    ]


def _surface_flinger(phone: PhoneState, arguments: list[str]) -> list[str]:
    if arguments == ["--list"]:
        return [f"{phone.front}/{phone.front_activity}#12"] if phone.front else []
    screen = phone.screen
    return [
        "Build configuration: [sf PRESENT_TIME_OFFSET=0 FORCE_HWC_FOR_RBG_TO_YUV=1]",
        "",
        "Visible layers (count = 8)",
        "GLES: " + phone.gpu if phone.gpu else "------------RE GLES------------",
        f"  + DisplayDevice{{0, internal}}: {screen.width}x{screen.height}, dpi={screen.density}",
    ]


def _window(phone: PhoneState, arguments: list[str]) -> list[str]:
    window = f"{phone.front}/{phone.front_activity}" if phone.front else "com.android.launcher/com.android.launcher.Launcher"
    awake = str(phone.awake).lower()
    return [
        f"  mCurrentFocus=Window{{5f0c2a1 u0 {window}}}",
        f"  mFocusedApp=ActivityRecord{{8c1d7b3 u0 {window} t12}}",
        f"    mAwake={awake} mScreenOnEarly={awake} mScreenOnFully={awake}",
        f"    mDreamingLockscreen={str(not phone.awake).lower()}",
        f"    mShowingDream=false mKeyguardShowing={str(not phone.awake).lower()}",
    ]


def _power(phone: PhoneState, arguments: list[str]) -> list[str]:
    return [
        "POWER MANAGER (dumpsys power)",
        "",
        "Power Manager State:",
        f"  mWakefulness={'Awake' if phone.awake else 'Asleep'}",
        "  mWakefulnessChanging=false",
        f"  mIsPowered={str(phone.battery.charging).lower()}",
        f"  mPlugType={2 if phone.battery.charging else 0}",
        f"  mBatteryLevel={phone.battery.percent}",
        f"  mStayOn={str(phone.settings.get('global stay_on_while_plugged_in', '0') != '0').lower()}",
        "",
        f"Display Power: state={'ON' if phone.awake else 'OFF'}",
    ]


def _package(phone: PhoneState, arguments: list[str]) -> list[str]:
    installed = phone.packages.get(arguments[0]) if arguments else None
    if installed is None:
        return [f"Unable to find package: {arguments[0]}"] if arguments else ["Packages:"]
    info = installed.info
    flags = "DEBUGGABLE HAS_CODE ALLOW_CLEAR_USER_DATA" if info.debuggable else "HAS_CODE ALLOW_CLEAR_USER_DATA"
    return [
        "Packages:",
        f"  Package [{info.package}] (5d1f2c3):",
        f"    userId={installed.uid}",
        f"    codePath={installed.path.rpartition('/')[0]}",
        f"    versionCode={info.version_code} minSdk={info.min_sdk} targetSdk=36",
        f"    versionName={info.version_name}",
        f"    flags=[ {flags} ]",
        "    runtime permissions:",
        *(f"      {name}: granted=true" for name in sorted(phone.granted.get(info.package, ()))),
    ]


SERVICES: dict[str, Callable[[PhoneState, list[str]], list[str]]] = {
    "SurfaceFlinger": _surface_flinger,
    "battery": _battery,
    "meminfo": meminfo,
    "package": _package,
    "power": _power,
    "thermalservice": _thermal,
    "window": _window,
}

PROGRAMS: dict[str, Program] = {"dumpsys": dumpsys}
