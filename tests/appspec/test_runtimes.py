"""Which library computes the models, by what app.toml asks for and what can be had."""

from __future__ import annotations

import pytest

from appspec.runtimes import choose_runtimes
from appspec.spec import Android

BOTH = ("arm64-v8a", "x86_64")


@pytest.mark.parametrize(
    ("runtime", "litert", "abis", "debug", "release"),
    [
        ("auto", True, BOTH, "litert", "litert"),
        ("auto", False, BOTH, "tensorflow-lite", "javacpp"),
        ("auto", False, ("arm64-v8a", "armeabi-v7a"), "tensorflow-lite", "tensorflow-lite"),
        ("tensorflow-lite", True, BOTH, "tensorflow-lite", "tensorflow-lite"),
        ("litert", False, BOTH, "litert", "litert"),
        ("javacpp", True, BOTH, "javacpp", "javacpp"),
    ],
)
def test_the_choice(runtime: str, litert: bool, abis: tuple[str, ...], debug: str, release: str) -> None:
    chosen = choose_runtimes(Android.model_validate({"runtime": runtime, "abis": abis}), litert)
    assert (chosen.debug, chosen.release) == (debug, release)
    assert bool(chosen.note) == (debug != release)
    if chosen.note:
        assert "CPU alone" in chosen.note
        assert "16 KB" in chosen.note


def test_javacpp_has_no_32_bit_build() -> None:
    with pytest.raises(ValueError, match="only arm64-v8a and x86_64"):
        Android.model_validate({"runtime": "javacpp", "abis": ["armeabi-v7a"]})
