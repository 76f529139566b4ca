"""A failed build's log becomes one error with the first real lines in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.toolchain.build_failure import explain

KOTLIN = """
> Task :app:compileDebugKotlin FAILED
e: file:///x/Main.kt:12:9 Unresolved reference 'foo'.
w: file:///x/Main.kt:3:1 warning only

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':app:compileDebugKotlin'.
> A failure occurred while executing org.jetbrains.kotlin.Compiler
   > Compilation error. See log for more details

* Try:
> Run with --stacktrace
"""
MANIFEST = """
* What went wrong:
Execution failed for task ':app:processDebugMainManifest'.
> com.android.manifmerger.ManifestMerger2$MergeFailureException: Error parsing AndroidManifest.xml

* Try:
"""
VERIFICATION = """
* What went wrong:
A problem occurred configuring root project 'app-project'.
> Dependency verification failed for configuration 'classpath'
  One artifact failed verification: evil-1.0.jar (org.evil:evil:1.0) from repository MavenRepo
"""
OFFLINE = """
* What went wrong:
A problem occurred configuring root project 'app-project'.
> Could not resolve all artifacts for configuration 'classpath'.
   > Could not resolve com.android.tools.build:gradle:8.13.2.
     > Could not get resource 'x'.
        > Could not GET 'x'.
           > repo.example: Name or service not known
"""


@pytest.mark.parametrize(
    ("log", "code", "what", "why"),
    [
        (KOTLIN, 1, "could not build", "e: file:///x/Main.kt:12:9 Unresolved reference 'foo'."),
        (MANIFEST, 1, "could not build", "Execution failed for task ':app:processDebugMainManifest'.; com.android.manifmerger"),
        (VERIFICATION, 1, "refused a dependency", "One artifact failed verification: evil-1.0.jar"),
        (OFFLINE, 1, "could not download", "Could not resolve"),
        ("java.io.IOException: No space left on device\n", 1, "could not build", "the disk is full"),
        ("java.lang.OutOfMemoryError: Java heap space\n", 1, "could not build", "not enough memory"),
        ("", -9, "could not build", "not enough memory"),
        ("", 3, "could not build", "exit code 3"),
        ("Error: Could not find or load main class Launch\n", 1, "could not build", "main class Launch"),
    ],
)
def test_the_first_real_line_is_in_the_error(tmp_path: Path, log: str, code: int, what: str, why: str) -> None:
    file = tmp_path / "gradle.log"
    file.write_text(log, encoding="utf-8")
    error = explain(file, code)
    assert what in error.what
    assert why in error.why
    assert "\n" not in error.why
    assert str(file) in error.fix
