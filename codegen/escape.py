"""Text that is safe where it stands: each type escapes once, when it is made, so that a template can't forget or double it.

All hold what stands between the quotes; the quotes themselves are in the template.
"""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np

# Keywords that can't name a package or a class: kotlinlang.org/docs/keyword-reference.html
_KOTLIN_KEYWORDS = frozenset(
    (
        *(
            "as",
            "break",
            "class",
            "continue",
            "do",
            "else",
            "false",
            "for",
            "fun",
            "if",
            "in",
            "interface",
            "is",
        ),
        *(
            "null",
            "object",
            "package",
            "return",
            "super",
            "this",
            "throw",
            "true",
            "try",
            "typealias",
            "typeof",
        ),
        *("val", "var", "when", "while"),
    )
)


class KotlinString(str):
    """Between the double quotes of a Kotlin string literal."""

    def __new__(cls, text: str) -> KotlinString:
        return super().__new__(cls, "".join(_kotlin(character) for character in text))


class GroovyString(str):
    """Between the single quotes of a Groovy string literal."""

    def __new__(cls, text: str) -> GroovyString:
        return super().__new__(cls, "".join(_groovy(character) for character in text))


class AndroidString(str):
    """Between the tags of a `<string>` in strings.xml: XML first, then what Android resources mean by \\ ' " @ and ?."""

    def __new__(cls, text: str) -> AndroidString:
        shown = "".join(_ANDROID.get(character, character) for character in text)
        if text[:1] in ("@", "?"):
            shown = "\\" + shown
        # Android joins white space and drops it at the ends; \u0020 is one that stays.
        shown = re.sub(r"^ | $|(?<= ) ", r"\\u0020", shown)
        return super().__new__(cls, shown)


class MarkdownText(str):
    """Words on one line of a Markdown file."""

    def __new__(cls, text: str) -> MarkdownText:
        line = " ".join(text.split())
        return super().__new__(cls, re.sub(r"([\\`*{}\[\]<>#|])", r"\\\1", line))


class KotlinIdentifier(str):
    """A name in Kotlin code: made only from a plain ASCII identifier that is no keyword.

    Raises:
        ValueError: the text is none.
    """

    def __new__(cls, text: str) -> KotlinIdentifier:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) or text in _KOTLIN_KEYWORDS:
            raise ValueError(f"{text!r} can't be a name in Kotlin")
        return super().__new__(cls, text)

    @property
    def camel(self) -> KotlinIdentifier:
        """cat_box → CatBox."""
        return KotlinIdentifier("".join(part[:1].upper() + part[1:] for part in self.split("_")))


def kotlin_float(value: float) -> str:
    """The shortest Kotlin literal that is the nearest float32: 127.5f, 1.0E-7f.

    Raises:
        ValueError: not a finite float32.
    """
    single = np.float32(value)
    if not np.isfinite(single):
        raise ValueError(f"{value} is no finite float32")
    text = np.format_float_positional(single, unique=True, trim="0")
    if len(text) > 16:
        text = f"{Decimal(str(single)):E}".replace("E+", "E")
    return f"{text}f"


def _kotlin(character: str) -> str:
    return _KOTLIN.get(character) or _control(character)


def _groovy(character: str) -> str:
    return _GROOVY.get(character) or _control(character)


def _control(character: str) -> str:
    invisible = ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or character in "\u2028\u2029\ufeff"
    return f"\\u{ord(character):04x}" if invisible else character


_KOTLIN = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_GROOVY = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ANDROID = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
}
