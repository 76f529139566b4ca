"""Cases with one real model: a camera's frame to points or classes, samples to p(Abnormal) and alarms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract, Peak, Window
from pymodel.inference.interpreter import HostModel
from pymodel.preprocess.geometry import frame_region
from tests.parity import reference
from tests.parity.chains import crop_of
from tests.parity.change import with_decoder, with_input
from tests.parity.reference import Frame
from tests.parity.writer import CaseWriter

CLEAR = 1e-4
"""What is nearer to a tie than this may be told either way: the highest cell, the likeliest class."""


def write_answers(root: Path, path: Path, frames: Sequence[tuple[str, Frame]], limit: float) -> int:
    """Frames through a model that gives heatmaps or classes.

    Args:
        limit: of points as a share of the frame's square, of confidence and of probabilities.
    """
    writer = CaseWriter(root, "answer")
    with HostModel(path) as model:
        contract = model.contract = with_decoder(model.contract, threshold=0.0)  # a model that has hardly learnt is never sure
        for label, frame in frames:
            upright = reference.upright_rgb(frame)
            region = frame_region(*frame.upright_size)
            with patch.object(HostModel, "crop", crop_of(frame)):
                if not _is_clear(model.infer(model.crop(upright, region))[0][0], contract, limit):  # type: ignore[arg-type]
                    continue
                answer = model.answer(upright, region)  # type: ignore[arg-type]
            likeliest = np.argsort(-answer.probabilities, kind="stable")[:2]
            values: dict[str, object] = {
                "model": path.resolve(),
                "limit": limit,
                "points.limit": limit * region[2],
                "points": answer.points.ravel(),
                "confidence": answer.confidence if len(answer.points) else [],
                "probabilities": answer.probabilities[likeliest],
                "labels": [contract.labels[k] for k in likeliest],
            }
            writer.write(label, values, {}, contract, frame)
    return writer.count


def _is_clear(output: npt.NDArray[np.float32], contract: ModelContract, limit: float) -> bool:
    cells = (
        np.sort(output.reshape(-1, output.shape[-1]), axis=0) if isinstance(contract.decoder, Peak) else np.sort(output)[:, None]
    )
    return bool((cells[-1] - cells[-2] > max(CLEAR, limit)).all())


def write_recorded(root: Path, path: Path, limit: float) -> int:
    """Recordings through a window model: whole ones, some with missing values; alarms at a threshold that they cross."""
    writer, rng = CaseWriter(root, "recorded"), np.random.default_rng(31)
    with HostModel(path) as model:
        contract = model.contract
        (low, span), length = map(np.asarray, contract.normalization), contract.input.shape[1]
        decoder = contract.decoder
        assert isinstance(decoder, Window)
        for name, missing in (("whole", 0.0), ("gaps", 0.1)):
            steps = np.cumsum(rng.normal(0, 0.06, (length + 60, len(low))), 0)
            samples = (low + span * (0.5 + steps)).astype(np.float32)
            samples[rng.uniform(size=samples.shape) < missing] = np.nan
            probabilities = [model.infer(window)[0].item() if window is not None else None for window in _raw(samples, contract)]
            known = np.array([value for value in probabilities if value is not None], np.float32)
            ordered = np.sort(known)
            gap = int(np.argmax(np.diff(ordered)[10:-10])) + 10
            assert ordered[gap + 1] - ordered[gap] > limit, "too near to tell"
            threshold = np.float32((ordered[gap] + ordered[gap + 1]) / 2)
            told = reference.alarms(known, threshold, decoder.hold)
            values = {
                "model": path.resolve(),
                "limit": limit,
                "first": next(n for n, value in enumerate(probabilities) if value is not None),
                "probabilities": known,
                "alarms": [float(alarm) for alarm in told],
            }
            writer.write(name, values, {"samples": samples}, with_decoder(contract, threshold=float(threshold)))
    return writer.count


def _raw(samples: npt.NDArray[np.float32], contract: ModelContract) -> list[npt.NDArray[np.float32] | None]:
    """The windows in the samples' own units."""
    channels = len(contract.input.channels)
    none = with_input(contract, dtype="float32", scale=0.0, zero_point=0, mean=(0.0,) * channels, std=(1.0,) * channels)
    return reference.windows(samples, none)  # type: ignore[return-value]
