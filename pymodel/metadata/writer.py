"""Writes a model's metadata into its `.tflite`, with tflite-support's writers, and verifies it by reading it back."""

from __future__ import annotations

import ctypes
import inspect
import io
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from appspec.contract import Classes, Window
from appspec.kit_facts import FACTS_FILE, KitFacts, Measured, write_facts
from appspec.read_contract import read_contract
from pymodel.packing import repacked
from pymodel.quiet import output_to, quiet_environment


@dataclass(frozen=True)
class Description:
    """The metadata of a model with one input.

    Attributes:
        facts: the kit's own part.
        labels, mean, std, channels: see appspec.contract.
        output_names: of the output tensors, in their order.
        labelled: which of them the labels belong to.
    """

    name: str
    description: str
    author: str
    version: str
    facts: KitFacts
    labels: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    channels: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ("points",)
    labelled: int = 0
    license: str = "the author's"

    @property
    def output_meaning(self) -> str:
        """The output tensors in words: the first line of their decoder's docstring."""
        return (inspect.getdoc(type(self.facts.decoder)) or "").splitlines()[0]

    @property
    def label_meaning(self) -> str:
        """What the labels are of, in words."""
        return "classes" if isinstance(self.facts.decoder, (Classes, Window)) else "values"


def describe(content: bytes, description: Description) -> bytes:
    """The same model with metadata inside.

    Args:
        content: a `.tflite` with one input, a picture or a window.

    Raises:
        AssertionError: what is read back differs from what was written (a bug of this kit or of tflite-support).
    """
    writer, info, metadata_fb, schema_fb = _writers()
    with tempfile.TemporaryDirectory() as folder:
        labels, facts = Path(folder) / "labels.txt", Path(folder) / FACTS_FILE
        labels.write_text("\n".join(description.labels) + "\n", encoding="utf-8")
        facts.write_text(write_facts(description.facts), encoding="utf-8")
        filled_by, files = _input(info, metadata_fb, schema_fb, description, Path(folder))
        label_file = info.AssociatedFileMd(
            str(labels),
            f"Names of the {description.label_meaning}, one a line.",
            metadata_fb.AssociatedFileType.TENSOR_AXIS_LABELS,
        )
        answers = [
            info.TensorMd(
                name=name,
                description=description.output_meaning,
                associated_files=[label_file] if description.labels and i == description.labelled else [],
            ).create_metadata()
            for i, name in enumerate(description.output_names)
        ]
        general = info.GeneralMd(
            name=description.name,
            version=description.version,
            description=description.description,
            author=description.author,
            licenses=description.license,
        ).create_metadata()
        facts_file = info.AssociatedFileMd(str(facts), "Task, decoder, crop, quantization and metric, as JSON.")
        general.associatedFiles = [facts_file.create_metadata()]
        filled = writer.MetadataWriter.create_from_metadata(
            bytearray(content),
            general,
            [filled_by],
            answers,
            [*files, *([str(labels)] if description.labels else []), str(facts)],
        ).populate()
        described = _packed(bytes(filled))
        check = Path(folder) / f"{description.name}.tflite"
        check.write_bytes(described)
        _compare(description, check)
    return described


def _input(
    info: ModuleType, metadata_fb: ModuleType, schema_fb: ModuleType, description: Description, folder: Path
) -> tuple[object, list[str]]:
    """The metadata of the input tensor, and the files that it refers to."""
    decoder = description.facts.decoder
    if not isinstance(decoder, Window):
        image = info.InputImageTensorMd(
            name="image",
            description="Part of an upright RGB picture; what lies outside the picture is 0.",
            norm_mean=list(description.mean),
            norm_std=list(description.std),
            color_space_type=metadata_fb.ColorSpaceType.RGB,
            tensor_type=schema_fb.TensorType.FLOAT32,
        )
        return image.create_metadata(), []
    channels = folder / "channels.txt"
    channels.write_text("\n".join(description.channels) + "\n", encoding="utf-8")
    names = info.AssociatedFileMd(
        str(channels), "Names of the channels, one a line.", metadata_fb.AssociatedFileType.TENSOR_AXIS_LABELS
    )
    meaning = f"The last samples of a machine, one every {decoder.interval_s:g} s, oldest first: (1, W, C)."
    window = info.TensorMd(name="window", description=meaning, associated_files=[names]).create_metadata()
    window.processUnits = [_normalization(metadata_fb, description)]
    return window, [str(channels)]


def _normalization(metadata_fb: ModuleType, description: Description) -> object:
    unit, options = metadata_fb.ProcessUnitT(), metadata_fb.NormalizationOptionsT()
    options.mean, options.std = list(description.mean), list(description.std)
    unit.optionsType, unit.options = metadata_fb.ProcessUnitOptions.NormalizationOptions, options
    return unit


def _packed(content: bytes) -> bytes:
    """The same model, smaller (see pymodel.packing), its associated files dated to the first day that ZIP knows, not to now: equal
    models are equal files.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
        end = min(entry.header_offset for entry in archive.infolist())
    target = io.BytesIO(repacked(content[:end]))
    with zipfile.ZipFile(target, "a") as archive:
        for name, text in files:
            undated = zipfile.ZipInfo(name)
            undated.create_system = 3  # the same on every system
            archive.writestr(undated, text)
    return target.getvalue()


def _compare(written: Description, file: Path) -> None:
    """Asserts that a model's metadata, read back, is what was written."""
    read = read_contract(file)
    measured = written.facts.measured or Measured("", 0.0, 0.0)
    assert read.input.mean is not None
    assert np.allclose(read.input.mean, written.mean, rtol=1e-6)
    assert read.input.std is not None
    assert np.allclose(read.input.std, written.std, rtol=1e-6)
    facts, about = written.facts, read.about
    pairs = {
        "task": (facts.task, read.task),
        "decoder": (facts.decoder, read.decoder),
        "crop": (facts.crop, read.crop),
        "quantization": (facts.quantization, read.quantization),
        "metric": (
            (measured.metric, measured.reference, measured.value),
            (about.metric, about.metric_float, about.metric_value),
        ),
        "labels": (written.labels, read.labels),
        "channels": (written.channels, read.input.channels),
        "output_names": (written.output_names, tuple(output.name for output in read.outputs)),
        "general": (
            (written.description, written.author, written.version, written.license),
            (about.description, about.author, about.version, about.license),
        ),
    }
    for name, (wrote, found) in pairs.items():
        assert wrote == found, f"metadata {name}: wrote {wrote!r}, read {found!r}"


def _writers() -> tuple[ModuleType, ModuleType, ModuleType, ModuleType]:
    """tflite-support's modules. Their native part needs libusb, so that of libusb-package is loaded first."""
    quiet_environment()
    import libusb_package

    ctypes.CDLL(str(libusb_package.get_library_path()), mode=ctypes.RTLD_GLOBAL)
    with output_to(Path(os.devnull)), _without_tensorflow():
        from tensorflow_lite_support.metadata import metadata_schema_py_generated as metadata_fb
        from tensorflow_lite_support.metadata import schema_py_generated as schema_fb
        from tensorflow_lite_support.metadata.python.metadata_writers import metadata_info, metadata_writer

    return metadata_writer, metadata_info, metadata_fb, schema_fb


@contextmanager
def _without_tensorflow() -> Iterator[None]:
    """They take its functions for files where it can be imported, which takes seconds, and Python's own where it can't."""
    if "tensorflow" in sys.modules:
        yield
        return
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["tensorflow"]
