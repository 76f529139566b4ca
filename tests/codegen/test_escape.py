"""What templates are given stays what it was, in Kotlin, Groovy and Android resources."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.escape import AndroidString, GroovyString, KotlinIdentifier, KotlinString, kotlin_float

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
XML_TEXT = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\ufffe\uffff"), max_size=40)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ('a "b" $c \\d', r"a \"b\" \$c \\d"),
        ("line\nnext", r"line\nnext"),
        ("고양이 🐱", "고양이 🐱"),
    ],
)
def test_kotlin_strings(text: str, written: str) -> None:
    assert KotlinString(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Cat's", r"Cat\'s"),
        ('a "b"', r"a \"b\""),
        ("@home", r"\@home"),
        ("?what", r"\?what"),
        ("mail@home?", "mail@home?"),
        ("A & B <c>", "A &amp; B &lt;c&gt;"),
        ("back\\slash", r"back\\slash"),
        (" ends ", r"\u0020ends\u0020"),
        ("two  spaces", r"two \u0020spaces"),
        ("고양이 🐱", "고양이 🐱"),
        ("long " * 60 + "name", "long " * 60 + "name"),
    ],
)
def test_android_strings(text: str, written: str) -> None:
    assert AndroidString(text) == written


@settings(deadline=None)
@given(TEXT)
def test_kotlin_reads_back_the_text(text: str) -> None:
    written = KotlinString(text)
    assert not re.search(r'(?<!\\)(?:\\\\)*["$]', written)
    assert unescape(written, '$"') == text


@settings(deadline=None)
@given(TEXT)
def test_groovy_reads_back_the_text(text: str) -> None:
    written = GroovyString(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*'", written)
    assert unescape(written, "'") == text


@settings(deadline=None)
@given(XML_TEXT)
def test_android_reads_back_the_text(text: str) -> None:
    content = ElementTree.fromstring(f"<string>{AndroidString(text)}</string>").text or ""
    assert content == content.strip(" ")
    assert "  " not in content
    assert unescape(content, "'\"@?") == text


@pytest.mark.parametrize("text", ["", "1a", "a b", "class", "a-b", "a;b", "ä"])
def test_no_identifier(text: str) -> None:
    with pytest.raises(ValueError, match="name in Kotlin"):
        KotlinIdentifier(text)


def test_identifier_in_camel_case() -> None:
    assert KotlinIdentifier("cat_box").camel == "CatBox"


@pytest.mark.parametrize(
    ("value", "written"),
    [(127.5, "127.5f"), (1.0, "1.0f"), (0.1, "0.1f"), (123.675003, "123.675f"), (0.0, "0.0f"), (-2.5, "-2.5f")],
)
def test_floats(value: float, written: str) -> None:
    assert kotlin_float(value) == written


@settings(deadline=None)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_floats_read_back(value: float) -> None:
    written = kotlin_float(value)
    assert re.fullmatch(r"-?\d+\.\d+f|-?\d+(\.\d+)?E-?\d+f", written)
    assert np.float32(written[:-1]) == np.float32(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e39])
def test_no_float(value: float) -> None:
    with pytest.raises(ValueError, match="float32"), np.errstate(over="ignore"):
        kotlin_float(value)


def unescape(written: str, plain: str) -> str:
    """What a compiler makes of it, by the rules all three languages share."""
    short = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
    return re.sub(
        r"\\(u[0-9a-f]{4}|.)",
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else short.get(found[1]) or plain_one(found[1], plain),
        written,
        flags=re.S,
    )


def plain_one(character: str, plain: str) -> str:
    assert character in plain
    return character
