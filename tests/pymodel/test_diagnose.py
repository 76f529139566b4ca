"""Curves of known illnesses are read as such."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pymodel.train.curve import read_curve, write_curve
from pymodel.train.diagnosis import diagnose
from pymodel.train.loop import Epoch, TrainConfig
from pymodel.train.page import write_train_page
from pymodel.train.run import RECORD


def curve(train: list[float], validation: list[float], sizes: list[int] | None = None) -> list[Epoch]:
    sizes = sizes or [96] * len(train)
    pairs = zip(train, validation, sizes, strict=True)
    return [Epoch(i + 1, size, 1e-3, one, other, 0.5, 1.0) for i, (one, other, size) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("train", "validation", "kind"),
    [
        ([1.0, 0.6, 0.45, 0.42, 0.41], [1.0, 0.62, 0.48, 0.45, 0.445], "fits well"),
        ([1.0, 0.5, 0.2, 0.1, 0.05], [1.0, 0.7, 0.6, 0.7, 0.9], "overfitting"),
        ([1.0, 0.6, 0.4, 0.3, 0.25], [1.1, 0.8, 0.65, 0.6, 0.58], "too little data"),
        ([1.0, 0.98, 0.96, 0.955, 0.95], [1.0, 0.98, 0.97, 0.96, 0.955], "underfitting"),
        ([1.0, 0.6, 1.4, 0.8, 0.7], [1.0, 0.62, 1.2, 0.85, 0.84], "learning rate too high"),
        ([1.0, 0.8, 0.6, 0.5, 0.4], [1.0, 0.8, 0.65, 0.55, 0.45], "too short"),
        ([1.0, float("nan")], [1.0, float("nan")], "diverged"),
    ],
)
def test_an_illness_is_named_with_its_evidence(train: list[float], validation: list[float], kind: str) -> None:
    finding = diagnose(curve(train, validation), 800, len(train))[0]
    assert finding.kind == kind
    assert finding.evidence
    assert finding.advice


def test_a_loss_that_grows_with_the_input_is_no_jump() -> None:
    rows = curve([0.4, 0.3, 0.7, 0.5, 0.49], [0.4, 0.3, 0.7, 0.52, 0.51], [64, 64, 96, 96, 96])
    assert "learning rate too high" not in {finding.kind for finding in diagnose(rows, 800, 5)}


def test_a_training_that_stopped_early_was_not_too_short() -> None:
    rows = curve([1.0, 0.8, 0.6], [1.0, 0.8, 0.6])
    assert {finding.kind for finding in diagnose(rows, 800, 3)} == {"too short"}
    assert "too short" not in {finding.kind for finding in diagnose(rows, 800, 30)}


def test_a_training_that_began_with_weights_does_not_underfit_by_winning_little() -> None:
    rows = curve([0.70, 0.66, 0.645, 0.64], [0.66, 0.65, 0.645, 0.643])
    assert {finding.kind for finding in diagnose(rows, 800, 4)} == {"underfitting"}
    assert {finding.kind for finding in diagnose(rows, 800, 4, from_nothing=False)} == {"fits well"}


def test_a_metric_far_from_its_best_is_underfitting_where_there_is_no_gap() -> None:
    rows = curve([1.0, 0.6, 0.45, 0.42, 0.41], [1.0, 0.62, 0.48, 0.45, 0.445])
    (finding,) = diagnose(rows, 800, 5, metric_name="IoU")
    assert finding.kind == "underfitting"
    assert "IoU is only 0.50" in finding.evidence
    good = [replace(row, metric=0.9) for row in rows]
    assert diagnose(good, 800, 5, metric_name="IoU")[0].kind == "fits well"
    by_heart = curve([1.0, 0.5, 0.2, 0.1, 0.05], [1.0, 0.7, 0.6, 0.7, 0.9])
    assert {finding.kind for finding in diagnose(by_heart, 800, 5, metric_name="IoU")} == {"overfitting"}


def test_the_page_shows_findings_settings_and_data(tmp_path: Path) -> None:
    rows = curve([1.0, 0.5, 0.2, 0.1, 0.05], [1.0, 0.7, 0.6, 0.7, 0.9])
    config = TrainConfig(size=96, epochs=5, batch_size=8, learning_rate=0.01, patience=9, seed=3)
    facts: dict[str, object] = {"training examples": 800, "data": "<script>alert(1)</script>"}
    write_curve(rows, tmp_path / "curve.csv")
    record = {"config": asdict(config), "facts": facts, "metric": "IoU", "maximize": True}
    (tmp_path / RECORD).write_text(json.dumps(record), encoding="utf-8")
    write_train_page("A <b>model</b>", tmp_path, tmp_path)
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    text = (tmp_path / "train.html").read_text(encoding="utf-8")
    assert "Overfitting" in text
    assert "learning_rate" in text
    assert text.count('<svg class="plot"') == 2
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text.replace("http://www.w3.org", "")


def test_a_curve_is_read_back_as_it_was(tmp_path: Path) -> None:
    rows = curve([1.0, 0.123456789], [0.5, 0.25], [64, 96])
    write_curve(rows, tmp_path / "curve.csv")
    assert read_curve(tmp_path / "curve.csv") == rows
