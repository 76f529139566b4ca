"""Numbers as people's programs write them, and values that mean "no measurement"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from appspec.errors import KitError
from pymodel.data.series.recording import TRAIN
from tests.pymodel.window.kit import FAILURES, iso, read

Values = npt.NDArray[np.float64]

SMALL = np.round(np.sin(np.arange(200)) * 3 + 20.5, 2)
LARGE = np.round(np.cos(np.arange(200)) * 4000 + 5000.5, 1)


def written(folder: Path, *columns: list[str], separator: str = ",", names: str = "abcdef") -> None:
    rows = [
        separator.join([iso(i), *(f'"{cell}"' if separator in cell else cell for cell in row)])
        for i, row in enumerate(zip(*columns, strict=True))
    ]
    header = separator.join(["timestamp", *names[: len(columns)]])
    (folder / "press.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def german(value: float) -> str:
    return f"{value:,}".replace(",", " ").replace(".", ",").replace(" ", ".")


WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")

FORMS: dict[str, tuple[Callable[[float], str], str, str]] = {
    "plain": (str, ",", ""),
    "decimal commas": (lambda value: str(value).replace(".", ","), ";", "decimal commas"),
    "decimal commas in quotes": (lambda value: str(value).replace(".", ","), ",", "decimal commas"),
    "thousands with commas": ("{:,}".format, ",", ", between thousands"),
    "thousands with points": (german, ";", ". between thousands"),
    "thousands with blanks": (lambda value: f"{value:,}".replace(",", "\u202f"), ",", ""),
    "thousands with apostrophes": (lambda value: f"{value:,}".replace(",", "'"), ",", ""),
    "a unit": ("{} °C".format, ",", "the unit °C"),
    "a unit close behind": ("{}mm/s".format, ",", "the unit mm/s"),
    "percent": ("{} %".format, ",", "the unit %"),
    "a sign for minus": (lambda value: str(value).replace("-", "\u2212"), ",", ""),
    "a dash for minus": (lambda value: str(value).replace("-", "\u2013"), ",", ""),
    "minus behind": (lambda value: f"{abs(value)}-" if value < 0 else str(value), ",", ""),
    "minus as brackets": (lambda value: f"({abs(value):,})" if value < 0 else f"{value:,}", ",", ", between thousands"),
    "lakhs": (
        lambda value: (
            f"{int(value) // 100000},{int(value) // 1000 % 100:02},{value % 1000:05.1f}" if value >= 1e5 else f"{value:,}"
        ),
        ",",
        ", between thousands",
    ),
    "wide digits": (lambda value: str(value).translate(WIDE), ",", ""),
    "Fortran's exponents, minus": (lambda value: f"{value:.5E}".replace("E", "D"), ",", ""),
    "formulas": ('="{}"'.format, ";", ""),
}


@pytest.mark.parametrize("case", FORMS)
def test_numbers_of_any_form(tmp_path: Path, case: str) -> None:
    write, separator, word = FORMS[case]
    lowered = LARGE - (6000 if "minus" in case else 0) + (100000 if case == "lakhs" else 0)
    written(tmp_path, [write(float(value)) for value in SMALL], [write(float(value)) for value in lowered], separator=separator)
    found = read(tmp_path)
    assert found.channels == ("a", "b")
    np.testing.assert_allclose(found.recordings[0].values, np.stack([SMALL, lowered], 1), rtol=1e-6)
    assert (word in "\n".join(found.notes)) if word else not found.notes


def test_thousands_beside_plain_numbers(tmp_path: Path) -> None:
    """980.2, and 1,204.5 before a failure."""
    values = np.where(np.arange(200) % 40 > 25, 1204.5, 980.2)
    written(tmp_path, [f"{value:,}" for value in values])
    np.testing.assert_allclose(read(tmp_path).recordings[0].values[:, 0], values, rtol=1e-6)


@pytest.mark.parametrize("mark", [",", "."])
def test_three_digits_that_could_be_both_are_asked_for_and_the_setting_helps(tmp_path: Path, mark: str) -> None:
    values = 900 + np.arange(200)
    written(tmp_path, [f"{value:,}".replace(",", mark) for value in values.tolist()], separator=";")
    with pytest.raises(KitError) as caught:
        read(tmp_path)
    assert "two ways" in caught.value.what
    assert 'decimal = "," or decimal = "."' in caught.value.fix
    other = "." if mark == "," else ","
    np.testing.assert_array_equal(read(tmp_path, decimal=other).recordings[0].values[:, 0], values)
    with_decimals = np.where(values < 1000, values, values / 1000)
    np.testing.assert_allclose(read(tmp_path, decimal=mark).recordings[0].values[:, 0], with_decimals, rtol=1e-6)


def test_the_other_columns_tell_what_three_digits_mean(tmp_path: Path) -> None:
    values = 900 + np.arange(200)
    written(tmp_path, [german(float(value)) for value in SMALL], [german(value) for value in values.tolist()], separator=";")
    np.testing.assert_array_equal(read(tmp_path).recordings[0].values[:, 1], values)


def test_three_decimals_are_no_question(tmp_path: Path) -> None:
    values = np.round(np.sin(np.arange(200)) + 1.5, 3)
    written(tmp_path, [f"{value:.3f}" for value in values])
    found = read(tmp_path)
    np.testing.assert_allclose(found.recordings[0].values[:, 0], values, rtol=1e-6)
    assert not found.notes


def test_a_comma_in_some_cells_and_a_point_in_others_is_said(tmp_path: Path) -> None:
    """Each tells by itself that it stands before decimals."""
    written(tmp_path, [f"{value:.2f}".replace(".", "." if i % 2 else ",") for i, value in enumerate(SMALL)], separator=";")
    found = read(tmp_path)
    assert "press.csv: decimals behind points and behind commas: column a" in found.notes
    np.testing.assert_allclose(found.recordings[0].values[:, 0], np.round(SMALL, 2), atol=1e-5)


def test_a_comma_and_a_point_of_which_one_may_be_of_thousands_are_told(tmp_path: Path) -> None:
    cells = [f"{value:.2f}".replace(".", "." if i % 2 else ",") for i, value in enumerate(SMALL)]
    written(tmp_path, ["1.204" if i == 50 else cell for i, cell in enumerate(cells)], separator=";")
    with pytest.raises(KitError, match="don't go together"):
        read(tmp_path)


def test_a_column_of_two_units_is_left_out_or_its_rare_one_is(tmp_path: Path) -> None:
    written(tmp_path, [f"{value} °C" if i != 70 else f"{value} °F" for i, value in enumerate(SMALL)])
    found = read(tmp_path)
    assert "1 cells are no numbers, as '" in "\n".join(found.notes)
    assert "°F" in "\n".join(found.notes)


def noisy(seed: int = 1) -> Values:
    return np.round(np.random.default_rng(seed).normal(41, 1, 200), 3)


def with_values(at: dict[int, float], base: Values | None = None) -> Values:
    values = (noisy() if base is None else base).copy()
    for place, value in at.items():
        values[place] = value
    return values


CALM = [i for i in range(200) if all(not -3 <= i - hour <= 0 for hour in FAILURES)]
"""Hours that lie before no failure."""

TAKEN: dict[str, tuple[Values, tuple[int, ...]]] = {
    "-200 in some rows": (with_values({50: -200, 51: -200, 52: -200}), (50, 51, 52)),
    "-200 alone": (with_values({50: -200}), (50,)),
    "-200 in half of all rows": (with_values(dict.fromkeys(CALM[:100], -200.0)), tuple(CALM[:100])),
    "-200 in a wide channel": (
        with_values(dict.fromkeys(CALM[:30], -200.0), np.random.default_rng(2).uniform(2, 1500, 200)),
        tuple(CALM[:30]),
    ),
    "-999 and -9999": (with_values({50: -999, 60: -9999, 61: -999}), (50, 60, 61)),
    "the largest float": (with_values({50: 3.402823e38}), (50,)),
    "1e300": (with_values({50: 1e300, 130: 1e300}), (50, 130)),
    "16 bits": (with_values({50: 65535, 55: 65535}), (50, 55)),
    "an own value that repeats": (with_values({50: 777.7, 95: 777.7, 120: 777.7}), (50, 95, 120)),
    "alone beyond any doubt": (with_values({50: 1e8}), (50,)),
    "beside a constant": (with_values({50: -200, 51: -200}, np.full(200, 11.9)), (50, 51)),
}


def raw(folder: Path, values: Values, **settings: object) -> tuple[Values, str]:
    """As read, no hole filled, and all notes."""
    written(folder, [f"{value:.7g}" for value in values], ["1", "2"] * 100)
    found = read(folder, max_gap="0s", **settings)
    return found.recordings[0].values[:, 0], "\n".join(found.notes)


@pytest.mark.parametrize("case", TAKEN)
def test_error_values_are_named_and_left_out(tmp_path: Path, case: str) -> None:
    values, places = TAKEN[case]
    found, notes = raw(tmp_path, values)
    assert tuple(np.flatnonzero(np.isnan(found))) == places
    assert "error value; left out" in notes
    rest = np.delete(np.arange(200), places)
    np.testing.assert_allclose(found[rest], values[rest], rtol=1e-5)


KEPT: dict[str, Values] = {
    "a spike": with_values({50: 70.0}),
    "a slow excursion": with_values({i: 41 + 8 * (i - 50) for i in range(50, 60)}),
    "a sensor at its limit during failures": with_values({hour - k: 500.0 for hour in FAILURES for k in range(3)}),
    "16 bits at their limit during failures": with_values({hour - k: 65535.0 for hour in FAILURES for k in range(3)}),
    "rare pulses": with_values(dict.fromkeys(range(0, 200, 25), 1.0), np.zeros(200)),
    "a constant": np.full(200, 7.0),
    "two modes": with_values(dict.fromkeys(range(0, 200, 3), 900.0)),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_a_sensor_may_measure_stays(tmp_path: Path, case: str) -> None:
    found, notes = raw(tmp_path, KEPT[case])
    np.testing.assert_allclose(found, KEPT[case], rtol=1e-5)
    assert "left out" not in notes
    assert ("at its limit" in notes) == ("limit" in case)
    assert ("a state of the machine" in notes) == (case == "two modes")


def test_a_setting_names_error_values_or_none(tmp_path: Path) -> None:
    values = with_values({50: -200, 60: 42.125, 61: 42.125})
    found, notes = raw(tmp_path, values, error_values=(42.125,))
    assert np.flatnonzero(np.isnan(found)).tolist() == [60, 61]
    assert found[50] == -200
    found, notes = raw(tmp_path, values, error_values=())
    assert np.isfinite(found).all()
    assert "error value" not in notes


def test_a_wild_value_that_stays_moves_the_scale_by_nothing(tmp_path: Path) -> None:
    """The 0.1st and 99.9th percentile of the training split, reckoned by sorting; ends between two values are linear."""
    rows = 2000
    values = np.round(np.random.default_rng(3).normal(41, 1, rows), 4)
    values[700] = 60.0
    lines = ["timestamp,a", *(f"{iso(i)},{value}" for i, value in enumerate(values))]
    (tmp_path / "press.csv").write_text("\n".join(lines))
    found = read(tmp_path, failures=tuple(iso(hour) for hour in (300, 800, 1400, 1800)))
    training = np.sort(values[found.recordings[0].splits == TRAIN])
    low, high = (np.interp(share * (len(training) - 1), np.arange(len(training)), training) for share in (0.001, 0.999))
    (mean,), (std,) = found.scale()
    assert (mean, mean + std) == pytest.approx((low, high), abs=1e-4)
    assert std < 8
    places = found.places("train")
    assert found.normalized(places).max() == 1.5
