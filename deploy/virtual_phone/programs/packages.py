"""The package manager: `pm` and `cmd package` (AOSP, PackageManagerShellCommand.java)."""

from __future__ import annotations

from deploy.virtual_phone.packages import closed_to, install, uninstall
from deploy.virtual_phone.session import Answer, Program, Session, failure, lines, options

NO_SERVICE = "cmd: Can't find service: package"


def pm(session: Session, arguments: list[str]) -> Answer:
    """Dispatches on the first word."""
    if not session.phone.ready:
        return failure(NO_SERVICE, code=20)
    action = ACTIONS.get(arguments[0])
    if action is None:
        return failure(f"Unknown command: {arguments[0]}", code=255)
    return action(session, arguments[1:])


def cmd(session: Session, arguments: list[str]) -> Answer:
    """`cmd package …`, `cmd battery …`; other services answer as if they weren't there."""
    if arguments[0] == "package":
        return pm(session, arguments[1:])
    if arguments[:2] == ["thermalservice", "override-status"] or arguments[0] in ("battery", "activity", "window"):
        return Answer()
    return failure(f"cmd: Can't find service: {arguments[0]}", code=20)


def _path(session: Session, arguments: list[str]) -> Answer:
    installed = session.phone.packages.get(options(arguments, "-")[1][-1])
    return lines(f"package:{installed.path}") if installed is not None else Answer(code=1)


def _list(session: Session, arguments: list[str]) -> Answer:
    """`pm list packages [-f] [-3] [-U] [--show-versioncode] [FILTER]`, `pm list features`."""
    if arguments[0] == "features":
        return lines("feature:android.hardware.camera", "feature:android.hardware.vulkan.level=1")
    words = [word for word in arguments[1:] if not word.startswith("-")]
    out = []
    for name, installed in sorted(session.phone.packages.items()):
        if words and words[0] not in name:
            continue
        line = f"package:{installed.path}={name}" if "-f" in arguments else f"package:{name}"
        line += f" versionCode:{installed.info.version_code}" if "--show-versioncode" in arguments else ""
        out.append(line + (f" uid:{installed.uid}" if "-U" in arguments else ""))
    return lines(*out)


def _grant(session: Session, arguments: list[str]) -> Answer:
    package, permission = options(arguments)[1][-2:]
    trace = "\nException occurred while executing 'grant':\n"
    installed = session.phone.packages.get(package)
    if session.phone.faults.grant_refused:
        who = "Neither user 2000 nor current process has android.permission.GRANT_RUNTIME_PERMISSIONS."
        return failure(f"{trace}java.lang.SecurityException: grantRuntimePermission: {who}", code=255)
    if installed is None:
        return failure(f"{trace}java.lang.IllegalArgumentException: Unknown package: {package}", code=255)
    if permission not in installed.info.permissions:
        text = f"java.lang.SecurityException: Package {package} has not requested permission {permission}"
        return failure(trace + text, code=255)
    session.phone.granted[package].add(permission)
    return Answer()


def _revoke(session: Session, arguments: list[str]) -> Answer:
    package, permission = options(arguments)[1][-2:]
    session.phone.granted.get(package, set()).discard(permission)
    session.phone.end_process(package)
    return Answer()


def _install(session: Session, arguments: list[str]) -> Answer:
    """`pm install [-r] [-t] [-d] FILE`: as adb's own, from a file that is on the phone already."""
    path = session.path(options(arguments, "iSl")[1][-1])
    data = session.phone.files.get(path)
    if data is None or not session.readable(path):
        why = f"Error: Failed to parse APK file: {path}: Failed to load asset path {path}"
        return failure(f"Error: Unable to open file: {path}", "Consider using a file under /data/local/tmp/", why)
    answer = install(session.phone, len(data), data, arguments)
    return Answer(f"{answer}\n".encode(), code=int(answer != "Success"))


def _uninstall(session: Session, arguments: list[str]) -> Answer:
    closed = closed_to(session.phone, arguments)
    if closed is not None:
        return failure(closed, code=255)
    keeps = "-k" in arguments
    removed = uninstall(session.phone, options(arguments)[1][-1], keeps)
    return lines("Success") if removed else lines("Failure [DELETE_FAILED_INTERNAL_ERROR]", code=1)


def _clear(session: Session, arguments: list[str]) -> Answer:
    package = options(arguments)[1][-1]
    if package not in session.phone.packages:
        return lines("Failed", code=1)
    session.phone.end_process(package)
    session.phone.granted[package] = set()
    for folder in (f"/data/data/{package}", f"/sdcard/Android/data/{package}"):
        session.phone.disk.remove(folder)
    session.phone.disk.make_folder(f"/data/data/{package}")
    return lines("Success")


def _compile(session: Session, arguments: list[str]) -> Answer:
    known = arguments[-1] in session.phone.packages
    return lines("Success") if known else lines(f"Failure: package {arguments[-1]} could not be compiled", code=1)


def _resolve(session: Session, arguments: list[str]) -> Answer:
    """`cmd package resolve-activity --brief PACKAGE`."""
    installed = session.phone.packages.get(arguments[-1])
    main = (
        next((name for name in sorted(installed.info.activities) if name.endswith("MainActivity")), None) if installed else None
    )
    if main is None:
        return lines("No activity found")
    return lines("priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true", f"{arguments[-1]}/{main}")


ACTIONS = {
    "path": _path,
    "list": _list,
    "grant": _grant,
    "revoke": _revoke,
    "install": _install,
    "uninstall": _uninstall,
    "clear": _clear,
    "compile": _compile,
    "resolve-activity": _resolve,
}

PROGRAMS: dict[str, Program] = {"pm": pm, "cmd": cmd}
