"""A finished window model on the test split: window by window, and as the alarms that a user would get."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pymodel.confidence import Interval
from pymodel.host import HostModel
from pymodel.normalize import normalize
from pymodel.tasks.window.alarms import DAY_S, WEEK_S, Announcement, Policy, Track, judge
from pymodel.tasks.window.learn import read_baselines
from pymodel.tasks.window.metrics import Numbers, block_bootstrap, f1, pr_auc
from pymodel.tasks.window.recording import written
from pymodel.tasks.window.store import WindowStore
from pymodel.tasks.window.timeline import draw_track
from pymodel.tasks.window.track import Predict, host_predictor, known_events, track


@dataclass(frozen=True)
class FailureScore:
    """One failure of the test split.

    Attributes:
        lead_h: hours from the alarm to the failure; None where none announced it.
    """

    machine: str
    at: str
    lead_h: float | None


@dataclass(frozen=True)
class Evaluation:
    """How a model does on the test split.

    Attributes:
        windows, abnormal: one at each sample.
        pr_auc: with its 95 % confidence interval over days.
        baseline_pr_auc: logistic regression on features of the same windows.
        last_sample_pr_auc: logistic regression on their last sample alone.
        observed_days: time in which an alarm could be raised, of all machines.
        problems: what the data did not allow to be measured, in words.
    """

    windows: int
    abnormal: int
    pr_auc: Interval
    f1: float
    baseline_pr_auc: float
    last_sample_pr_auc: float
    threshold: float
    hold: int
    failures: tuple[FailureScore, ...]
    false_alarms: int
    observed_days: float
    false_alarms_per_day: float
    false_alarms_per_week: float
    problems: tuple[str, ...]

    @property
    def announced(self) -> int:
        """Failures that an alarm announced."""
        return sum(1 for failure in self.failures if failure.lead_h is not None)

    def as_dict(self) -> dict[str, object]:
        """JSON-able values."""
        return asdict(self) | {"announced": self.announced}

    def lines(self) -> list[str]:
        """The same in words."""
        leads = ", ".join(
            f"{failure.at}: {'missed' if failure.lead_h is None else f'{failure.lead_h:g} h before'}" for failure in self.failures
        )
        return [
            f"PR-AUC {self.pr_auc}, F1 {self.f1:.3f} at p >= {self.threshold:g}; logistic regression {self.baseline_pr_auc:.4f}, "
            f"of the last sample {self.last_sample_pr_auc:.4f}",
            f"{self.announced} of {len(self.failures)} failures announced ({leads})",
            f"{self.false_alarms} false alarms in {self.observed_days:.1f} days: {self.false_alarms_per_week:.2f} a week",
            *self.problems,
        ]


def evaluate(model: Path, examples: Path, trained: Path, picture: Path | None = None) -> Evaluation:
    """A described `.tflite` on the test split of a store.

    Args:
        trained: folder of the model's finished training, for its baselines.
        picture: PNG to write: p(Abnormal) over time with alarms and failures.
    """
    store = WindowStore(examples)
    with HostModel(model) as host:
        contract = host.contract
        followed = track(store, "test", host_predictor(host))
    policy = Policy(contract.threshold, contract.hold)
    places, known = store.places("test"), known_events(store)
    truth, verdict = store.truth(places), judge(followed, policy, known)
    baselines = {name: _baseline(store, baseline.predict) for name, baseline in read_baselines(trained).items()}
    found = Evaluation(
        windows=len(truth),
        abnormal=int(truth.sum()),
        pr_auc=_by_day(followed, truth),
        f1=round(f1(followed.p, truth, policy.threshold), 4),
        baseline_pr_auc=round(pr_auc(baselines["window"], truth), 5),
        last_sample_pr_auc=round(pr_auc(baselines["last_sample"], truth), 5),
        threshold=policy.threshold,
        hold=policy.hold,
        failures=tuple(_failure(store, announcement) for announcement in verdict.announcements),
        false_alarms=len(verdict.false_alarms),
        observed_days=round(verdict.observed_s / DAY_S, 2),
        false_alarms_per_day=round(verdict.false_alarms_per(DAY_S), 4),
        false_alarms_per_week=round(verdict.false_alarms_per(WEEK_S), 4),
        problems=store.problems,
    )
    if picture is not None:
        title = f"{contract.name} ({contract.quantization}), test split: PR-AUC {found.pr_auc.value:.3f}"
        title += f", {found.announced} of {len(found.failures)} failures announced, {found.false_alarms} false alarms"
        draw_track(store, followed, verdict, policy, known, title, picture)
    return found


def _baseline(store: WindowStore, predict: Predict) -> Numbers:
    places = store.places("test")
    scale = store.scale()
    return np.concatenate([predict(normalize(raw, *scale)) for raw in store.batches(places)])


def _by_day(followed: Track, truth: Numbers) -> Interval:
    days = np.floor(followed.stamps / DAY_S) + followed.machines * 1e6
    return block_bootstrap(lambda drawn: pr_auc(followed.p[drawn], truth[drawn]), days)


def _failure(store: WindowStore, announcement: Announcement) -> FailureScore:
    lead, name = announcement.lead_s, store.recordings[announcement.machine].name
    return FailureScore(name, written(announcement.event.at_s), None if lead is None else round(lead / 3600, 2))
