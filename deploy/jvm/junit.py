"""Runs JUnit tests in a JVM of their own."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from deploy.phone_library.jvm import DESKTOP, JvmLibrary
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.process import child_environment, run_logged

_FLAGS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx2g", "-Dfile.encoding=UTF-8", "-Djava.awt.headless=true")
_OPENS = ("java.lang", "java.util", "java.io", "java.net", "java.nio", "java.security")


def run_junit(
    jdk: Jdk,
    classpath: Sequence[Path],
    classes: Sequence[str],
    properties: Mapping[str, str],
    folder: Path,
    log: Path,
    options: Sequence[str] = (),
    library: JvmLibrary = DESKTOP,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """What failed, one line a failure; nothing where all tests passed.

    Args:
        classes: test classes by their full names.
        properties: system properties for the tests.
        folder: where they run; Gradle's configuration of Robolectric names files from the app module's.
        log: gets all that the tests print.
        options: of the JVM, besides our own.
        library: what computes the app's models.
        environment: variables besides our own.
    """
    code = run_main(
        jdk, classpath, ["org.junit.runner.JUnitCore", *classes], properties, folder, log, options, library, environment
    )
    return failures(log.read_text(encoding="utf-8", errors="replace")) or ([f"exit code {code}, see {log}"] if code else [])


def run_main(
    jdk: Jdk,
    classpath: Sequence[Path],
    main: Sequence[str],
    properties: Mapping[str, str],
    folder: Path,
    log: Path,
    options: Sequence[str] = (),
    library: JvmLibrary = DESKTOP,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """The exit code of a class with `main` and its arguments, run as `run_junit` runs JUnit's own.

    Robolectric leaves its temporary files (200 MB of native libraries among them) where the JVM is ended: they go with us.
    """
    with tempfile.TemporaryDirectory(prefix="apkiln-jvm-", ignore_cleanup_errors=True) as temporary:
        given = {**properties, **library.properties, "java.io.tmpdir": temporary}
        command = _command(jdk, classpath, main, given, options)
        return run_logged(command, child_environment(jdk, **library.environment, **environment), folder, log, lambda _line: None)


def failures(output: str) -> list[str]:
    """The failures that JUnit's text listener tells at its end: `test: first line of the reason`."""
    found = re.findall(r"^\d+\) (.+)\n(.+)$", output.partition("\nThere w")[2], re.MULTILINE)
    return [f"{test}: {reason}" for test, reason in found]


def _command(
    jdk: Jdk, classpath: Sequence[Path], main: Sequence[str], properties: Mapping[str, str], options: Sequence[str]
) -> list[str]:
    return [
        str(jdk.java),
        *_FLAGS,
        *options,
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS),
        *(f"-D{key}={value}" for key, value in properties.items()),
        "-cp",
        os.pathsep.join(map(str, classpath)),
        *main,
    ]
