"""Android's own apksig library (`com.android.tools.build:apksig`), called by small Java programs of ours."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.downloads import fetch
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION
from deploy.toolchain.process import child_environment


def run_apksig(
    program: Path,
    arguments: Sequence[str | Path],
    on_progress: OnProgress = silent,
    stdin: bytes = b"",
    hidden: Collection[str] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Runs a Java source file with apksig on its class path, in the version that Gradle uses (0.6 s on a laptop).

    Args:
        program: the source file, with one class.
        hidden: names of environment variables that the program must not see.

    Raises:
        KitError: there is no JDK, or apksig can't be downloaded.
    """
    dependencies = gradle_dependencies(TEMPLATE_VERIFICATION)
    jars = [artifact for artifact in dependencies if artifact.name == "apksig" and artifact.file.endswith(".jar")]
    (apksig,) = fetch(jars, on_progress)
    jdk = find_jdk()
    environment = {name: value for name, value in child_environment(jdk).items() if name not in hidden}
    command: list[str | Path] = [jdk.java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", apksig, program, *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment)
