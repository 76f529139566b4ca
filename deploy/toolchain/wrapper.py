"""The project's own wrapper: gradlew, gradlew.bat, its jar and its properties, as `gradle wrapper` writes them."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.toolchain.artifacts import DOWNLOADS, named_download
from deploy.toolchain.build_failure import explain
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, content_key, silent, writing
from deploy.toolchain.gradle import VERSION, prepare_gradle
from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.process import child_environment, run_logged

FILES = ("gradlew", "gradlew.bat", "gradle/wrapper/gradle-wrapper.jar", "gradle/wrapper/gradle-wrapper.properties")


def wrapper_folder(on_progress: OnProgress = silent) -> Path:
    """A folder of the cache that holds `FILES`, written by Gradle once per user (about 7 s).

    Raises:
        KitError: there is no JDK or no Gradle to write them with, and none can be had.
    """
    target = cache_dir() / "gradle" / f"wrapper-{VERSION}-{content_key(DOWNLOADS, Path(__file__))}"
    if target.is_dir():
        return target
    jdk = find_jdk()
    gradle = prepare_gradle(jdk, on_progress)
    distribution = named_download("gradle-distribution")
    assert distribution is not None

    def make(folder: Path) -> None:
        on_progress("writing the Gradle wrapper")
        (folder / "settings.gradle").write_text("rootProject.name = 'wrapper'\n", encoding="utf-8")
        (folder / "build.gradle").write_text(
            "wrapper {\n"
            f"    distributionUrl = '{distribution.url}'\n"
            f"    distributionSha256Sum = '{distribution.sha256}'\n"
            "    validateDistributionUrl = false\n"
            "}\n",
            encoding="utf-8",
        )
        log = cache_dir() / "logs" / "wrapper.log"
        code = run_logged(gradle.command(jdk, folder, ["wrapper"]), child_environment(jdk), folder, log, silent)
        if code or not all((folder / name).is_file() for name in FILES):
            raise explain(log, code)
        properties = folder / FILES[-1]
        text = properties.read_text(encoding="utf-8")  # false only so that writing it needed no network
        properties.write_text(text.replace("validateDistributionUrl=false", "validateDistributionUrl=true"), encoding="utf-8")

    return assembled(target, make, on_progress)


def add_wrapper(project: Path, on_progress: OnProgress = silent) -> None:
    """Puts the wrapper into `project`, with the run bit on gradlew.

    Raises:
        KitError: it can't be made or written.
    """
    source = wrapper_folder(on_progress)
    with writing("the Gradle wrapper"):
        for name in FILES:
            target = project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target)
        (project / "gradlew").chmod(0o755)
