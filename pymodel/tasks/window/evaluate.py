"""A finished window model over recordings: window by window, and as the alarms that a user would get."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from appspec.contract import Window
from appspec.intervals import Interval, bootstrap
from pymodel.data.series.recording import format_stamp
from pymodel.data.series.windows import Places, WindowSet
from pymodel.data.splits import SplitName
from pymodel.inference.interpreter import HostModel, inference_ms
from pymodel.tasks.window.alarms import DAY_S, WEEK_S, Announcement, Policy, Track, Verdict, days_of, judge
from pymodel.tasks.window.baseline import fit_baseline
from pymodel.tasks.window.metrics import Numbers, block_bootstrap, f1, pr_auc
from pymodel.tasks.window.track import known_events, model_predictor, normalized_predictor, predicted, track
from pymodel.tasks.window.verdict import verdict_words


@dataclass(frozen=True)
class FailureScore:
    """One failure.

    Attributes:
        lead_h: hours from the alarm to the failure; None where none announced it.
    """

    machine: str
    at: str
    lead_h: float | None


@dataclass(frozen=True)
class Evaluation:
    """How a model does, with a window at each sample.

    Attributes:
        pictures: windows; the word that evaluations of all task kinds share.
        abnormal: windows among them that should be called so.
        metrics: by name, each with its 95 % bootstrap confidence interval over days: pr_auc; baseline_pr_auc and
            last_sample_pr_auc: logistic regression on features of the same windows and on their last sample; f1;
            announced: share of the failures (interval over failures); false_alarms_per_week.
        threshold, hold: the alarm policy, from the model's contract.
        false_alarms: their stamps.
        observed_days: time in which an alarm could be raised, of all machines.
        problems: what the data did not allow to be measured, in words.
    """

    pictures: int
    abnormal: int
    metrics: dict[str, Interval]
    median_ms: float
    threshold: float
    hold: int
    failures: tuple[FailureScore, ...]
    false_alarms: tuple[str, ...]
    observed_days: float
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The content of evaluation.json."""
        return asdict(self) | {"lines": self.lines()}

    def lines(self) -> list[str]:
        """The same in words."""
        metrics = self.metrics
        found = []
        if "baseline_pr_auc" in metrics:
            regression, last = metrics["baseline_pr_auc"].value, metrics["last_sample_pr_auc"].value
            found += verdict_words("test", metrics["pr_auc"], regression, last, len(self.failures))
        found += [f"PR-AUC {metrics['pr_auc']}, F1 {metrics['f1'].value:.3f} at p >= {self.threshold:g}"]
        if "baseline_pr_auc" in metrics:
            found.append(
                f"Logistic regression: {metrics['baseline_pr_auc']}; on the last sample alone {metrics['last_sample_pr_auc']}"
            )
        leads = [f"{failure.at} {_lead(failure.lead_h)}" for failure in self.failures]
        announced = sum(1 for failure in self.failures if failure.lead_h is not None)
        found.append(f"{announced} of {len(leads)} failures announced: {'; '.join(leads)}")
        weekly = metrics["false_alarms_per_week"].value
        found.append(
            f"{len(self.false_alarms)} false alarms in {self.observed_days:.1f} days: {weekly:.2f} a week, {weekly / 7:.2f} a day"
        )
        return [*found, *self.problems]


def evaluate(model: Path, windows: WindowSet, split: SplitName, with_baselines: bool = True) -> Evaluation:
    """A described `.tflite` on a split.

    Args:
        with_baselines: they are fitted to the training split, which must be there.
    """
    places = windows.places(split)
    with HostModel(model) as host:
        decoder = host.contract.reading
        followed = track(windows, split, model_predictor(host))
        duration = inference_ms(host, windows.one(places, 0))
    assert isinstance(decoder, Window), f"{model.name} is no window model"
    policy, known, truth = Policy(decoder.threshold, decoder.hold), known_events(windows), windows.truth(places)
    verdict = judge(followed, policy, known)
    baselines = _baselines(windows, places) if with_baselines else {}
    return Evaluation(
        pictures=len(truth),
        abnormal=int(truth.sum()),
        metrics=_metrics(followed, truth, verdict, policy, baselines),
        median_ms=round(duration, 4),
        threshold=policy.threshold,
        hold=policy.hold,
        failures=tuple(_failure(windows, announcement) for announcement in verdict.announcements),
        false_alarms=tuple(format_stamp(alarm.raised_s) for alarm in verdict.false_alarms),
        observed_days=round(verdict.observed_s / DAY_S, 2),
        problems=windows.problems,
    )


def _metrics(
    followed: Track, truth: Numbers, verdict: Verdict, policy: Policy, baselines: dict[str, Numbers]
) -> dict[str, Interval]:
    days = days_of(followed.stamps, followed.machines)
    found = {
        name: block_bootstrap(lambda drawn, p=p: pr_auc(p[drawn], truth[drawn]), days)  # type: ignore[misc]
        for name, p in {"pr_auc": followed.p, **baselines}.items()
    }
    found["f1"] = block_bootstrap(lambda drawn: f1(followed.p[drawn], truth[drawn], policy.threshold), days)
    if verdict.announcements:
        found["announced"] = bootstrap(np.array([one.alarm is not None for one in verdict.announcements], np.float64))
    _, observed = np.unique(days, return_counts=True)
    false = np.zeros(len(observed))
    for alarm in verdict.false_alarms:
        false[np.searchsorted(np.unique(days), days_of(np.array(alarm.raised_s), np.array(alarm.machine)))] += 1
    rows = np.stack([false, observed * followed.interval_s / WEEK_S], 1)
    found["false_alarms_per_week"] = bootstrap(rows, lambda rows: float(rows[:, 0].sum() / rows[:, 1].sum()))
    return found


def _baselines(windows: WindowSet, places: Places) -> dict[str, Numbers]:
    """p(Abnormal) of both, on the windows at these places."""
    found = {}
    for name, last_only in (("baseline_pr_auc", False), ("last_sample_pr_auc", True)):
        baseline = fit_baseline(windows, last_only)
        found[name] = predicted(windows, places, normalized_predictor(baseline.predict, *windows.scale()))
    return found


def _failure(windows: WindowSet, announcement: Announcement) -> FailureScore:
    lead, name = announcement.lead_s, windows.recordings[announcement.machine].name
    return FailureScore(name, format_stamp(announcement.event.at_s), None if lead is None else round(lead / 3600, 2))


def _lead(hours: float | None) -> str:
    if hours is None:
        return "missed"
    return f"{hours:g} h before" if hours >= 0 else f"{-hours:g} h after it began"
