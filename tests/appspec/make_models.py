"""Writes tests/appspec/models/version_N.tflite for this version of the kit's facts: `python -m tests.appspec.make_models`.

A box model of a few KB, trained for a moment on drawn cats. Those of older versions were made so by the kit of their time and
are never written again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from appspec.contract import CropPolicy, Points
from appspec.kit_facts import VERSION, KitFacts, Measured
from pymodel.convert.keras import freeze_keras
from pymodel.convert.tflite import Converter
from pymodel.metadata.writer import Description, describe
from pymodel.preprocess.geometry import box_from_landmarks, crop_region, frame_region
from pymodel.synthetic import draw_cat

SIZE, GRID, COUNT = 32, 4, 64


def main() -> None:
    """Trains, converts and describes."""
    import keras

    keras.utils.set_random_seed(1)
    drawings = [draw_cat(np.random.default_rng((5, i)), (96, 96)) for i in range(COUNT)]
    pixels = np.stack([crop_region(one.image, frame_region(96, 96), (SIZE, SIZE), (128, 128, 128)) for one in drawings])
    inputs = ((pixels - 127.5) / 127.5).astype(np.float32)
    boxes = np.stack([box_from_landmarks(one.points, 96, 96).reshape(2, 2) / 96 for one in drawings])
    cells = (np.arange(GRID) + 0.5) / GRID
    near = -np.square(boxes[:, None, None, :, 0] - cells[None, None, :, None])
    near = near - np.square(boxes[:, None, None, :, 1] - cells[None, :, None, None])
    picture = keras.layers.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(4, 5, 4, "same", activation="relu")(picture)
    model = keras.Model(picture, keras.layers.Conv2D(2, 3, 2, "same")(x))
    model.compile("adam", "mse")
    model.fit(inputs, 20 * near, epochs=20, verbose=0)
    facts = KitFacts("box", Points(threshold=0.3), CropPolicy(zoom_margin=0.6), "int8", Measured("iou", 0.5, 0.49))
    half = (127.5,) * 3
    description = Description("version", "A tiny box", "APKiln", "1", facts, ("top_left", "bottom_right"), half, half)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        log = Path(folder) / "convert.log"
        converter = Converter(freeze_keras(Path(folder) / "model.keras", log), [inputs[:, None]], log)
        content = describe(converter.convert("int8"), description)
    target = Path(__file__).parent / "models" / f"version_{VERSION}.tflite"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)


if __name__ == "__main__":
    main()
