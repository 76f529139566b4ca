"""What a failed Gradle build was about: its log, put into one error the user can act on."""

from __future__ import annotations

import re
from pathlib import Path

from appspec.errors import KitError

LINES = 4
# Compilers' own lines, the most telling: Kotlin, javac, aapt2, the manifest merger.
_COMPILER = re.compile(r"^(e: |.*\.(?:kt|java|xml):\d+: error|ERROR:|AAPT: error|error: |.*Error:\s*$)")
_WENT_WRONG = "* What went wrong:"


def explain(log: Path, code: int) -> KitError:
    """The error for a build that ended with exit code `code` and wrote `log`."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    see = f"the whole log: {log}"
    if "Dependency verification failed" in text:
        return KitError(
            "Gradle refused a dependency",
            _first(text, r"^ *(?:One artifact failed verification|- On artifact|On artifact).*|^ *\d+ artifacts failed.*")
            or "its sha256 is not the one in gradle/verification-metadata.xml",
            f"if you added it: python -m deploy.toolchain.verification PROJECT; if not, try another network; {see}",
        )
    if "No space left on device" in text:
        return KitError("Gradle could not build the app", "the disk is full", f"free some space and run again; {see}")
    if "OutOfMemoryError" in text or code in (137, -9):
        return KitError(
            "Gradle could not build the app",
            "there is not enough memory (it takes up to 2 GB)",
            f"close other programs and run again; {see}",
        )
    unreachable = re.search(r"> (?:Could not (?:GET|HEAD|resolve) .*|.*UnknownHostException.*)", text)
    if unreachable and re.search(
        r"UnknownHost|timed out|Connection refused|No such host|Network is unreachable|"
        r"Could not (?:GET|HEAD)|No address associated",
        text,
    ):
        return KitError(
            "Gradle could not download a dependency", unreachable[0][2:], f"connect to the network and run again; {see}"
        )
    return KitError("Gradle could not build the app", "; ".join(error_lines(text)) or f"it ended with exit code {code}", see)


def error_lines(text: str) -> list[str]:
    """The first lines that say what is wrong: a compiler's if there are any, else Gradle's own."""
    lines = [line.strip() for line in text.splitlines()]
    compiler = [line for line in lines if _COMPILER.match(line)]
    if compiler:
        return compiler[:LINES]
    if _WENT_WRONG in lines:
        start = lines.index(_WENT_WRONG) + 1
        reason = [line.removeprefix("> ") for line in lines[start : start + 30]]
        end = next((i for i, line in enumerate(reason) if line.startswith("* ")), len(reason))
        return [line for line in reason[:end] if line][:LINES]
    return [line for line in lines if line][-LINES:]


def _first(text: str, pattern: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return found[0].strip() if found else None
