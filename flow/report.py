"""`invoke report`: an app in one page, from its training to what phones measured."""

from __future__ import annotations

import platform
import time
from collections.abc import Collection, Sequence
from importlib.metadata import version
from pathlib import Path

from appspec.errors import KitError
from appspec.stages import ROOT
from appspec.words import byte_words
from deploy.benchmark.verdict import sentence
from deploy.report.benchmark import run_section
from deploy.report.comparison import comparison_section
from deploy.report.found import PhoneRuns, by_phone, found_runs, named_runs
from deploy.report.overview import benchmark_figures, overview_section
from deploy.report.repeat import benchmark_command
from deploy.report.sustained import sustained_section
from deploy.report.words import phone_name
from flow.app import OpenApp, app_lock, open_app
from flow.kit import this_kit
from flow.report_parts import (
    app_figures,
    app_section,
    build_hashes,
    look_section,
    places,
    quality_section,
    shipped,
    training_section,
    variants_sections,
)
from flow.screen import Screen
from pages.cells import code
from pages.page import Page, Section
from pymodel.stages.chosen import chosen_models

RESULTS = "results"
"""The folder in which `invoke benchmark` leaves its runs, a folder an app."""


def report(name: str, data: str | None, results: Sequence[str], out: Path | None, screen: Screen, root: Path = ROOT) -> None:
    """Writes the page.

    Args:
        results: files of runs, or folders of them; empty: all that lie under results/NAME.
        root: the folder with apps, build and results.

    Raises:
        KitError: the app was not built, a result that was named can't be read, the page can't be written.
    """
    app = open_app(name, data, root=root)
    with app_lock(app, screen):
        begin = time.monotonic()
        chosen_models(app.spec, app.artifacts, app.arguments)
        folder = root / RESULTS / app.artifacts.root.name
        named = [Path(path).expanduser() for path in results]
        runs, problems = (named_runs(named, name), []) if named else found_runs(folder, name)
        phones = by_phone(runs)
        page = _page(app, phones, problems)
        target = _write(page, out or app.artifacts.root / "report.html")
    missing = [pair for section in page.sections for pair in _missing(section)]
    size, seconds = target.stat().st_size, round(time.monotonic() - begin, 1)
    if screen.as_json:
        screen.json(
            {
                "page": str(target),
                "bytes": size,
                "seconds": seconds,
                "runs": [str(one.latest.path) for one in phones],
                "notes": [one.note for one in phones if one.note],
                "missing": [{"what": what, "command": command} for what, command in missing],
                "unreadable": [f"{error.what}: {error.why}" for error in problems],
            }
        )
        return
    for error in problems:
        screen.say(f"Left out: {error.what}: {error.why}")
    for one in phones:
        if one.note:
            screen.say(f"{phone_name(one.latest.run.phone)}: {one.note}")
    for what, command in missing:
        screen.say(f"{what} {command}")
    screen.say(f"Page of {byte_words(size)}, in {seconds} s: {target}")


def _page(app: OpenApp, phones: Sequence[PhoneRuns], problems: Sequence[KitError]) -> Page:
    spec = app.spec.app
    files = shipped(app)
    lead = [f"{spec.id} · version {spec.version}"]
    sections = [
        Section("At a glance", key_figures=[*app_figures(app), *benchmark_figures(phones)]),
        look_section(app),
        _benchmark(app, {one.sha256 for one in files}, phones, problems),
        quality_section(app),
        variants_sections(app),
        places(app),
        training_section(app),
        app_section(app, files),
        _repeat(app, phones),
    ]
    return Page(spec.name, lead, sections, contents=True)


def _benchmark(app: OpenApp, hashes: Collection[str], phones: Sequence[PhoneRuns], problems: Sequence[KitError]) -> Section:
    missing = [] if phones else [("Nothing was measured yet.", f"invoke benchmark{app.arguments}")]
    notes = [(f"Left out: {error.what}", f"{error.why}. {error.fix[:1].upper()}{error.fix[1:]}.") for error in problems]
    parts = [overview_section(phones)] if len(phones) > 1 else []
    for one in phones:
        run = one.latest.run
        others = [f"{model.name} {model.variant}" for model in run.models if model.sha256 not in hashes]
        old = [f"Measured with other files than this build's: {', '.join(others)}."] if others else []
        since = [comparison_section(one.before.run, run)] if one.before else []
        since += [sustained_section(one.sustained.run)] if one.sustained else []
        parts.append(run_section(run, sentence(run), [*old, *([one.note] if one.note else [])], since))
    return Section("Benchmark", missing=missing, findings=notes, sections=parts)


def _repeat(app: OpenApp, phones: Sequence[PhoneRuns]) -> Section:
    kit = this_kit()
    rows = [
        ("kit", f"{kit.version} {kit.revision or ''}"),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in ("tensorflow", "ai-edge-litert")),
        *build_hashes(app),
    ]
    commands = [f"invoke build-apk{app.arguments}"]
    for one in phones:
        run, file = one.latest.run, one.latest.path
        made_by = f"kit {run.kit.version} {run.kit.revision or ''}".strip()
        seed = f"order by seed {run.settings.seed}"
        rows.append((f"run on {phone_name(run.phone)}", f"{made_by}, {run.runtime}, {seed}; every time is in {file.name}"))
        if run.app.apk_sha256:
            rows.append((f"APK on {phone_name(run.phone)}", code(run.app.apk_sha256)))
        if run.tool:
            rows.append((f"tool on {phone_name(run.phone)}", code(f"{run.tool.file} {' '.join(run.tool.arguments)}")))
            rows.append(("sha256 of the tool", code(run.tool.sha256)))
        rows += [(f"{model.name} {model.variant}, measured", code(model.sha256)) for model in run.models]
        commands.append(benchmark_command(run, app.arguments, len(app.spec.model), app.spec.benchmark.warmup_runs))
    if not phones:
        commands.append(f"invoke benchmark{app.arguments}")
    return Section("How to repeat it", columns=("", ""), rows=rows, commands=[*commands, f"invoke report{app.arguments}"])


def _missing(section: Section) -> list[tuple[str, str]]:
    return [*section.missing, *(pair for part in section.sections for pair in _missing(part))]


def _write(page: Page, target: Path) -> Path:
    if target.suffix.lower() not in (".html", ".htm"):
        raise KitError(f"Can't write {target.name}", "the report is an HTML page", "give --out a name that ends in .html")
    page.save(target, "give --out a file that you can write")
    return target
