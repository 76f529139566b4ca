"""Damaged models through everything that reads them in this process: one clear error each, or an answer; never longer than 10 s.

APKILN_MUTANTS sets how many.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appspec.errors import KitError
from appspec.operators import read_operators
from appspec.read_contract import read_contract
from appspec.tflite_file import read_tflite
from flow.inspect import info_document, place_rows, refusal_rows, verdict_documents
from pymodel.inspect.drawing import graph_svg
from pymodel.inspect.info import model_info
from pymodel.inspect.page import about_rows, operation_rows, port_rows, summary
from pymodel.inspect.places import verdicts
from pymodel.inspect.recommend import recommendation
from pymodel.inspect.size_chart import chart_rows
from tests.mutants import mutants
from tests.property_models import MODELS
from tests.tflite_models import conv_chain

SHIPPED = sorted((Path(__file__).parents[2] / "appspec" / "models").glob("*.tflite"))
COUNT = int(os.environ.get("APKILN_MUTANTS", "5000"))
SEEDS = 10
LONGEST_S = 10.0


@pytest.mark.parametrize("seed", range(SEEDS))
def test_damaged_models_are_told_or_refused(tmp_path: Path, seed: int) -> None:
    models = [path.read_bytes() for path in SHIPPED] * 4 + [make() for make in MODELS.values()] + [conv_chain(30)]
    path, refused = tmp_path / "m.tflite", 0
    for number, data in enumerate(mutants(models, COUNT // SEEDS, seed)):
        path.write_bytes(data)
        begin = time.process_time()
        refused += _look(path)
        assert time.process_time() - begin < LONGEST_S, (seed, number)
    assert 0 < refused < COUNT // SEEDS


def _look(path: Path) -> bool:
    """Whether a file is refused, by all that info and check do with it but the pictures of matplotlib."""
    errors = [error for read in (read_contract, read_operators, _tell) if (error := _error(read, path))]
    assert all(error.what and error.why and error.fix for error in errors)
    return bool(errors)


def _error(read: Callable[[Path], object], path: Path) -> KitError | None:
    try:
        read(path)
    except KitError as error:
        return error
    return None


def _tell(path: Path) -> None:
    model = read_tflite(path)
    info = model_info(model)
    found = verdicts(model)
    json.dumps(info_document(info), default=str)
    json.dumps(verdict_documents(found))
    assert recommendation(model, found, info.multiply_adds)
    assert summary(info)
    assert str(graph_svg(model.main, info.layers))
    for rows in (place_rows(model, found), refusal_rows(found), about_rows(info), operation_rows(info), port_rows(info)):
        assert isinstance(rows, list)
    chart_rows(info.layers)
