"""`invoke benchmark`: how fast the models are on each processor of each chosen phone."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from appspec.benchmark_run import BenchmarkRun, MeasuredApp, Settings
from appspec.edit import set_value
from appspec.errors import KitError
from appspec.stages import ROOT, hash_file
from appspec.words import counted
from deploy.benchmark.board import read_board, write_board
from deploy.benchmark.by_others import measure_by_tool, measure_on_host
from deploy.benchmark.fastest import doubt, fastest_pair
from deploy.benchmark.on_phone import Job, measure_in_app
from deploy.benchmark.record import Record
from deploy.benchmark.rounds import Plan
from deploy.benchmark.rows import make_rows
from deploy.benchmark.summary import STARTS, TIMES, summarize, table_rows
from deploy.benchmark.sustained_figures import sustained_figures, sustained_words
from deploy.benchmark.sustained_plot import plot_sustained
from deploy.benchmark.table_file import check_writable, write_table
from deploy.benchmark.unmeasured import unmeasured
from deploy.benchmark.verdict import sentence
from deploy.device.choose import Say, choose_phones
from deploy.device.fleet import Outcome, on_each
from deploy.device.listing import Connected
from deploy.device.target import DeployTarget
from flow.app import OpenApp, app_lock, open_app
from flow.benchmark_wishes import Asked, Wishes, asked
from flow.build import build
from flow.kit import this_kit
from flow.models import make_models
from flow.phones import tell_outcomes
from flow.screen import Screen
from flow.target import ACTIVITY


def benchmark(
    name: str, data: str | None, settings: Sequence[str], wishes: Wishes, screen: Screen, results: Path = ROOT / "results"
) -> None:
    """Measures the app of a name on the phones that are meant, side by side, or on this computer.

    Args:
        results: the folder above that of the app's results.

    Raises:
        KitError: no phone or several without a choice, the build failed, a phone could not be measured or was lost, Ctrl-C.
    """
    app = open_app(name, data, settings)
    want = asked(wishes, app.spec)
    _check_places(wishes, results / app.artifacts.root.name)
    phones = [] if want.way == "host" else choose_phones(wishes.phones, screen.say)
    with app_lock(app, screen):
        apk = build(app, screen).apk if want.way == "app" else None
        if apk is None:
            make_models(app, screen)
    job = make_job(app, want, wishes, apk, results)
    records, lock = list[Record](), threading.Lock()

    def started(record: Record) -> None:
        with lock:
            records.append(record)

    where = counted(len(phones), "phone") if phones else "this computer"
    screen.heading(f"Measuring {counted(len(job.rows), 'row')} on {where}, {want.limit_s:.0f} s at most")
    try:
        outcomes = _measure(app, want, job, apk, phones, started, screen)
    except KeyboardInterrupt:
        _show_and_write(records, wishes, screen)
        kept = [str(record.path) for record in records if record.saved is not None]
        raise KitError(
            "Stopped before all was measured",
            "Ctrl-C",
            f"what was measured is kept: {', '.join(kept)}" if kept else "nothing was measured yet; the same command again",
        ) from None
    finished = _show_and_write(records, wishes, screen)
    _tell(outcomes, screen)
    require_times([run for run, _ in finished])
    if wishes.apply:
        apply_fastest(app, [run for run, _ in finished], screen)


def require_times(runs: Sequence[BenchmarkRun]) -> None:
    """A run whose every row failed is no measurement, for whoever goes by the exit code.

    Raises:
        KitError: of a run of its kind, the first.
    """
    for run in runs:
        rows = [summarize(measurement) for measurement in run.measurements]
        if rows and all(row.error for row in rows):
            fix = "see what each row of the table says; on a phone, invoke logs tells more"
            raise KitError(f"nothing could be measured on {run.phone.model}", f"every row failed, as {rows[0].error}", fix)


def _check_places(wishes: Wishes, folder: Path) -> None:
    """Before minutes are spent: all that will be written can be."""
    check_writable(folder / "run.json", "the results", f"make {folder} a folder that you can write")
    board, csv = (Path(file).expanduser() if file else None for file in (wishes.board, wishes.csv))
    for flag, file in (("--board", board), ("--csv", csv)):
        if file is not None:
            check_writable(file, flag)
    if board is not None and csv is not None and board.resolve() == csv.resolve():
        raise KitError("--board and --csv can't be one file", f"both are {board}", "give two names")
    if board is not None and board.is_file():
        read_board(board)


def _measure(
    app: OpenApp,
    want: Asked,
    job: Job,
    apk: Path | None,
    phones: Sequence[Connected],
    started: Callable[[Record], None],
    screen: Screen,
) -> list[Outcome[Record]]:
    """By the app, by a tool, or on this computer, which is none of the outcomes."""
    if want.way == "host":
        measure_on_host(job, started, screen.say)
        return []
    spec = app.spec
    target = DeployTarget(spec.app.id, ACTIVITY, spec.android.debug_abis, spec.android.min_sdk, arguments=app.arguments)

    def one_phone(phone: Connected, say: Say) -> Record:
        if want.tool is not None:
            return measure_by_tool(phone, job, want.tool, started, say)
        assert apk is not None
        return measure_in_app(phone, job, apk, target, started, say)

    return on_each(phones, one_phone, screen.say)


def make_job(app: OpenApp, want: Asked, wishes: Wishes, apk: Path | None, results: Path) -> Job:
    """What is measured, the same on every phone."""
    spec = app.spec
    seed = want.seed if want.seed is not None else random.SystemRandom().randrange(2**31)
    plan = Plan(seed, want.precision, want.limit_s, always_cold=wishes.cold)
    if want.way == "host":
        plan = Plan(seed, want.precision, want.limit_s, cool_below=None)
    files = [(name, path) for name in want.models for path in app.artifacts.shipped(name)]
    return Job(
        rows=make_rows(files, want.delegates, want.threads),
        plan=plan,
        settings=Settings(
            way=want.way,
            delegates=want.delegates,
            threads=want.threads,
            warmup_runs=want.warmup_runs,
            num_runs=want.num_runs,
            precision=want.precision,
            limit_s=want.limit_s,
            seed=seed,
            cool_below=plan.cool_below,
            sustained_s=want.sustained_s,
        ),
        kit=this_kit(),
        app=MeasuredApp(
            name=app.name, id=spec.app.id, version=spec.app.version, apk_sha256=hash_file(apk) if apk is not None else None
        ),
        folder=results / app.artifacts.root.name,
    )


def show(finished: Sequence[tuple[BenchmarkRun, Path]], screen: Screen) -> None:
    """Each phone's table and sentence; or all runs as JSON."""
    plots = {path: plot for run, path in finished if (plot := plot_sustained(run, path.with_suffix(".png"))) is not None}
    if screen.as_json:
        screen.json([_document(run, path) for run, path in finished])
        return
    for run, path in finished:
        rows = table_rows(run)
        kind = "" if run.phone.kind == "phone" else f" ({run.phone.kind}: no phone's times)"
        for title, columns in ((f"ms an inference, {run.runtime}", TIMES), ("a start", STARTS)):
            told = [column for column in columns if any(row.get(column) for row in rows)]
            screen.table(f"{run.phone.model}{kind}: {title}", told, rows)
        for line in _notes(run):
            screen.say(line)
        for held in run.sustained:
            screen.say(sustained_words(sustained_figures(held)))
        screen.say(sentence(run))
        screen.say(f"Result: {path}")
        if path in plots:
            screen.say(f"Picture: {plots[path]}")


def apply_fastest(app: OpenApp, runs: Sequence[BenchmarkRun], screen: Screen) -> None:
    """Writes the fastest pair of all these phones into app.toml where it is certain; the next build makes it the app's default.

    Raises:
        KitError: no pair gave right answers on every phone, or app.toml can't be written.
    """
    pair = fastest_pair(runs)
    left = next(filter(None, map(unmeasured, runs)), "")
    if pair is None and left:
        raise KitError("nothing to apply", f"not every model was measured; never started: {left}", "give it more time: --limit")
    if pair is None:
        raise KitError(
            "nothing to apply", "no processor gave right answers for every model on every phone", "the table says what failed"
        )
    file = app.spec.folder / "app.toml"
    why = doubt(runs, pair)
    if why:
        screen.say(
            f'{file} keeps [android] delegate = "{app.spec.android.delegate}": {pair.key} looks the fastest, but that is not certain ({why}). '
            "Measure longer: a longer --limit, a finer --precision."
        )
        return
    before = set_value(file, "android", "delegate", pair.key)
    screen.say(f'{file}: [android] delegate = "{pair.key}" (it was {before or "auto"}); next: invoke deploy{app.arguments}')
    if len(runs) > 1:
        screen.say(f"On these {len(runs)} phones it takes {pair.cost - 1:.0%} more than each one's own fastest pair, on average.")
    if any(run.phone.kind == "virtual" for run in runs):
        screen.say("It was chosen by a virtual phone's times: measure on a real one before you publish the app.")


def _document(run: BenchmarkRun, path: Path) -> dict[str, object]:
    """The run's file, with its path and the figures of what ran without a pause."""
    document = run.model_dump(mode="json", by_alias=True) | {"file": str(path)}
    figures = [asdict(sustained_figures(line)) for line in run.sustained]
    return document | ({"sustained_figures": figures} if figures else {})


def _notes(run: BenchmarkRun) -> list[str]:
    """What the table alone doesn't say."""
    starts = [start for measurement in run.measurements for start in measurement.starts]
    ended = {
        "precise": "every row is as precise as asked, or failed twice",
        "time": f"the {run.settings.limit_s:.0f} s were over: a longer --limit makes it more precise",
        "stopped": "stopped by you",
        "phone lost": "the phone was lost on the way",
    }[run.ended]
    lines = [f"{counted(len(starts), 'start')} in {run.seconds:.0f} s, seed {run.settings.seed}: {ended}."]
    if left := unmeasured(run):
        lines.append(f"! Never started: {left}.")
    coarse = [one.step for one in map(summarize, run.measurements) if math.isfinite(one.sure) and one.sure == one.step]
    if coarse:
        lines.append(
            f"The times of {counted(len(coarse), 'row')} are told in steps of up to {max(coarse):.1%} of their median: none is surer than that."
        )
    hot = [start.after.thermal for start in starts if start.after.thermal not in (None, "none", "light")]
    if hot:
        lines.append(
            f"The phone was hot ({hot[-1]}) after {len(hot)} of {counted(len(starts), 'start')}: its times are those of a hot phone."
        )
    return lines


def _show_and_write(records: Sequence[Record], wishes: Wishes, screen: Screen) -> list[tuple[BenchmarkRun, Path]]:
    """What was measured, with the files that other tools read."""
    finished = [(record.saved, record.path) for record in records if record.saved is not None]
    runs = [run for run, _ in finished]
    show(finished, screen)
    if wishes.board and runs:
        write_board(runs, Path(wishes.board).expanduser())
        screen.say(f"LiteRT's board: {wishes.board}")
    if wishes.csv and runs:
        write_table(runs, Path(wishes.csv).expanduser())
        screen.say(f"Table: {wishes.csv}")
    return finished


def _tell(outcomes: Sequence[Outcome[Record]], screen: Screen) -> None:
    """Fails where a phone failed or was lost."""
    failed = []
    for outcome in outcomes:
        lost = outcome.result.rounds.failure if outcome.result is not None else None
        failed.append(Outcome(outcome.phone, None, lost, outcome.seconds) if lost is not None else outcome)
    if any(outcome.error is not None for outcome in failed):
        tell_outcomes("Phones", failed, lambda record: {"measured": record.rounds.count}, screen)
