"""Rewrites verification-metadata.xml: the sha256 of everything Gradle resolves for a generated project.

Run `python -m deploy.toolchain.verification --template PROJECT` after a dependency of the template changed, on a freshly
generated project with a camera, both 64-bit ABIs and the runtimes that `auto` takes without Google's repository,
and look at the difference before it is committed; without `--template` the project's own file is rewritten, for a
dependency that a user added there. Our own builds check strictly against the file. What only other
routes resolve can't be hashed here and is trusted by name: sources that an IDE shows, and from Google's repository
the plugin's marker, aapt2, lint and LiteRT. A dependency that a user adds is warned about in their own builds, not refused:
gradle.properties of the template says `org.gradle.dependency.verification=lenient`.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.build import VERIFICATION, run_gradle
from deploy.toolchain.downloads import fetch_available
from deploy.toolchain.prefetch import TEMPLATE_VERIFICATION
from deploy.toolchain.toolchain import prepare_toolchain

SKELETON = """\
<?xml version="1.0" encoding="UTF-8"?>
<verification-metadata xmlns="https://schema.gradle.org/dependency-verification">
   <configuration>
      <verify-metadata>true</verify-metadata>
      <verify-signatures>false</verify-signatures>
      <trusted-artifacts>
         <trust file=".*-(sources|javadoc)[.]jar" regex="true"/>
         <trust group="com.android.application" name="com.android.application.gradle.plugin"/>
         <trust group="com.android.tools.build" name="aapt2"/>
         <trust group="com.android.tools.lint"/>
         <trust group="com.google.ai.edge.litert"/>
      </trusted-artifacts>
   </configuration>
   <components/>
</verification-metadata>
"""


def rewrite(project: Path, tasks: list[str], target: Path) -> int:
    """Writes `target` from what `tasks` and every configuration of `project` resolve; returns how many files it names.

    Raises:
        KitError: the build fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("build", ".gradle"))
        metadata = copy / VERIFICATION
        metadata.parent.mkdir(parents=True, exist_ok=True)
        metadata.write_text(SKELETON, encoding="utf-8")
        toolchain = prepare_toolchain(print)
        # From an empty user home: what Gradle has parsed before (parent POMs, BOMs) it does not write down again.
        fresh = replace(toolchain, gradle=replace(toolchain.gradle, user_home=Path(folder) / "user-home"))
        for task in tasks:  # one at a time: two Kotlin compilers in one JVM disturb each other
            arguments = ["--write-verification-metadata", "sha256", task]
            run_gradle(copy, fresh, Path(folder) / "gradle.log", arguments, print)
        text = metadata.read_text(encoding="utf-8")
        # Gradle asks for some files under another name than their own; no build of ours needs those.
        absent = {artifact.file for artifact in fetch_available(gradle_dependencies(metadata), print)}
        text = without(text, absent)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return len(gradle_dependencies(target))


def without(metadata: str, files: set[str]) -> str:
    """The same text without the artifacts named in `files`."""
    for file in files:
        metadata = re.sub(rf'\s*<artifact name="{re.escape(file)}">.*?</artifact>', "", metadata, flags=re.DOTALL)
    ElementTree.fromstring(metadata)
    return metadata


def main(arguments: list[str]) -> None:
    """The command: PROJECT's own file is rewritten, or the template's with --template before it."""
    template = arguments[0] == "--template"
    project, *tasks = arguments[1:] if template else arguments
    target = TEMPLATE_VERIFICATION if template else Path(project) / VERIFICATION
    print(rewrite(Path(project), tasks or ["assembleDebug", "assembleRelease", "bundleRelease"], target), f"files in {target}")


if __name__ == "__main__":
    main(sys.argv[1:])
