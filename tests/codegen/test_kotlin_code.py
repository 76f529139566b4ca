"""Python values as the Kotlin that constructs them: by their types alone, so that a new field needs nothing in between."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Literal, get_args, get_origin

import pytest

from appspec import contract as appspec_contract
from appspec.contract import About, Decoder, ModelContract
from codegen import template_folder
from codegen.kotlin_code import kotlin_code
from tests.golden.rewrite import example_contract

Mood = Literal["calm", "wild"]


@dataclass(frozen=True)
class Still:
    pass


@dataclass(frozen=True)
class Moving:
    speed_ms: float
    mood: Mood = "calm"
    mood_before: Mood | None = None


Motion = Still | Moving


@dataclass(frozen=True)
class Cat:
    name: str
    lives: int
    is_black: bool
    tail: tuple[float, ...] | None
    moods: tuple[Mood, ...]
    motions: tuple[Motion, ...]
    secret: str = field(default="", metadata={"on_phone": False})


def test_every_kind_of_value() -> None:
    cat = Cat('"Mau $1"\n', 9, True, None, ("wild",), (Still(), Moving(2, "wild")), secret="untold")
    assert kotlin_code(cat, indent=4) == (
        """Cat(
        name = "\\"Mau \\$1\\"\\n",
        lives = 9,
        isBlack = true,
        tail = null,
        moods = listOf(
            Mood.WILD,
        ),
        motions = listOf(
            Motion.Still,
            Motion.Moving(
                speedMs = 2.0f,
                mood = Mood.WILD,
                moodBefore = null,
            ),
        ),
    )"""
    )


def test_numbers_stand_on_one_line_and_lists_may_be_empty() -> None:
    text = kotlin_code(Cat("", 0, False, (1.0, 0.5), (), ()))
    assert "    tail = listOf(1.0f, 0.5f),\n    moods = listOf(),\n    motions = listOf(),\n" in text


@pytest.mark.parametrize("value", [Moving(float("nan")), Moving(float("inf")), Cat, "text", {"a": 1}])
def test_what_kotlin_can_not_hold(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        kotlin_code(value)


KOTLIN = (template_folder() / "app/src/main/kotlin/io/apkiln/app/model/ModelContract.kt").read_text(encoding="utf-8")
ELEMENTS = KOTLIN + (template_folder() / "app/src/main/kotlin/io/apkiln/app/model/ElementType.kt").read_text(encoding="utf-8")
TYPES = [kind for kind in vars(appspec_contract).values() if dataclasses.is_dataclass(kind) and kind is not About]


@pytest.mark.parametrize("kind", TYPES)
def test_the_types_of_the_contract_have_twins_with_the_same_fields(kind: type) -> None:
    fields = [one.name for one in dataclasses.fields(kind) if one.metadata.get("on_phone", True)]  # type: ignore[arg-type]
    found = re.search(rf"\b(?:data class {kind.__name__}\((.*?)\)|interface {kind.__name__} \{{(.*?)\}})(?: |\n|$)", KOTLIN, re.S)
    if not fields:
        assert f"data object {kind.__name__} : Decoder" in KOTLIN
        return
    assert found, kind
    names = re.findall(r"\bval (\w+):", found[1] or found[2])
    assert names == [re.sub(r"_(\w)", lambda part: part[1].upper(), name) for name in fields]


def test_enums_and_decoders_have_twins_too() -> None:
    enums = {name: get_args(alias) for name, alias in vars(appspec_contract).items() if get_origin(alias) is Literal}
    assert len(enums) >= 3
    for name, values in enums.items():
        body = re.search(rf"enum class {name}\b(?:\([^{{]*\))? \{{(.*?)[;}}]", ELEMENTS, re.S)
        assert body, name
        assert re.findall(r"\b([A-Z][A-Z0-9_]+)\b(?=[,(\s])", re.sub(r"\([^)]*\)+", "", body[1]) + " ") == [
            v.upper() for v in values
        ]
    members = re.findall(r"data (?:class|object) (\w+)(?:\((?:[^()]|\([^()]*\))*\))? : Decoder", KOTLIN)
    assert sorted(members) == sorted(decoder.__name__ for decoder in get_args(Decoder))


def test_what_only_people_want_to_know_stays_behind() -> None:
    contract = example_contract()
    assert isinstance(contract, ModelContract)
    assert contract.about.description not in kotlin_code(contract)
