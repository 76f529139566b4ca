"""Writes what a model is into its `.tflite`, with tflite-support's writers, and reads it back."""

from __future__ import annotations

import ctypes
import io
import json
import struct
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appspec.contract import Decode, ModelContract, Quantization, Region, TaskKind
from appspec.read_contract import FACTS_FILE, KIT_FACTS, read_contract, read_facts
from pymodel.quiet import quiet_environment


@dataclass(frozen=True)
class Description:
    """What the metadata says of a model; see ModelContract for the meaning of each value."""

    name: str
    description: str
    author: str
    version: str
    license: str
    task: TaskKind
    decode: Decode
    labels: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    region: Region
    margin: float
    box_margin: float
    look_again: float
    closer_margin: float
    vote_scale: float
    search_below: float
    search_side: float
    quantization: Quantization
    metric: str
    metric_float: float
    metric_value: float
    channels: tuple[str, ...] = ()
    interval_s: float = 0.0
    threshold: float = 0.0
    hold: int = 1

    output_name: str = "points"

    @property
    def output_meaning(self) -> str:
        """The output tensor in words."""
        return OUTPUTS[self.decode]

    @property
    def label_meaning(self) -> str:
        """What `labels` names."""
        return "classes" if self.decode in ("abnormal", "probabilities") else "points"


OUTPUTS: dict[Decode, str] = {
    "points": "heatmap logits (1, G, G, K), one map per point; softmax over the cells, then the mean cell centre",
    "peak": "heatmap logits (1, G, G, K), one map per point; softmax over the cells, then the mean cell centre of the 3 × 3 "
    "around the highest",
    "regress": "coordinates (1, K, 2) of each point, x then y, in [0, 1] of the input square",
    "probabilities": "probability of each class (1, C), in [0, 1], together 1",
    "abnormal": "p(Abnormal) (1, 1), in [0, 1]; p(Normal) is what is missing to 1",
}


def describe(content: bytes, description: Description) -> bytes:
    """The same model with metadata inside.

    Args:
        content: a `.tflite` with one input, a picture or a window, and one output.

    Raises:
        AssertionError: what is read back differs from what was written (a bug of this kit or of tflite-support).
    """
    writer, info, metadata_fb, schema_fb = _writers()
    with tempfile.TemporaryDirectory() as folder:
        labels, facts = Path(folder) / "labels.txt", Path(folder) / FACTS_FILE
        labels.write_text("\n".join(description.labels) + "\n", encoding="utf-8")
        facts.write_text(json.dumps(_facts(description), indent=1, sort_keys=True), encoding="utf-8")
        shown, files = _input(info, metadata_fb, schema_fb, description, Path(folder))
        label_file = info.AssociatedFileMd(
            str(labels),
            f"Names of the {description.label_meaning}, one a line.",
            metadata_fb.AssociatedFileType.TENSOR_AXIS_LABELS,
        )
        answer = info.TensorMd(
            name=description.output_name, description=description.output_meaning, associated_files=[label_file]
        )
        general = info.GeneralMd(
            name=description.name,
            version=description.version,
            description=description.description,
            author=description.author,
            licenses=description.license,
        ).create_metadata()
        facts_file = info.AssociatedFileMd(str(facts), "Task, decoding, region, quantization and metrics, as JSON.")
        general.associatedFiles = [facts_file.create_metadata()]
        filled = writer.MetadataWriter.create_from_metadata(
            bytearray(content), general, [shown], [answer.create_metadata()], [*files, str(labels), str(facts)]
        ).populate()
        described = _undated(bytes(filled))
        check = Path(folder) / f"{description.name}.tflite"
        check.write_bytes(described)
        _compare(description, read_contract(check), read_facts(check).license)
    return described


def _input(info: Any, metadata_fb: Any, schema_fb: Any, description: Description, folder: Path) -> tuple[Any, list[str]]:
    """The metadata of the input tensor and the files that it names."""
    if description.task != "window":
        image = info.InputImageTensorMd(
            name="image",
            description="Square part of an upright RGB picture; what lies outside the picture is 0.",
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
    meaning = f"The last samples of a machine, one every {description.interval_s:g} s, oldest first: (1, W, C)."
    window = info.TensorMd(name="window", description=meaning, associated_files=[names]).create_metadata()
    window.processUnits = [_normalization(metadata_fb, description)]
    return window, [str(channels)]


def _normalization(metadata_fb: Any, description: Description) -> Any:
    unit, options = metadata_fb.ProcessUnitT(), metadata_fb.NormalizationOptionsT()
    options.mean, options.std = list(description.mean), list(description.std)
    unit.optionsType, unit.options = metadata_fb.ProcessUnitOptions.NormalizationOptions, options
    return unit


def _undated(content: bytes) -> bytes:
    """The same model whose associated files carry the first day of ZIP in place of now: equal models are equal files.

    Offsets: APPNOTE.TXT, sections 4.3.7 (local file header) and 4.3.12 (central directory header).
    """
    dated, first_day = bytearray(content), struct.pack("<HH", 0, 1 << 5 | 1)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.start_dir
        for entry in archive.infolist():
            dated[entry.header_offset + 10 : entry.header_offset + 14] = first_day
            assert dated[place : place + 4] == b"PK\1\2"
            dated[place + 12 : place + 16] = first_day
            place += 46 + sum(struct.unpack("<HHH", dated[place + 28 : place + 34]))
    return bytes(dated)


def _facts(description: Description) -> dict[str, Any]:
    return {name: getattr(description, name) for name in KIT_FACTS}


def _compare(written: Description, read: ModelContract, read_license: str) -> None:
    import numpy as np

    elsewhere = {"license": read_license, "output_name": read.output.name}
    found = elsewhere | {name: getattr(read, name) for name in vars(written) if name not in elsewhere}
    for name, value in vars(written).items():
        same = np.allclose(value, found[name], rtol=1e-6) if name in ("mean", "std") else value == found[name]
        assert same, f"metadata {name}: wrote {value!r}, read {found[name]!r}"


def _writers() -> tuple[Any, Any, Any, Any]:
    """tflite-support's modules. Their native part needs libusb, which libusb-package carries: loaded first."""
    quiet_environment()
    import libusb_package

    ctypes.CDLL(str(libusb_package.get_library_path()), mode=ctypes.RTLD_GLOBAL)
    from tensorflow_lite_support.metadata import metadata_schema_py_generated as metadata_fb
    from tensorflow_lite_support.metadata import schema_py_generated as schema_fb
    from tensorflow_lite_support.metadata.python.metadata_writers import metadata_info, metadata_writer

    return metadata_writer, metadata_info, metadata_fb, schema_fb
