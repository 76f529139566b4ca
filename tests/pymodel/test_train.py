"""A training of its own loop: it learns, it stops, and a killed one goes on to the same end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.progress import Silent
from pymodel.networks.fused import fused
from pymodel.tasks.located import LocatedObjective
from pymodel.train.loop import Epoch, Example, TrainConfig, train_model

keras = pytest.importorskip("keras")

CONFIG = TrainConfig(size=96, epochs=4, batch_size=8, learning_rate=0.01, patience=9, seed=3)
OBJECTIVE = LocatedObjective((127.5,), (127.5,), True)


def spot(number: int, size: int) -> Example:
    """A bright square on black; its middle is the point."""
    place = np.random.default_rng(number).uniform(0.2, 0.8, 2)
    low, high = (((place + move) * size).round().astype(int) for move in (-0.08, 0.08))
    image = np.zeros((size, size, 3), np.uint8)
    image[low[1] : high[1], low[0] : high[0]] = 255
    return image, ((low + high) / 2 / size)[None].astype(np.float32)


def validation(size: int) -> Example:
    pictures = [spot(1000 + i, size) for i in range(12)]
    return np.stack([image for image, _ in pictures]), np.stack([points for _, points in pictures])


def network(has_statistics: bool = True) -> Any:
    """has_statistics: of batches, which move with every step, at every learning rate."""
    keras.utils.set_random_seed(5)
    layers = keras.layers
    image = layers.Input((None, None, 3))
    x = layers.Conv2D(8, 8, 8, activation="relu")(image)
    if has_statistics:
        x = layers.BatchNormalization()(x)
    return fused(keras.Model(image, layers.Conv2D(1, 3, padding="same", name="head")(x)))


def run(model: Any, folder: Path, stop_in: int | None = None, config: TrainConfig = CONFIG) -> list[Epoch]:
    class Stops(Silent):
        def progress(self, what: str, done: int, total: int) -> None:
            if stop_in is not None and what.startswith(f"epoch {stop_in} ") and done == 2:
                raise KeyboardInterrupt

    def example(epoch: int, i: int, size: int) -> Example:
        return spot(i, size)

    return train_model(model, example, 40, validation, OBJECTIVE, config, folder, Stops())


def test_it_learns(tmp_path: Path) -> None:
    curve = run(network(), tmp_path, config=replace(CONFIG, epochs=12))
    assert curve[-1].metric < 0.06
    assert curve[-1].metric < 0.4 * curve[0].metric


@pytest.mark.parametrize("epoch", [1, 2, 4])
def test_a_stopped_training_goes_on_to_the_same_result(tmp_path: Path, epoch: int) -> None:
    whole, stopped, resumed = network(), network(), network()
    curve = run(whole, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(stopped, tmp_path / "stopped", stop_in=epoch)
    again = run(resumed, tmp_path / "stopped")
    assert [replace(row, seconds=0.0) for row in again] == [
        replace(row, seconds=0.0, train_loss=pytest.approx(row.train_loss, abs=1e-5)) for row in curve
    ]
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_half_written_state_is_not_used(tmp_path: Path) -> None:
    (tmp_path / ".state.1.npz").write_bytes(b"half")
    assert len(run(network(), tmp_path)) == CONFIG.epochs


def test_sizes_grow_and_divide_by_32() -> None:
    sizes = [replace(CONFIG, size=128, epochs=8).size_of(epoch) for epoch in range(8)]
    assert sizes == [96] * 3 + [128] * 5
    assert replace(CONFIG, size=128, epochs=8, small_epochs=0.0).size_of(0) == 128
    assert {replace(CONFIG, size=32).size_of(epoch) for epoch in range(4)} == {32}


def test_patience_counts_at_the_final_size_alone(tmp_path: Path) -> None:
    config = replace(CONFIG, epochs=24, learning_rate=1e-12, patience=1)
    curve = run(network(has_statistics=False), tmp_path, config=config)
    assert len(curve) < config.epochs
    assert curve[-1].size == config.size
    assert sum(row.size == config.size for row in curve) >= 2


def test_a_frozen_backbone_stays_as_it_is_while_the_head_learns(tmp_path: Path) -> None:
    model = network(has_statistics=False)
    before = model.get_weights()
    run(model, tmp_path / "frozen", config=replace(CONFIG, frozen_epochs=4))
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert np.abs(before[2] - after[2]).max() > 1e-3
    thawed = network(has_statistics=False)
    run(thawed, tmp_path / "thawed", config=replace(CONFIG, frozen_epochs=2))
    assert np.abs(before[0] - thawed.get_weights()[0]).max() > 1e-3
