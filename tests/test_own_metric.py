"""A file of an app that was built here is known by its content, and its metric told through every place that runs it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from appspec.phone_runtime import RefusedByPhoneError
from appspec.tflite_file import read_tflite
from deploy.phone_library.library import missing_parts, phone_libraries
from flow.arm64_check import Arm64Check, Arm64Run, arm64_places
from flow.own_metric import HERE, OwnModel, find_own, metric_document, own_metric, show_metric
from flow.screen import Screen
from pymodel.inference.interpreter import HostModel
from tests.deploy.phone_library.required import needs
from tests.kit import Kit
from tests.tflite_models import conv_chain


@pytest.fixture(scope="module")
def own(trained: Kit, tmp_path_factory: pytest.TempPathFactory) -> OwnModel:
    """The landmark model of the trained app, copied elsewhere under another name."""
    copy = tmp_path_factory.mktemp("elsewhere") / "copied.tflite"
    shutil.copyfile(trained.folder / "build" / "tiny" / "chosen" / "cat_landmarks.tflite", copy)
    found = find_own(copy, trained.folder / "build")
    assert isinstance(found, OwnModel)
    return found


def test_a_model_of_nobody_here_has_no_metric(trained: Kit, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(conv_chain(2))
    why = find_own(path, trained.folder / "build")
    assert isinstance(why, str)
    assert "none of the models" in why
    assert metric_document(why, []) == {"metric": None, "no_metric": why}
    show_metric(why, [], Screen())
    assert capsys.readouterr().out == f"No metric: {why}\n"


def test_this_machine_says_what_was_measured_when_it_was_made(own: OwnModel, trained: Kit) -> None:
    """The test split is smaller than the sample, so that both are the same examples."""
    variants = trained.folder / "build" / "tiny" / "models" / "cat_landmarks" / "convert" / "variants.json"
    (measured,) = json.loads(variants.read_text(encoding="utf-8"))
    assert (own.app, own.task.metric) == ("tiny", measured["metric"])
    (here,) = own_metric(own, {}, Screen())
    assert (here.place, here.loss) == (HERE, None)
    assert here.value == pytest.approx(measured["test"])


def test_what_a_place_loses_or_refuses_is_told(own: OwnModel, capsys: pytest.CaptureFixture[str]) -> None:
    def refuses(inputs: Sequence[bytes]) -> list[tuple[bytes, ...]]:
        raise RefusedByPhoneError("it crashed")

    with HostModel(own.path) as host:
        (output,) = host.run(np.zeros(host.contract.input.shape[1:], host.contract.input.dtype))
    size = output.nbytes
    places = {
        "wrong": lambda inputs: [(bytes(size),)] * len(inputs),
        "short": lambda inputs: [(b"",)] * len(inputs),
        "refusing": refuses,
    }
    here, wrong, short, refusing = found = own_metric(own, places, Screen())
    assert wrong.loss is not None
    assert here.value is not None
    assert wrong.value is not None
    assert wrong.loss.value == pytest.approx(wrong.value / here.value - 1, abs=1e-4)  # a distance: lower is better
    assert wrong.loss.low < wrong.loss.value < wrong.loss.high
    assert short.error == "its outputs have other sizes than on this machine"
    assert refusing.error == "it crashed"
    document = metric_document(own, found)["metric"]
    assert [one["place"] for one in document["places"]] == [HERE, "wrong", "short", "refusing"]
    capsys.readouterr()
    show_metric(own, found, Screen())
    assert "it crashed" in capsys.readouterr().out


@needs(missing_parts())
def test_phones_libraries_answer_as_this_machine(own: OwnModel) -> None:
    names = [phone.name for phone in phone_libraries(("tensorflow-lite", "javacpp"))]
    check = Arm64Check({}, (Arm64Run(names[0], "", {}, {}), Arm64Run(names[1], "it crashed", {}, {})))
    places = arm64_places(read_tflite(own.path), own.path, check)
    assert list(places) == names[:1]
    _, phone = own_metric(own, places, Screen())
    assert phone.loss is not None
    assert abs(phone.loss.value) < 1e-3
