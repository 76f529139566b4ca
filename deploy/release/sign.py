"""Releases signed with the user's key; passwords go from the environment or a prompt to the signer's standard input."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from appspec.errors import KitError
from deploy.apk.apksig import run_apksig
from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.process import child_environment

SIGN = Path(__file__).with_name("Sign.java")
STORE_PASSWORD, KEY_PASSWORD = "APKILN_KEYSTORE_PASSWORD", "APKILN_KEY_PASSWORD"
DEBUG_ALIAS, DEBUG_PASSWORD = "androiddebugkey", "android"

Ask = Callable[[str], str]
"""Asks the user a question and returns what they type, which is not echoed."""


@dataclass(frozen=True)
class Key:
    """A key in a keystore and the passwords that open it, which are never shown."""

    keystore: Path
    alias: str
    store_password: str = field(repr=False)
    key_password: str = field(repr=False)


def unlock(keystore: Path, alias: str, ask: Ask | None) -> Key:
    """The key, with its passwords from APKILN_KEYSTORE_PASSWORD and APKILN_KEY_PASSWORD, else from the user.

    Without a password of its own a key is opened with the keystore's, as keytool makes it.

    Args:
        ask: None if nobody can answer.

    Raises:
        KitError: there is no keystore, or no password for it.
    """
    if not keystore.is_file():
        raise KitError("The release can't be signed", f"there is no keystore {keystore}", make_one(keystore, alias))
    password = os.environ.get(STORE_PASSWORD)
    if password is None and ask is not None:
        password = ask(f"Password of {keystore.name}: ")
    if not password:
        raise KitError(
            "The release can't be signed",
            f"no password of {keystore.name} was given",
            f"set {STORE_PASSWORD} (and {KEY_PASSWORD}, if the key has one of its own), or run it in a terminal",
        )
    return Key(keystore, alias, password, os.environ.get(KEY_PASSWORD) or password)


def make_one(keystore: Path | str = "upload.jks", alias: str = "upload") -> str:
    """The command that makes a keystore."""
    return (
        f'keytool -genkeypair -keystore "{keystore}" -alias {alias} -keyalg RSA -keysize 4096 -validity 10000 '
        "(it asks for a password; keep file and password safe: without them no update can be published)"
    )


def debug_key() -> Key:
    """This machine's debug key, as the Android Gradle Plugin uses it; made if there is none.

    Raises:
        KitError: it can't be made.
    """
    home = os.environ.get("ANDROID_USER_HOME")
    keystore = (Path(home) if home else Path.home() / ".android") / "debug.keystore"
    if not keystore.is_file():
        keystore.parent.mkdir(parents=True, exist_ok=True)
        jdk = find_jdk()
        command: list[str | Path] = [jdk.home / "bin" / "keytool", "-genkeypair", "-keystore", keystore]
        command += ["-storepass", DEBUG_PASSWORD, "-keypass", DEBUG_PASSWORD, "-alias", DEBUG_ALIAS]
        command += ["-keyalg", "RSA", "-keysize", "2048", "-validity", "10950", "-dname", "C=US, O=Android, CN=Android Debug"]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=child_environment(jdk))
        if run.returncode:
            lines = (run.stdout + run.stderr).strip().splitlines()
            raise KitError(
                f"could not make {keystore}", lines[0] if lines else "keytool failed", "make that folder yours (chown)"
            )
    return Key(keystore, DEBUG_ALIAS, DEBUG_PASSWORD, DEBUG_PASSWORD)


def try_key(key: Key, on_progress: OnProgress = silent) -> str:
    """Opens the key, so that a wrong password is reported before a long build; returns when its certificate expires (ISO 8601).

    Raises:
        KitError: the keystore can't be read, a password is wrong, there is no such alias.
    """
    return _sign(key, 24, {}, on_progress)


def sign(key: Key, min_sdk: int, files: Mapping[Path, Path], on_progress: OnProgress = silent) -> str:
    """Signs each APK or bundle into its value; returns as `try_key`.

    Raises:
        KitError: as `try_key`.
    """
    return _sign(key, min_sdk, files, on_progress)


def _sign(key: Key, min_sdk: int, files: Mapping[Path, Path], on_progress: OnProgress) -> str:
    run = run_apksig(
        SIGN,
        [key.keystore, key.alias, str(min_sdk), *(path for pair in files.items() for path in pair)],
        on_progress,
        stdin=f"{key.store_password}\n{key.key_password}\n".encode(),
        hidden=(STORE_PASSWORD, KEY_PASSWORD),
    )
    if run.returncode:
        raise _refused(key, run.returncode, run.stderr.decode("utf-8", "replace").strip())
    return run.stdout.decode().strip()


def _refused(key: Key, code: int, message: str) -> KitError:
    what, name = "The release can't be signed", key.keystore.name
    first = message.splitlines()[0] if message else f"the signer ended with exit code {code}"
    again = f"check {STORE_PASSWORD}, or leave it out to be asked"
    known = {
        10: (f"{name} is not a keystore ({first})", "[signing] keystore in app.toml: a PKCS#12 or JKS file"),
        11: (f"the password of {name} is wrong", again),
        12: (f"{name} has no key {key.alias!r}; it has: {first or 'none'}", "[signing] alias in app.toml"),
        13: (f"the password of key {key.alias!r} is not that of {name}", f"set {KEY_PASSWORD} to the key's own password"),
    }
    why, fix = known.get(code, (first, "check the keystore with keytool -list"))
    return KitError(what, why, fix)
