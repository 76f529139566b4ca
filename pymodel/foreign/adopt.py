"""A ready model becomes an adopted one: a described copy with one picture going in, which takes the road of the kit's own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appspec.contract import Quantization
from appspec.errors import KitError
from appspec.kit_facts import FACTS_FILE, KitFacts, read_facts
from appspec.tflite_file import Tensor, TfliteFile, read_tflite
from appspec.tflite_metadata import ModelMetadata, read_metadata
from pymodel.foreign.evidence import Floats, ForeignModel
from pymodel.foreign.fixed import fixed_tensors
from pymodel.foreign.gather import gather
from pymodel.foreign.inputs import Inputs, find_inputs, normalization
from pymodel.foreign.reading import Reading
from pymodel.foreign.rewrite import folded, rewritten
from pymodel.foreign.wishes import Values, Wishes
from pymodel.inference.host_run import run_on_host
from pymodel.inference.span import span
from pymodel.inspect.inputs import as_arrays, read_samples
from pymodel.inspect.leftovers import POSTPROCESS, without_leftovers
from pymodel.inspect.rewrites import CHIPS, UNCOMPILED
from pymodel.metadata.writer import Description, describe
from pymodel.preprocess.normalize import normalize
from pymodel.synthetic import draw_cat

STAGE_VERSION = 5
"""Raised when the same file and wishes give another adopted one."""

MOST_DIFFERENT = 1e-5
"""Share of an output's range by which the copy may differ on a picture: kernels may take other paths for another batch size."""

Recognize = Callable[[ForeignModel], tuple[str, Reading]]
"""Task kind and reading; see pymodel.tasks.recognize."""

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class Source:
    """A ready `.tflite`, and what lay beside it.

    Attributes:
        name: of the file as the user knows it.
        path: of the `.tflite`.
        origin: sha256 of what the user gave, hex.
        labels: lines of the label file that came with it.
        usual: mean and std, both one number, that the tool which made it uses for float inputs.
        notes: what was concluded, for the user to see.
        credit: see appspec.contract.ModelContract.
        license: its name; empty where nobody said it.
    """

    name: str
    path: Path
    origin: str
    labels: tuple[str, ...] = ()
    usual: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    credit: str = ""
    license: str = ""


@dataclass(frozen=True)
class Adopted:
    """What became of it.

    Attributes:
        content: the described copy.
        notes: what was concluded from what, a line each, for the user to see.
        picture: (1, …) an input to compare runtimes on, before quantization.
    """

    content: bytes
    task: str
    quantization: Quantization
    notes: tuple[str, ...]
    picture: Floats


def adopt(source: Source, model: str, wishes: Wishes, recognize: Recognize, log: Path, author: str = "") -> Adopted:
    """The described copy of a ready model.

    Args:
        model: its name in the app.
        recognize: finds the task and how its outputs are read.
        log: takes what the runtime says.
        author: of the app.

    Raises:
        KitError: it is none, can't be run, can't take a picture, or something about it must be asked for.
    """
    original = replace(read_tflite(source.path), name=source.name)
    metadata = read_metadata(original)
    own = _own_facts(original)
    if own is not None:
        return _described_by_the_kit(original, own, wishes, log)
    _refuse_unknown_operators(original)
    inputs = find_inputs(source.name, original, wishes)
    position = original.graphs[inputs.graph].inputs.index(inputs.picture.index)
    mean, std, note = normalization(source.name, inputs.picture, position, metadata, wishes, source.usual)
    single = rewritten(original.data, inputs.constants, None, inputs.batch if inputs.batch > 1 else None, inputs.graph)
    normalized = _picture(inputs.picture, mean, std)
    picture = _stored(normalized, inputs.picture)
    single = _without_fixed_parts(source.name, single, inputs, picture, log)
    file = _read(source.name, single)
    values = _run(file, [picture], log)
    _require_numbers(source.name, values)
    _compare(source.name, _run_original(original, inputs, picture, log), values)
    found = gather(source.name, source.labels, file, original.files, metadata, values, wishes)
    task, reading = recognize(found)
    chosen = rewritten(single, {}, [output.tensor for output in reading.outputs])
    _compare(
        source.name,
        [values[file.main.outputs.index(output.tensor)] for output in reading.outputs],
        _run(_read(source.name, chosen), [picture], log),
    )
    if reading.finish is not None:
        chosen = reading.finish(chosen)
    quantization = stored_as(file)
    about = metadata or ModelMetadata()
    description = Description(
        name=model,
        description=about.description or f"{reading.meaning}; adopted from {source.name} by APKiln.",
        author=about.author or author,
        version=about.version or "1.0.0",
        license=about.license or source.license or "that of its makers",
        facts=KitFacts(task, reading.decoder, reading.crop, quantization, origin=source.origin, credit=source.credit),
        labels=reading.labels,
        labelled=reading.labelled,
        output_names=reading.names,
        mean=mean,
        std=std,
    )
    twice = sorted({label for label in reading.labels if reading.labels.count(label) > 1})
    doubled = f"CAREFUL: labels that stand for several: {', '.join(twice)}" if twice else ""
    notes = tuple(line for line in (*source.notes, note, *reading.notes, doubled) if line)
    return Adopted(describe(chosen, description), task, quantization, notes, normalized)


def _without_fixed_parts(name: str, single: bytes, inputs: Inputs, picture: Array, log: Path) -> bytes:
    """With constants for what the graph would compute anew for each picture: see pymodel.foreign.fixed."""
    fixed = fixed_tensors(_read(name, single), inputs.constants)
    if not fixed:
        return single
    (values,) = run_on_host(name, single, [[picture]], log, tensors=fixed).answers
    return folded(single, dict(zip(fixed, values, strict=True)))


def _require_numbers(name: str, values: Sequence[Array]) -> None:
    bad = [str(place) for place, value in enumerate(values) if value.dtype.kind == "f" and not np.isfinite(value).all()]
    if bad:
        raise KitError(
            f"{name} computes no numbers",
            f"on a drawn picture, output {', '.join(bad)} has values that are infinite or not a number (NaN)",
            "look at its weights: a training that diverged leaves such; or give the normalization that it was trained with",
        )


def stored_as(file: TfliteFile) -> Quantization:
    """Which variant a graph is: of its input's type and its largest weights' type."""
    main = file.main
    if any(main.tensors[index].quantization and main.tensors[index].dtype in ("int8", "uint8", "int16") for index in main.inputs):
        return "int8"
    made = {tensor for node in main.nodes for tensor in node.outputs}
    active = [tensor.dtype for tensor in main.tensors if tensor.index in made and tensor.quantization]
    if active.count("int8") + active.count("uint8") > len(main.nodes) / 2:
        return "int8"
    sizes: dict[str, int] = {}
    for tensor in main.tensors:
        if tensor.constant:
            sizes[tensor.dtype] = sizes.get(tensor.dtype, 0) + tensor.size_bytes
    largest = max(sizes, key=lambda dtype: sizes[dtype], default="float32")
    return {"float16": "float16", "int8": "dynamic", "uint8": "dynamic"}.get(largest, "float32")  # type: ignore[return-value]


def _own_facts(file: TfliteFile) -> KitFacts | None:
    if FACTS_FILE not in file.files:
        return None
    try:
        return read_facts(file.files[FACTS_FILE])
    except ValueError as error:
        raise KitError(f"{file.name} can't be used", str(error), "make it again, or update the kit") from error


def _described_by_the_kit(file: TfliteFile, facts: KitFacts, wishes: Wishes, log: Path) -> Adopted:
    """A file of our own is taken as it is: what it says of itself is measured."""
    said = [
        name
        for name in (
            *("labels", "mean", "std", "score", "overlap", "outputs", "constants", "signature"),
            *("square", "then", "again", "presence", "show", "order"),
        )
        if getattr(wishes, name)
    ]
    if said or (wishes.task is not None and wishes.task != facts.task):
        said = said or ["task"]
        raise KitError(
            f"{file.name} says itself what it does",
            f"the kit made it for the task {facts.task!r}, and {said[0]} was given",
            f"leave {said[0]} out",
        )
    _refuse_unknown_operators(file)
    if len(file.main.inputs) != 1:
        raise KitError(
            f"{file.name} is damaged", f"it has {len(file.main.inputs)} inputs, a model of the kit has one", "make it again"
        )
    (raw,) = read_samples(file, None, 1).values  # an input of no known type, or of a size beyond reason, is told there
    (drawn,) = as_arrays(file, raw)
    _run(file, [drawn], log)
    middle = np.zeros(drawn.shape, np.float32)
    return Adopted(file.data, facts.task, facts.quantization, ("described by APKiln: taken as it is",), middle)


def _refuse_unknown_operators(file: TfliteFile) -> None:
    unknown = sorted({node.op for graph in file.graphs for node in graph.nodes if node.custom and node.op != POSTPROCESS})
    chip = next((CHIPS[name] for name in unknown if name in CHIPS), "")
    if chip:
        raise KitError(f"{file.name} is for another chip", f"it is compiled for {chip}, and no phone has one", UNCOMPILED)
    if unknown:
        flex = all(name.startswith("Flex") for name in unknown)
        raise KitError(
            f"{file.name} needs operators that no phone's runtime has",
            f"{'operators of TensorFlow itself (SELECT_TF_OPS)' if flex else 'custom operators'}: {', '.join(unknown)}",
            "take a form of the model without them, or convert it from its source with built-in operators alone (invoke convert)",
        )


def _picture(tensor: Tensor, mean: Values, std: Values) -> Floats:
    """A drawn cat, normalized, a batch of one: values on a picture tell more than values on noise."""
    height, width = tensor.shape[1:3]
    side = max(height, width, 96)
    drawn = draw_cat(np.random.default_rng(5), (side, side)).image
    pixels = drawn[(side - height) // 2 :, (side - width) // 2 :][:height, :width]
    return normalize(np.ascontiguousarray(pixels), mean, std)[None]


def _stored(values: Floats, tensor: Tensor) -> Array:
    if tensor.dtype == "float32":
        return values
    stored = values / tensor.quantization.scales[0] + tensor.quantization.zero_points[0] if tensor.quantization else values
    limits = np.iinfo(tensor.dtype)
    return np.clip(np.round(stored), limits.min, limits.max).astype(tensor.dtype)


def _run(file: TfliteFile, inputs: Sequence[Array], log: Path) -> Sequence[Array]:
    return without_leftovers(file.main, run_on_host(file.name, file.data, [inputs], log).answers[0])


def _run_original(file: TfliteFile, inputs: Inputs, picture: Array, log: Path) -> list[Array]:
    """What the file itself says of the picture: the first of each batch."""
    graph = file.graphs[inputs.graph]
    if inputs.graph:  # the runtime calls the first graph; the others by the rewritten file alone
        return []
    given = [
        np.repeat(picture, inputs.batch, 0) if index == inputs.picture.index else inputs.constants[index]
        for index in graph.inputs
    ]
    found = _run(file, given, log)
    return [value[:1] if inputs.batch > 1 and len(value) == inputs.batch else value for value in found]


def _compare(name: str, before: Sequence[Array], after: Sequence[Array]) -> None:
    for one, other in zip(before, after, strict=True) if before else ():
        exact, found = one.astype(np.float64), other.astype(np.float64)
        allowed = MOST_DIFFERENT * (span(exact) or 1.0)
        close = exact.shape == found.shape and np.allclose(exact, found, rtol=0, atol=allowed, equal_nan=True)
        if not close:
            raise KitError(
                f"{name} can't be used for one picture at a time",
                f"with a batch of one it answers otherwise ({list(exact.shape)}, {list(found.shape)})",
                "convert it from its source with batch 1 (invoke convert)",
            )


def _read(name: str, content: bytes) -> TfliteFile:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.tflite")
        file.write_bytes(content)
        return replace(read_tflite(file), name=name)
