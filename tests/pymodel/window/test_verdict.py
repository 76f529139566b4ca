"""What is said first at the end of a training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.intervals import Interval
from pymodel.networks.conv1d import build_model
from pymodel.preprocess.normalize import clip_samples
from pymodel.tasks.window.verdict import verdict_words
from tests.pymodel.window.test_series import Quiet, forty_columns, run


@pytest.mark.parametrize(
    ("regression", "last", "words"),
    [
        (0.3, 0.45, "of the last sample alone does better"),
        (0.45, 0.3, "of simple features of the window does better"),
        (0.2, 0.1, ""),
    ],
)
def test_a_baseline_that_does_better_is_said_with_what_to_do(regression: float, last: float, words: str) -> None:
    lines = verdict_words("validation", Interval(0.24, 0.1, 0.4), regression, last, 12)
    if not words:
        assert not lines
        return
    assert words in lines[0]
    assert "0.45 against 0.24" in lines[0]
    assert "values" in lines[0]
    assert ("shorter window" in lines[0]) == (last > regression)


def test_of_few_failures_the_interval_is_said() -> None:
    (line,) = verdict_words("test", Interval(0.9, 0.31, 0.99), 0.5, 0.5, 1)
    assert "only 1 failure:" in line
    assert "from 0.31 to 0.99" in line


def test_it_is_said_before_any_figure(tmp_path: Path) -> None:
    """A label that the last sample tells alone, and a network that has hardly begun to learn."""
    spec, say = forty_columns(tmp_path), Quiet()
    model = spec.model[0]
    hasty = model.model_copy(update={"train": model.train.model_copy(update={"epochs": 1, "learning_rate": 1e-6})})
    run(spec.model_copy(update={"model": (hasty,)}), tmp_path, say)
    said = [line.strip() for line in say.lines]
    first = next(i for i, line in enumerate(said) if "does better than the network" in line)
    figures = [i for i, line in enumerate(said) if "PR-AUC" in line and i != first]
    assert figures
    assert first < min(figures)


@pytest.mark.parametrize("rate", [1e30])
def test_a_training_that_diverges_is_an_error_whose_remedy_is_a_setting(tmp_path: Path, rate: float) -> None:
    spec = forty_columns(tmp_path)
    model = spec.model[0]
    wild = model.model_copy(update={"train": model.train.model_copy(update={"epochs": 3, "learning_rate": rate})})
    with pytest.raises(KitError, match="diverged") as caught:
        run(spec.model_copy(update={"model": (wild,)}), tmp_path, Quiet())
    assert f"--set train.learning_rate={rate / 10:g}" in caught.value.fix
    assert not (tmp_path / "train" / "model.keras").exists()
    assert not (tmp_path / "state" / "state.npz").exists()


def test_the_network_clips_as_the_baseline_does() -> None:
    network = build_model(16, 2, 4)
    rng = np.random.default_rng(1)
    samples = rng.normal(0.5, 1, (8, 16, 2)).astype(np.float32)
    samples[3, 5] = 1e30, -1e30
    found = network.predict_on_batch(samples)
    np.testing.assert_allclose(network.predict_on_batch(clip_samples(samples)), found, atol=1e-6)
    assert np.isfinite(found).all()
