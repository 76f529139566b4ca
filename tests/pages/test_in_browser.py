"""Pages as a real browser shows them: nothing is fetched, nothing complains, nothing overflows a phone, every word can be read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from appspec.tflite_file import read_tflite
from flow.report import report
from flow.screen import Screen
from pages.page import Page, Section
from pymodel.inspect.info import model_info
from pymodel.inspect.page import model_page
from pymodel.train.page import write_train_page
from tests.pages.browser import Browser, browser, needs_browser
from tests.report_app import MODEL, make_runs, make_whole_app

pytestmark = needs_browser

PHONE, DESK = 360, 1280

TOO_FAINT = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data };
  const light = c => [0, 1, 2].map(i => c[i] / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c } return [255, 255, 255] };
  const faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, style = getComputedStyle(e);
    if (!walk.currentNode.data.trim() || ['STYLE', 'TITLE', 'SCRIPT'].includes(e.tagName.toUpperCase()) || e.closest('svg.graph')) continue;
    const a = light(rgba(e instanceof SVGElement ? style.fill : style.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push([walk.currentNode.data.trim().slice(0, 40), ratio]);
  }
  return faint;
})()
"""
"""Words whose contrast with what lies behind them is below 4.5, the AA of WCAG 2."""

SIDEWAYS = """
[...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.right > WIDTH + 1 && !e.closest('.wide, .drawing, pre') && !e.classList.contains('unseen');
}).map(e => e.outerHTML.slice(0, 80))
"""

NAMELESS = """
[...document.querySelectorAll('img:not([alt]), img[alt=""], svg[role=img]:not([aria-label]), th:not([scope=row]):not([scope=col]), [role=region]:not([aria-label])')]
  .map(e => e.outerHTML.slice(0, 80))
"""

HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(e => +e.tagName[1])"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as page:
        yield page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each kind."""
    root = tmp_path_factory.mktemp("보고서 & <pages>")
    artifacts = make_whole_app(root)
    make_runs(root)
    report("tiny", None, (), root / "report.html", Screen(), root)
    report("tiny", None, [str(root / "results" / "tiny" / "host.json")], root / "one run.html", Screen(), root)
    write_train_page("cat_box", artifacts.train("cat_box"), root)
    model = read_tflite(MODEL)
    model_page(model, model_info(model), {0: "GPU: no"}).save(root / "model.html")
    return {name: root / f"{name}.html" for name in ("report", "one run", "train", "model")}


NAMES = ("report", "one run", "train", "model")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_page_is_whole_at_any_width_and_in_both_themes(
    chromium: Browser, pages: dict[str, Path], name: str, dark: bool, width: int
) -> None:
    chromium.requests.clear()
    chromium.complaints.clear()
    chromium.open(pages[name], width, dark=dark)
    assert chromium.requests == []
    assert chromium.complaints == []
    assert chromium.value("document.documentElement.scrollWidth") == width
    assert chromium.value(SIDEWAYS.replace("WIDTH", str(width))) == []
    assert chromium.value(TOO_FAINT) == []
    ground = chromium.value("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 200) is dark


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_be_heard(chromium: Browser, pages: dict[str, Path], name: str) -> None:
    chromium.open(pages[name], DESK)
    assert chromium.value(NAMELESS) == []
    levels = chromium.value(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    assert chromium.value("document.documentElement.lang") == "en"


def test_the_keyboard_reaches_the_contents_and_all_that_scrolls(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["report"], PHONE)
    expected = chromium.value("document.querySelectorAll('a, [tabindex]').length")
    reached = set()
    for _ in range(expected):
        chromium.press("Tab")
        reached.add(chromium.value("[...document.querySelectorAll('a, [tabindex]')].indexOf(document.activeElement)"))
        assert chromium.value("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached == set(range(expected))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_be_printed_whatever_the_theme(chromium: Browser, pages: dict[str, Path], name: str) -> None:
    chromium.open(pages[name], 794, dark=True, media="print")
    assert chromium.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert chromium.value(TOO_FAINT) == []
    assert chromium.value("document.documentElement.scrollWidth") <= 794
    pdf = chromium.pdf()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def test_every_run_is_a_dot_at_its_time(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.open(pages["report"], DESK)
    counts = chromium.value("[...document.querySelectorAll('.plot .dots')].map(e => e.getAttribute('d').split('M').length - 1)")
    beyond = chromium.value("[...document.querySelectorAll('.plot .beyond')].map(e => parseInt(e.textContent))")
    rows = 12 + 12 + 9
    assert len(counts) == rows
    assert sum(counts) + sum(beyond) == rows * 4 * 50
    left, right = chromium.value(
        "(() => { const m = document.querySelector('.plot .median').getBoundingClientRect(), d = document.querySelector('.plot .dots').getBoundingClientRect();"
        " return [m.x - d.x, d.right - m.x] })()"
    )
    assert left > 0
    assert right > 0


def test_a_complaint_is_heard(chromium: Browser, tmp_path: Path) -> None:
    """The tests above would notice."""
    page = tmp_path / "bad.html"
    good = Page("T", sections=[Section("S")]).html()
    page.write_text(
        good.replace(
            "</main>", '<p style="width: 500px; color: #999">faint</p><img src="file:///nowhere.png"><script>x.y</script>'
        )
    )
    chromium.requests.clear()
    chromium.complaints.clear()
    chromium.open(page, PHONE)
    assert chromium.requests == ["file:///nowhere.png"]
    assert any("x is not defined" in text for text in chromium.complaints)
    assert [text for text, _ in chromium.value(TOO_FAINT)] == ["faint"]
    assert len(chromium.value(SIDEWAYS.replace("WIDTH", str(PHONE)))) == 1
    assert len(chromium.value(NAMELESS)) == 1
