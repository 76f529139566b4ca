from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pymodel.quiet import output_to
from tests.pymodel.convert import networks
from tests.sharing import made_once


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The networks of `networks`, made once."""

    def make(folder: Path) -> Path:
        with output_to(folder / "tensorflow.log"):
            networks.make_forms(folder)
            networks.make_tf1_graphs(folder)
            networks.make_odd_signatures(folder)
            networks.make_keras_others(folder)
        return folder

    return made_once(tmp_path_factory, "models_to_convert", make)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a few pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for i in range(10):
        Image.fromarray(rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)).resize((48, 40)).save(folder / f"{i}.png")
    return folder
