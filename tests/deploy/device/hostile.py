"""200 names that a shell would do something with, were they not quoted; each tries to make a file `canary`."""

from __future__ import annotations

from collections.abc import Iterator

PLAIN = (
    "'", '"', "''", '""', "'\"'\"'", "\\", "\\'", '\\"', "$HOME", "${HOME}", "$$", "$?", "$(touch canary)", "`touch canary`", "$((1+1))",
    ";touch canary", "; touch canary;", "&& touch canary", "& touch canary", "|| touch canary", "| touch canary", "> canary",
    ">> canary", "2>canary", "< /etc/passwd", "<(touch canary)", "'; touch canary; '", '"; touch canary; "', "') touch canary (",
    "*", "?", "[a-z]", "{a,b}", "{1..9}", "~", "~root", "!!", "!x", "#", "# x", "%s", "%n%n", "^", "=", "a=b", "=x", "()", "(x)", "[[",
    "--x", "-x", "--", "-", "-rf", "--help", "-s", "--device", "-n", "-e touch canary", "+x", "@x", ":", "::", "a:b", "/", "/etc", "..",
    "../x", "./x", ".", "a b", "a  b", "a\tb", " a", "a ", "x device", "x offline y", "device", "error: closed", "adb: no devices",
    "Success", "Failure [INSTALL_FAILED_X]", "apkiln-exit=0", "echo", "exit", "exit 0", "set -e", "true", "고양이", "猫 ねこ", "🐈", "é",
    "\u202e\u200bx", "ﬁ", "Ω" * 50, "x" * 300, "NUL", "con", "a.b.c", "org.example.cats", "org.example.$(touch canary)",
    "org/example", "org;example", "org example.cats", "org'example", "com1", "${IFS}touch${IFS}canary", "$'\\x41'", "\\x41", "\\n", "\\0",
)  # fmt: skip
LINES = (
    "a\nb",
    "\n",
    "\ntouch canary\n",
    "a\r\nb",
    "a\rb",
    "'\ntouch canary\n'",
    '"\ntouch canary\n"',
    "# x\ntouch canary",
    "\\\ntouch canary",
)


def hostile_names() -> list[str]:
    """Distinct ones, 200 of them or more."""

    def made() -> Iterator[str]:
        yield from PLAIN
        yield from LINES
        for name in PLAIN:
            if "touch" in name or len(name) < 3:
                yield f"org.example{name}"
                yield f"{name} --x '{name}\""

    return list(dict.fromkeys(made()))


def one_line_names() -> list[str]:
    """Those that adb's list of phones can hold: without line breaks, and no blanks at the edges."""
    return [name for name in hostile_names() if name == name.strip() and len(name.splitlines()) == 1 and name.isprintable()]
