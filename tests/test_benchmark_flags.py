"""The flags of `invoke benchmark`: what they mean, and what is refused before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from appspec.load import load_spec
from appspec.spec import AppSpec
from deploy.device.choose import Selection
from flow.benchmark_wishes import Asked, Wishes, asked

TEXT = """
[app]
name = "Two"
id = "org.example.two"
[[model]]
name = "first"
task = "classify"
file = "a.tflite"
[[model]]
name = "second"
task = "classify"
file = "b.tflite"
[benchmark]
threads = [1, 3]
delegates = ["gpu"]
warmup_runs = 7
num_runs = 9
"""


@pytest.fixture
def spec(tmp_path: Path) -> AppSpec:
    file = tmp_path / "app.toml"
    file.write_text(TEXT, encoding="utf-8")
    return load_spec(file)


def test_without_flags_app_toml_decides(spec: AppSpec) -> None:
    assert asked(Wishes(Selection()), spec) == Asked(
        "app", ["first", "second"], ["gpu"], [1, 3], 7, 9, 600.0, 0.05, None, None, None
    )


def test_flags_go_before_app_toml(spec: AppSpec) -> None:
    wishes = Wishes(
        Selection(),
        models="second, first",
        delegates="cpu,gpu_32",
        threads="2",
        runs="30",
        limit="90s",
        precision="2.5%",
        sustained="30min",
        seed="7",
    )
    found = asked(wishes, spec)
    assert found == Asked("app", ["first", "second"], ["cpu", "gpu_32"], [2], 7, 30, 90.0, 0.025, 1800.0, None, 7)
    assert asked(Wishes(Selection(), precision="0.1"), spec).precision == 0.1


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (
            {"delegates": "tpu,npu,cpu"},
            "--delegates tpu, npu can't be used; --delegates takes one or several of cpu, gpu, gpu_32, nnapi",
        ),
        ({"delegates": ","}, "--delegates without a value can't be used"),
        ({"threads": "0,2,99"}, "--threads 0, 99 can't be used; --threads takes whole numbers from 1 to 16"),
        ({"threads": "0", "runs": "x"}, "--threads 0 and --runs x can't be used"),
        ({"models": "third,first,fourth"}, "the app has no model third, fourth"),
        ({"models": ","}, "--models , can't be used; no model is named"),
        ({"seed": "7.5"}, "--seed 7.5 can't be used; it is no whole number"),
        ({"threads": "many"}, "--threads"),
        ({"runs": "-1"}, "--runs"),
        ({"models": "third"}, "it has first, second"),
        ({"limit": "10"}, "--limit 10min"),
        ({"limit": "0s"}, "--limit"),
        ({"sustained": "3h"}, "--sustained"),
        ({"precision": "5 percent"}, "--precision"),
        ({"precision": "0%"}, "--precision"),
        ({"precision": "nan"}, "--precision"),
        ({"tool": "/no/such/tool"}, "no such tool"),
        ({"tool": __file__}, "it is no program"),
        ({"tool": "/dev/null"}, "/dev/null is no file"),
        ({"tool": "/bin/sh", "host": True}, "--tool and --host"),
        ({"host": True, "apply": True}, "--host"),
        ({"host": True, "sustained": "1min"}, "--sustained"),
        ({"apply": True, "models": "first"}, "--apply needs all models"),
    ],
)
def test_what_cannot_be_is_refused(spec: AppSpec, flags: dict[str, object], says: str) -> None:
    with pytest.raises(KitError) as caught:
        asked(Wishes(Selection(), **flags), spec)
    assert says in f"{caught.value.what}; {caught.value.why}; {caught.value.fix}"


def test_this_computer_is_no_phone_to_choose(spec: AppSpec) -> None:
    with pytest.raises(KitError, match="--host measures no phone"):
        asked(Wishes(Selection(every=True), host=True), spec)
