"""evaluate.html and worst.png of a window model: its metrics, p(Abnormal) over time, and its failures."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from pages.page import Page, Section, picture_uri
from pymodel.data.series.windows import WindowSet
from pymodel.evaluate.page import metric_rows
from pymodel.inference.interpreter import HostModel
from pymodel.tasks.window.alarms import Policy, judge
from pymodel.tasks.window.timeline import draw_track
from pymodel.tasks.window.track import known_events, model_predictor, track

MEANINGS = {
    "pr_auc": "area under precision over recall of the windows; what a guess reaches is the share of abnormal windows",
    "baseline_pr_auc": "the same of a logistic regression on simple features of the windows",
    "last_sample_pr_auc": "the same of a logistic regression on the last sample alone",
    "f1": "harmonic mean of precision and recall of the windows at the threshold",
    "announced": "share of the failures that an alarm announced",
    "false_alarms_per_week": "alarms that no failure followed",
}


def write_page(title: str, model: Path, windows: WindowSet, evaluation: Path, target: Path) -> None:
    """Writes both files into a folder.

    Args:
        windows: those that were judged, in the test split.
        evaluation: folder of evaluation.json.
    """
    document = json.loads((evaluation / "evaluation.json").read_text(encoding="utf-8"))
    policy, known = Policy(document["threshold"], document["hold"]), known_events(windows)
    with HostModel(model) as host:
        followed = track(windows, "test", model_predictor(host))
        heading = f"{host.contract.name} ({host.contract.quantization})"
    verdict = judge(followed, policy, known)
    failures = document["failures"]
    announced = sum(1 for failure in failures if failure["lead_h"] is not None)
    heading += (
        f", PR-AUC {document['metrics']['pr_auc']['value']:.3f}, {announced} of {len(failures)} failures announced, "
        f"{len(document['false_alarms'])} false alarms in {document['observed_days']:.0f} days"
    )
    draw_track(windows, followed, verdict, policy, known, heading, target / "worst.png")
    page = Page(f"{title} ({document['pictures']} windows)", document["lines"])
    rows = metric_rows(document, MEANINGS)
    page.sections.append(Section("Metrics", columns=("metric", "value", "95 % interval", "meaning"), rows=rows))
    with Image.open(target / "worst.png") as picture:
        page.sections.append(Section("p(Abnormal) over time", chart=picture_uri(picture)))
    leads = [(one["machine"], one["at"], "missed" if one["lead_h"] is None else f"{one['lead_h']:g}") for one in failures]
    page.sections.append(Section("Failures", columns=("machine", "at", "hours from alarm to failure"), rows=leads))
    page.save(target / "evaluate.html")
