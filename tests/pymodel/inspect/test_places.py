"""Verdicts on models with one property each; what the GPU delegate itself says of them: tests/deploy/phone_library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appspec.tflite_file import TfliteFile, read_tflite
from pymodel.inspect.info import model_info
from pymodel.inspect.partition import cut_graph
from pymodel.inspect.places import verdicts
from pymodel.inspect.recommend import recommendation
from pymodel.inspect.rules import RULES
from pymodel.inspect.verdict import Place, Verdict
from tests.property_models import MODELS

TABLES = Path(__file__).parents[3] / "pymodel" / "inspect"
SHIPPED = sorted((Path(__file__).parents[2] / "appspec" / "models").glob("*.tflite"))


def _model(tmp_path: Path, name: str) -> TfliteFile:
    path = tmp_path / f"{name}.tflite"
    path.write_bytes(MODELS[name]())
    return read_tflite(path)


def _verdict(model: TfliteFile, place: Place) -> Verdict:
    return next(one for one in verdicts(model) if one.place == place)


GPU = {
    "plain": ("whole", 5, 1),
    "reversed_middle": ("part", 2, 2),
    "integer": ("whole", 2, 1),
    "computed_shape": ("not at all", 0, 0),
    "rank_5": ("part", 1, 2),
    "newer_version": ("not at all", 0, 0),
    "newer_for_gpu": ("part", 1, 2),
    "custom": ("not at all", 0, 0),
    "select_tf_ops": ("not at all", 0, 0),
}


@pytest.mark.parametrize("name", GPU)
def test_the_gpu_delegate(tmp_path: Path, name: str) -> None:
    found = _verdict(_model(tmp_path, name), "gpu")
    assert (found.runs, found.taken, found.partitions) == GPU[name]
    if found.runs != "whole":
        assert found.refusals
        assert all(one.rewrite for one in found.refusals), found.refusals


@pytest.mark.parametrize(
    ("name", "runtimes"), [("plain", 3), ("newer_version", 2), ("custom", 0), ("select_tf_ops", 0), ("integer", 3)]
)
def test_the_runtimes_take_a_whole_file_or_none_of_it(tmp_path: Path, name: str, runtimes: int) -> None:
    found = [one for one in verdicts(_model(tmp_path, name)) if one.place == "cpu"]
    assert sum(one.runs == "whole" for one in found) == runtimes
    assert all(one.refusals for one in found if one.runs != "whole")


def test_where_the_graph_breaks_is_named(tmp_path: Path) -> None:
    (refusal,) = _verdict(_model(tmp_path, "reversed_middle"), "gpu").refusals
    assert (refusal.op, refusal.nodes) == ("REVERSE_V2", (2,))
    assert (refusal.after, refusal.before) == ("node 1 CONV_2D", "node 3 CONV_2D")
    assert "flip" in refusal.rewrite


@pytest.mark.parametrize(("name", "why"), [("half", "widens float16"), ("computed_shape", "only while it runs")])
def test_boards_take_neither_float16_nor_free_sizes(tmp_path: Path, name: str, why: str) -> None:
    found = _verdict(_model(tmp_path, name), "micro")
    assert found.runs == "not at all"
    assert any(why in one.why for one in found.refusals)


def test_nnapi_takes_three_parts(tmp_path: Path) -> None:
    found = _verdict(_model(tmp_path, "two_breaks"), "nnapi")
    assert (found.runs, found.taken, found.partitions) == ("part", 6, 5)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("newer_version", "ship LiteRT 1.4"),
        ("custom", "no runtime loads the file"),
        ("integer", "The CPU: its integer kernels"),
        ("plain", "less than 1 M multiply-adds"),
    ],
)
def test_the_recommendation_has_a_reason(tmp_path: Path, name: str, says: str) -> None:
    model = _model(tmp_path, name)
    assert says in recommendation(model, verdicts(model), model_info(model).multiply_adds)


def test_a_large_float_model_is_for_the_gpu_if_it_takes_it(tmp_path: Path) -> None:
    for name, says in (("plain", "The GPU delegate or the CPU"), ("two_breaks", "takes 3 of 8 nodes; REVERSE_V2")):
        model = _model(tmp_path, name)
        assert says in recommendation(model, verdicts(model), 10**9)


def test_our_own_models_run_everywhere() -> None:
    for path in SHIPPED:
        assert [one.runs for one in verdicts(read_tflite(path))] == ["whole"] * 6


def test_a_graph_that_waits_for_itself_ends(tmp_path: Path) -> None:
    model = _model(tmp_path, "plain")
    assert cut_graph(model.main, ()).possible == ()
    assert cut_graph(model.main, range(5)).taken == frozenset(range(5))


@pytest.mark.parametrize("table", ["gpu", "nnapi", "micro"])
def test_tables_name_rules_and_sources_that_exist(table: str) -> None:
    document = json.loads((TABLES / f"{table}_operations.json").read_text(encoding="utf-8"))
    for name, row in document["operations"].items():
        assert set(row.get("rules", ())) <= set(RULES), name
        assert set(row["sources"]) <= set(document["sources"]), name
        assert row["sources"], name


STUDY = "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED LOGISTIC MAX_POOL_2D MUL PAD PRELU RELU RELU6 RESHAPE"


def test_the_published_list_is_in_the_gpu_table() -> None:
    operations = json.loads((TABLES / "gpu_operations.json").read_text(encoding="utf-8"))["operations"]
    assert all("published" in operations[name] for name in STUDY.split())
    assert operations["DEPTHWISE_CONV_2D"]["published"] == "v1-2"
