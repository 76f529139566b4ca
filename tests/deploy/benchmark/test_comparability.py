"""Whether two runs may be compared: what people change on purpose, and what spoils it."""

from __future__ import annotations

from typing import Any

import pytest

from appspec.benchmark_result import Heat
from appspec.benchmark_run import Battery, BenchmarkRun, Condition, Kit, MeasuredApp, Tool
from deploy.benchmark.comparison.comparability import comparability
from tests.deploy.benchmark.made_runs import APK, COOL, ROWS, made_phone, made_run, made_settings

A = made_run(1, ROWS[:3], starts=2, runs=10)


def run(**changes: Any) -> BenchmarkRun:
    """As A, measured anew."""
    return made_run(2, ROWS[:3], starts=2, runs=10, **changes)


def app(**changes: str) -> MeasuredApp:
    return MeasuredApp(name="cat_landmarks", id="io.apkiln.catlandmarks", version="1.0.0", apk_sha256=APK).model_copy(
        update=changes
    )


def condition(heat: Heat | None = "none", percent: int = 80, celsius: float = 29.0, charging: bool = False) -> Condition:
    return Condition(thermal=heat, battery=Battery(percent=percent, temperature_c=celsius, charging=charging))


def tool(content: str) -> Tool:
    return Tool(file="benchmark_model", sha256=content * 64, size_bytes=1, arguments=[])


def test_the_same_measured_twice_is_comparable_and_nothing_was_changed() -> None:
    found = comparability(A, run(kit=Kit(version="0.1.0", revision="another"), seconds=1.0))
    assert (found.word, found.subject, found.reasons) == ("comparable", (), ())
    assert str(found) == "comparable"


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"model_version": "2"}, "the model cat_box int8"),
        ({"app": app(version="1.1.0")}, "the app's version 1.0.0 → 1.1.0"),
        ({"app": app(apk_sha256="0" * 64)}, "the app's build"),
        ({"runtime": "LiteRT 1.4.0"}, "the runtime TensorFlow Lite 2.16.1 → LiteRT 1.4.0"),
    ],
)
def test_what_people_change_on_purpose_is_the_subject_and_spoils_nothing(changes: dict[str, Any], subject: str) -> None:
    found = comparability(A, run(**changes))
    assert found.word == "comparable"
    assert found.subject == (subject,)


def test_a_new_model_in_a_new_app_is_one_subject_but_a_new_runtime_with_it_is_one_too_many() -> None:
    assert comparability(A, run(model_version="2", app=app(apk_sha256="0" * 64))).word == "comparable"
    found = comparability(A, run(model_version="2", runtime="LiteRT 1.4.0"))
    assert found.word == "comparable with care"
    assert "changed together" in str(found)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"phone": made_phone(serial="FFFF")}, "two phones of one model, 0A1B2C3D and FFFF"),
        ({"phone": made_phone(fingerprint="new")}, "the phone's system was changed"),
        ({"settings": made_settings(num_runs=10, warmup_runs=0)}, "warmup_runs 10 and none"),
        ({"settings": made_settings(num_runs=500)}, "num_runs 10 and 500"),
        ({"settings": made_settings(num_runs=10, cool_below=None)}, "cool_below light and none"),
        ({"app": app(name="other")}, "two apps: cat_landmarks and other"),
        ({"kit": Kit(version="0.2.0", revision=None)}, "measured by kit 0.1.0 and 0.2.0"),
        ({"ended": "phone lost"}, "B ended early (phone lost)"),
        ({"condition": condition(charging=True)}, "the battery was charging in B only"),
        ({"condition": condition(celsius=40.0)}, "the battery had 29 °C in A and 40 °C in B"),
        ({"condition": condition(percent=9)}, "B was measured with the battery below 15 %"),
        ({"condition": condition(None)}, "B's heat is not known"),
        ({"condition": Condition(thermal="none", battery=None)}, None),
    ],
)
def test_what_may_be_behind_a_difference_asks_for_care(changes: dict[str, Any], reason: str | None) -> None:
    found = comparability(A, run(**changes))
    assert found.word == ("comparable with care" if reason else "comparable")
    assert reason is None or reason in str(found)


def test_other_rows_another_order_and_more_time_are_no_other_settings() -> None:
    settings = made_settings(num_runs=10, delegates=["cpu"], threads=[1], seed=8, precision=0.01, limit_s=60)
    assert comparability(A, run(settings=settings)).word == "comparable"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"phone": made_phone(model="Ten")}, "two phones: Acme Nine and Acme Ten"),
        ({"phone": made_phone(kind="virtual")}, "A is of a phone, B of a virtual phone"),
        ({"phone": made_phone(kind="host")}, "A is of a phone, B of this computer"),
        ({"settings": made_settings(num_runs=10, way="tool")}, "A was measured by the app itself, B by a benchmark tool"),
        ({"condition": condition("severe")}, "the phone was hot in 0% of A's starts and in 100% of B's"),
    ],
)
def test_what_no_statistics_can_take_back_is_not_comparable(changes: dict[str, Any], reason: str) -> None:
    found = comparability(A, run(**changes))
    assert (found.word, found.reasons) == ("not comparable", (reason,))


def test_a_few_hot_starts_ask_for_care_and_are_counted() -> None:
    b = run()
    first = b.measurements[0]
    hot = first.starts[0].model_copy(update={"after": condition("critical")})
    b = b.model_copy(update={"measurements": [first.model_copy(update={"starts": [hot, first.starts[1]]}), *b.measurements[1:]]})
    assert str(comparability(A, b)) == "comparable with care: the phone was hot in 1 of B's 6 starts (up to critical)"


def test_two_virtual_phones_tell_of_a_computer() -> None:
    a = A.model_copy(update={"phone": made_phone(kind="virtual")})
    assert "the times are those of a computer" in str(comparability(a, run(phone=made_phone(kind="virtual"))))


def test_two_builds_of_a_tool_ask_for_care() -> None:
    a = A.model_copy(update={"tool": tool("0")})
    assert str(comparability(a, run(tool=tool("1")))) == "comparable with care: two builds of the benchmark tool"


def test_cool_is_what_the_made_up_phone_is() -> None:
    assert condition() == COOL
