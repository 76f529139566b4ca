"""Tables, cells and charts of pages: what they hold, and where it stands."""

from __future__ import annotations

import re

import pytest
from markupsafe import escape

from pages.cells import bar, code, marked, tagged
from pages.chart import ticks
from pages.dot_chart import DotRow, dot_chart
from pages.interval_chart import Interval, interval_chart
from pages.line_chart import Curve, line_chart
from pages.page import KeyFigure, Page, Section, is_figure

EVIL = '<script>alert("x")</script>'


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 17.3, 5, [0, 5, 10, 15]),
        (0, 1, 4, [0, 0.25, 0.5, 0.75, 1]),
        (1, 5, 5, [1, 2, 3, 4, 5]),
        (-12, 12, 5, [-10, -5, 0, 5, 10]),
        (0.0612, 0.0688, 4, [0.062, 0.064, 0.066, 0.068]),
        (0, 3e-7, 5, [0, 1e-7, 2e-7, 3e-7]),
        (7, 7, 5, [7]),
    ],
)
def test_axes_have_round_numbers(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("high", "expected"), [(12, [5, 10]), (4, [1, 2, 3, 4]), (11, [2, 4, 6, 8, 10]), (40, [10, 20, 30, 40]), (1.4, [1])]
)
def test_axes_that_count_have_whole_numbers(high: float, expected: list[float]) -> None:
    assert ticks(1, high, 5, whole=True) == expected


def places(svg: str) -> list[tuple[float, float]]:
    """Every dot: (thousandths from the left, pixels from the top)."""
    return [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)h", svg)]


def test_dots_stand_at_their_values_and_starts_in_their_lanes() -> None:
    row = DotRow("r", [[1.0, 2.0], [4.0]], 2.0, (1.0, 4.0), "2 ms", "c1")
    svg = str(dot_chart("t", [row], "ms").svg)
    end = 4.0 * 1.06
    (first, second, third) = places(svg)
    assert [first[0], second[0], third[0]] == pytest.approx([1000 * v / end for v in (1, 2, 4)], abs=0.1)
    assert max(first[1], second[1]) < 11 < third[1]
    median = re.search(r'class="median c1" x1="([\d.]+)%"', svg)
    assert median
    assert float(median[1]) == pytest.approx(100 * 2 / end, abs=0.01)


def test_few_values_far_away_are_told_in_words() -> None:
    values = [1 + i / 1000 for i in range(99)] + [30.0]
    svg = str(dot_chart("t", [DotRow("r", [values], 1.05, None, "", "c1")], "ms").svg)
    assert len(places(svg)) == 99
    assert "1 beyond, up to 30 →" in svg
    near = str(dot_chart("t", [DotRow("r", [[*values[:99], 1.4]], 1.05, None, "", "c1")], "ms").svg)
    assert len(places(near)) == 100
    assert "beyond" not in near


def test_a_hundred_thousand_runs_are_a_small_chart_that_looks_the_same() -> None:
    values = [1 + (i * 0.618034 % 1) ** 8 for i in range(100_000)]
    svg = str(dot_chart("t", [DotRow("r", [values], 1.05, None, "", "c1")], "ms").svg)
    drawn = places(svg)
    assert len(svg) < 200_000
    assert len(set(drawn)) == len(drawn)
    end = 2 * 1.06
    assert {round(1000 * value / end) for value in values} == {x for x, _ in drawn}


def test_a_chart_can_be_heard() -> None:
    svg = str(dot_chart(f"t {EVIL}", [DotRow(EVIL, [[1.0]], 1.0, None, "1 ms", "c1")], "ms").svg)
    assert f'aria-label="{escape(f"t {EVIL}. {EVIL}: 1 ms")}"' in svg
    curve = line_chart("Loss", [Curve("training", [(1, 2.0), (2, 0.5), (3, 1.0)], "c1")], "epochs")
    assert "training: from 2 to 1, least 0.5, most 2" in str(curve.svg)


@pytest.mark.parametrize("points", [[(1.0, 5.0)], [(1.0, 0.0), (2.0, 0.0)], [(0.0, -3.0), (1.0, -3.0)]])
def test_curves_of_one_point_or_one_value_can_be_drawn(points: list[tuple[float, float]]) -> None:
    assert "nan" not in str(line_chart("t", [Curve("c", points, "c1")], "s").svg)


def test_curves_lie_upright_in_their_field() -> None:
    svg = str(line_chart("t", [Curve("c", [(0, 0.0), (10, 10.0)], "c1")], "s", from_zero=True).svg)
    found = re.search(r'class="curve c1" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', svg)
    assert found
    x0, y0, x1, y1 = map(float, found.groups())
    assert (x0, x1) == (0, 1000)
    assert y0 == pytest.approx(190)
    assert y1 == pytest.approx(190 * 0.6 / 10.6, abs=0.1)


def test_changes_lie_on_both_sides_of_none() -> None:
    rows = [Interval("a", -20, -10, 0, "faster", "c4"), Interval("b", -500, 10, 500, "no difference seen", "c0")]
    svg = str(interval_chart("t", rows).svg)
    middles = [float(x) for x in re.findall(r'class="median c\d" x1="([\d.]+)%"', svg)]
    assert middles[0] < 50 < middles[1]
    assert 50 - middles[0] == pytest.approx(middles[1] - 50)
    for x, width in re.findall(r'<rect class="interval c\d" x="([\d.]+)%" y="\d+" width="([\d.]+)%"', svg):
        assert float(x) >= 0
        assert float(x) + float(width) <= 100


def test_numbers_stand_at_the_right_of_their_column() -> None:
    section = Section("t", columns=("a", "b", "c", "d"), rows=[("x", "1.2 ms", 3, "1 to 2"), ("y", "", 4, "too few")])
    assert section.right_columns == {1, 2}
    assert all(map(is_figure, (1, 2.5, "12", "−3.1 %", "+0.10 %", "2.1 MB", "0.1 to 0.2", "4 × 50", "≈ 12 ms", "1e-05")))
    assert not any(map(is_figure, ("", "one", "1 thread", "2.16.1 or newer", bar(0.5, "1"))))


def test_cells_escape_their_words() -> None:
    for cell in (bar(0.5, EVIL), marked(EVIL, EVIL), tagged(EVIL, ""), code(EVIL)):
        assert "<script" not in str(cell)
        assert "&lt;script" in str(cell)
    assert "width:100.0%" in str(bar(7, "long"))


def test_a_page_escapes_what_it_is_given() -> None:
    whole = Section(
        EVIL, [EVIL], [KeyFigure(EVIL, EVIL, EVIL, EVIL)], [(EVIL, EVIL)], [(EVIL, EVIL)], (), (EVIL, "b"), [(EVIL, EVIL)],
        pictures=[("data:,", EVIL)], commands=[EVIL],
    )  # fmt: skip
    text = Page(EVIL, [EVIL], [whole, Section("outer", sections=[whole])], contents=True).html()
    assert "<script" not in text
    assert text.startswith("<!doctype html>") or text.lstrip().startswith("<!doctype html>")
    assert '<a href="#script-alert-x-script">' in text
    assert "<h3>" in text
