"""What TensorFlow Lite's and LiteRT's benchmark tools wrote, line by line, without what loggers put in front."""

from __future__ import annotations

import re
from dataclasses import dataclass

START = "STARTING!"
"""Every generation's first line."""

# logcat's formats: threadtime (with and without a year), brief, time, tag (android.googlesource.com, logging/liblog/logprint.cpp).
_LOGCAT = (
    re.compile(r"(?:\d{4}-)?\d\d-\d\d +\d\d:\d\d:\d\d\.\d+ +(?P<pid>\d+) +\d+ [VDIWEF] [^:]*?: ?"),
    re.compile(r"(?:(?:\d{4}-)?\d\d-\d\d +\d\d:\d\d:\d\d\.\d+ +)?[VDIWEF]/[^(]*\( *(?P<pid>\d+)\): ?"),
    re.compile(r"[VDIWEF](?:/| )(?:tflite|litert|native) *: ?(?P<pid>)"),
)
# absl's, and older TensorFlow's: "I0000 00:00:1790597656.477218 82251411 delegate_kernel.cc:866] ".
_GLOG = re.compile(r"[IWEF]\d{4} [\d:.]+ +\d+ [\w./-]+:\d+\] ?|\d{4}-\d\d-\d\d [\d:.]+: [IWEF] [\w./-]+:\d+\] ?")
# tflite/tools/logging.h, tflite/minimal_logging.cc, litert/c/internal/litert_logging.cc.
_SEVERITY = re.compile(r"(?P<severity>VERBOSE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL): ")
_SOURCE = re.compile(r"\[[\w./\\-]+\.(?:h|cc):\d+\] ?")


@dataclass(frozen=True)
class ToolLine:
    """A line without its prefixes; `error`: it was marked as one."""

    text: str
    error: bool


@dataclass(frozen=True)
class ToolLines:
    """The lines of one run of a tool, the last in the text; `cut`: the text ends within a line."""

    lines: tuple[ToolLine, ...]
    cut: bool


def tool_lines(text: str) -> ToolLines:
    """Of a terminal's text or of logcat's; of logcat's only those of the process that started last."""
    raw = text.replace("\r\n", "\n").split("\n")
    rest = raw.pop()
    found = [_logcat(line) for line in raw]
    if any(message is not None for _pid, message in found):
        pid = next((pid for pid, message in reversed(found) if message is not None and message.endswith(START)), None)
        raw = [message for its, message in found if message is not None and pid in (None, its)]
    lines = [_strip(line) for line in raw]
    first = max((i for i, line in enumerate(lines) if line.text == START), default=0)
    return ToolLines(tuple(lines[first:]), cut=bool(rest.strip()))


def _logcat(line: str) -> tuple[str, str | None]:
    """The process's number and the message, None where the line isn't logcat's."""
    for pattern in _LOGCAT:
        found = pattern.match(line)
        if found is not None:
            return found.group("pid") or "", line[found.end() :]
    return "", None


def _strip(line: str) -> ToolLine:
    text, error = _strip_once(_GLOG, line), False
    found = _SEVERITY.match(text)
    if found is not None:
        text, error = text[found.end() :], found.group("severity") in ("ERROR", "FATAL")
    return ToolLine(_strip_once(_SOURCE, text).rstrip(), error)


def _strip_once(pattern: re.Pattern[str], line: str) -> str:
    found = pattern.match(line)
    return line[found.end() :] if found is not None else line
