"""Cases with real models: one model on one input, and whole chains from a camera's frame to points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from appspec.contract import ModelContract, Peak
from deploy.jvm.camera import camera_picture
from pymodel.inference import looks as host_looks
from pymodel.inference.chain import Chain
from pymodel.inference.interpreter import Answer, HostModel
from pymodel.inference.looks import zoom
from pymodel.preprocess.geometry import Region, Size, box_region, frame_region
from pymodel.synthetic.cats.subject import draw_cat
from tests.parity import reference
from tests.parity.cases import LAYOUTS, ROTATIONS
from tests.parity.change import with_crop, with_decoder
from tests.parity.reference import Doubles, Frame
from tests.parity.writer import CaseWriter, contract_values, named

PEAK_AHEAD = 0.003
"""By how many logits a heatmap's highest cell is above the next one, where rounding can't make that one the higher."""

QUANTIZED = ("dynamic", "int8")

STEADY = 1e-3
"""By how many pixels a box may be another without its square being one."""

ROUNDING = 1e-3
"""Of 255: noise that stands for how two sides compute the same crop; it moves a quantized model's box by tenths of a pixel."""


@dataclass(frozen=True)
class Limits:
    """How far two builds of TFLite, given the same bytes, may be apart, and what comes of it.

    Attributes:
        output: a model's output, in logits (or coordinates); of integer models in steps.
        exact: any point, as a share of the side of the square that its model looked at; from a chain on the formula's crops.
        host: all points on average over all frames, as such a share; between the formula's crops and those of pymodel.inference.interpreter.Chain.
        confidence: of all points on average.
    """

    output: float
    exact: float
    host: float
    confidence: float


def write_runs(root: Path, paths: Sequence[Path], limits: Limits) -> int:
    """Each real model on noise and on a drawn cat."""
    writer, rng = CaseWriter(root, "runner"), np.random.default_rng(11)
    for path in paths:
        with HostModel(path) as model:
            contract = model.contract
            for name in ("noise", "cat"):
                image = draw_cat(rng).image if name == "cat" else rng.integers(0, 256, (200, 200, 3), np.uint8)
                pixels = exact_crop(model, image, frame_region(image.shape[1], image.shape[0]))
                stored = reference.quantize(
                    (pixels - np.asarray(contract.input.mean)) / np.asarray(contract.input.std), contract.input
                )
                # What host.py takes as bytes may as well be finer than bytes.
                outputs = zip(model.infer(pixels), contract.outputs, strict=True)  # type: ignore[arg-type]
                arrays = named([reference.quantize(output, tensor) for output, tensor in outputs])
                values = {"limit": limits.output, "model": path.resolve()}
                writer.write(f"{contract.name}-{name}", values, {"input": stored, **arrays}, contract)
    return writer.count


def write_chains(
    root: Path, paths: Sequence[Path], frames: Sequence[tuple[str, Frame]], limits: Limits, zoom_margin: float = 0.0
) -> int:
    """Frames through the whole chain, and through its last model alone as if that looked at the whole frame.

    Args:
        zoom_margin: of the whole chain's first model.
    """
    writer = CaseWriter(root, "chain")
    gaps = []
    for name, chain in (("chain", paths), ("alone", paths[-1:])):
        with Chain(chain) as models:
            for model in models.models:
                if is_peak(model.contract):  # a model that has hardly learnt is never sure, and in no tile surest
                    model.contract = with_crop(with_decoder(model.contract, threshold=0.0), tile_below_confidence=0.0)
            first = models.models[0]
            first.contract = with_crop(first.contract, zoom_margin=zoom_margin if len(chain) > 1 else 0.0)
            for label, frame in frames:
                gaps += _write_chain(writer, f"{name}-{label}", models, chain, frame, limits)
    if zoom_margin:
        with HostModel(paths[0]) as first:
            first.contract = with_crop(first.contract, zoom_margin=zoom_margin)
            assert sum(_looks_twice(first, frame) for _, frame in frames) > len(frames) // 10
    print(f"chains: {np.mean(gaps):.2g} of the square apart by the crop's rounding, on average over {len(gaps)} frames")
    assert np.mean(gaps) < limits.host
    return writer.count


def _looks_twice(model: HostModel, frame: Frame) -> bool:
    upright = np.clip(np.round(reference.upright_rgb(frame)), 0, 255).astype(np.uint8)
    return zoom(model, upright, frame_region(*frame.upright_size)).looks == 2


def _write_chain(writer: CaseWriter, name: str, chain: Chain, paths: Sequence[Path], frame: Frame, limits: Limits) -> list[float]:
    """Returns how far apart the points are by how the two sides round crops; nothing where the app may say either."""
    upright = reference.upright_rgb(frame)
    with patch.object(HostModel, "crop", crop_of(frame)), patch.object(host_looks, "box_region", wraps=box_region) as regions:
        precise = chain.answers(upright)  # type: ignore[arg-type]
        clear = all(_is_clear(model, upright, answer) for model, answer in zip(chain.models, precise, strict=True))
    rounded = chain.answers(np.clip(np.round(upright), 0, 255).astype(np.uint8))
    clear = clear and all(_is_steady(*call.args) for call in regions.call_args_list)
    clear = clear and _is_stable(chain, frame, upright, precise, limits.exact)
    least = chain.models[0].contract.threshold
    sure = box_confidence(precise)
    if not clear or abs(sure - least) < 0.01 or [answer.looks for answer in precise] != [answer.looks for answer in rounded]:
        return []
    apart = np.linalg.norm(precise[-1].points - rounded[-1].points, axis=-1) / precise[-1].region[2]
    if is_peak(precise[-1].contract) and apart.max() > 1 / 16:
        return []  # rounding made another cell the highest one
    found = sure >= least
    values: dict[str, object] = {"models": len(paths), "upright": frame.upright_size, "found": found}
    for k, model in enumerate(chain.models):
        values |= contract_values(model.contract, f"contract.{k}") | {f"model.{k}": paths[k].resolve()}
    values |= _result(precise if found else [], limits.exact)
    values["confidence.limit"] = limits.confidence
    writer.write(name, values, {}, None, frame)
    return [float(apart.mean())]


def _is_steady(box: npt.NDArray[np.float32], margin: float, size: Size) -> bool:
    """Whether the region around a box is the same for a box of other last bits."""
    moves = itertools.product((-STEADY, 0.0, STEADY), repeat=4)
    return len({box_region(box.astype(np.float64) + move, margin, size) for move in moves}) == 1  # type: ignore[arg-type]


def _is_stable(chain: Chain, frame: Frame, upright: Doubles, precise: Sequence[Answer], limit: float) -> bool:
    """Whether other rounding leaves a quantized model's answer within the limit: a square one pixel wider may make it another."""
    if not any(model.contract.quantization in QUANTIZED for model in chain.models):
        return True
    rng, crop = np.random.default_rng(7), crop_of(frame)

    def rounded(model: HostModel, image: object, region: Region, turn: int = 0) -> Doubles:
        exact = crop(model, image, region, turn)
        return np.asarray(exact + ROUNDING * rng.standard_normal(exact.shape))

    with patch.object(HostModel, "crop", rounded):
        again = [chain.answers(upright)[-1] for _ in range(4)]  # type: ignore[arg-type]
    last = precise[-1]
    moved = [max(np.abs(other.points - last.points).max(), np.abs(other.box - last.box).max()) for other in again]
    return bool(max(moved) < limit * last.region[2])


def _is_clear(model: HostModel, upright: Doubles, answer: Answer) -> bool:
    """Whether no other cell could as well be a heatmap's peak."""
    if not is_peak(model.contract):
        return True
    cells = model.infer(model.crop(upright, answer.region))[0]  # type: ignore[arg-type]
    ordered = np.sort(cells.reshape(-1, cells.shape[-1]), axis=0)
    return bool((ordered[-1] - ordered[-2] > PEAK_AHEAD).all())


def is_peak(contract: ModelContract) -> bool:
    return isinstance(contract.decoder, Peak)


def exact_crop(model: HostModel, image: npt.NDArray[np.generic], region: Region) -> npt.NDArray[np.float64]:
    return reference.crop(image, region, model.size, reference.fill_of(model.contract))


def crop_of(frame: Frame) -> Callable[..., Doubles]:
    """In place of HostModel.crop, where the picture is a frame's: the app's crop of that frame."""
    return lambda model, _, region, turn=0: reference.frame_crop(
        frame, region, model.size, reference.fill_of(model.contract), turn
    )


def box_confidence(answers: Sequence[Answer]) -> float:
    """How sure the chain's box model is; 1 where there is none."""
    boxes = [answer for answer in answers if answer.contract.task == "box"]
    return math.sqrt(float(boxes[0].confidence[0] * boxes[0].confidence[1])) if boxes else 1.0


def _result(answers: Sequence[Answer], share: float) -> dict[str, object]:
    points = [answer for answer in answers if answer.contract.task != "box"]
    framed = bool(answers) and not is_peak(answers[-1].contract)
    return {
        "box.limit": share * answers[-1].region[2] if answers else 0.0,
        "box": answers[-1].box if framed else [],
        "points.limit": share * points[-1].region[2] if points else 0.0,
        "points": points[-1].points.ravel() if points else [],
        "confidence": points[-1].confidence if points else [],
    }


def camera_frames(count: int, seed: int) -> list[tuple[str, Frame]]:
    """Drawn cats as a camera gives them: every rotation, mirrored or not, odd sizes, every layout."""
    rng = np.random.default_rng(seed)
    turns = list(itertools.product(ROTATIONS, (False, True)))
    frames = []
    for i, layout in zip(range(count), itertools.cycle(LAYOUTS), strict=False):
        rotation, mirror = turns[i % len(turns)]
        image = draw_cat(rng).image
        image = image[: image.shape[0] - i % 2, : image.shape[1] - i // 2 % 2]
        seen = camera_picture(image, rotation, mirror)
        frame = Frame(seen.y, seen.u, seen.v, rotation, mirror, **LAYOUTS[layout])  # type: ignore[arg-type]
        frames.append((f"{rotation}{'-mirror' * mirror}-{layout}", frame))
    return frames
