"""Whether LiteRT is available: only Google's repository has it, which can't be reached from everywhere."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import tomli

from appspec.errors import KitError
from deploy.toolchain.artifacts import named_download
from deploy.toolchain.build import VERIFICATION, run_gradle
from deploy.toolchain.cache import OnProgress, cache_dir, silent, writing
from deploy.toolchain.google_sdk import reachable
from deploy.toolchain.toolchain import prepare_toolchain

ASK_AGAIN_S = 24 * 3600.0
"""How long a "no" is believed; a "yes" is for ever, as Gradle keeps what it has resolved."""

TEMPLATE = Path(__file__).parents[2] / "android_template"
MODULES = ("litert", "litert-gpu", "litert-gpu-api")

_SETTINGS = """\
dependencyResolutionManagement {
    repositories {
        mavenCentral()
        google()
    }
}
rootProject.name = 'litert'
"""
_BUILD = """\
configurations {{
    litert {{
        attributes {{
            attribute(Usage.USAGE_ATTRIBUTE, objects.named(Usage, Usage.JAVA_RUNTIME))
        }}
    }}
}}
dependencies {{
{dependencies}
}}
tasks.register('resolve') {{
    doLast {{ configurations.litert.files }}
}}
"""


def litert_resolves(on_progress: OnProgress = silent) -> bool:
    """Whether a build here can have LiteRT; found out by resolving it once, and then remembered."""
    mark = cache_dir() / "litert" / f"{_version()}.txt"
    if mark.is_file():
        known = mark.read_text(encoding="utf-8")
        if known == "yes" or time.time() - mark.stat().st_mtime < ASK_AGAIN_S:
            return known == "yes"
    google = named_download("android-command-line-tools-linux")
    found = google is not None and reachable(google.url) and _resolve(on_progress)
    with writing("the kit's cache"):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text("yes" if found else "no", encoding="utf-8")
    return found


def _version() -> str:
    catalog = tomli.loads((TEMPLATE / "gradle" / "libs.versions.toml").read_text(encoding="utf-8"))
    return str(catalog["versions"]["litert"])


def _resolve(on_progress: OnProgress) -> bool:
    """Resolves it as a build would, each file with its hash, in a project of its own."""
    on_progress("looking for LiteRT in Google's repository")
    lines = [f"    litert 'com.google.ai.edge.litert:{name}:{_version()}'" for name in MODULES]
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "settings.gradle").write_text(_SETTINGS, encoding="utf-8")
        (project / "build.gradle").write_text(_BUILD.format(dependencies="\n".join(lines)), encoding="utf-8")
        (project / VERIFICATION).parent.mkdir()
        shutil.copyfile(TEMPLATE / VERIFICATION, project / VERIFICATION)
        try:
            run_gradle(project, prepare_toolchain(on_progress), cache_dir() / "logs" / "litert.log", ["resolve"], on_progress)
        except KitError as error:
            on_progress(f"LiteRT can't be had: {error.why}")
            return False
    return True
