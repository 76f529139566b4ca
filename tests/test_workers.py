"""Two worker processes train one model together, to the same end as one, though one of them died on the way and was told."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pymodel.train.curve import read_curve
from tests.kit import Kit, Run, copy_kit

APP = """
[app]
name = "Team"
id = "org.example.team"
[[model]]
name = "cat_box"
task = "box"
input = { size = [32, 32] }
train = { epochs = EPOCHS, batch_size = 16, learning_rate = 1e-2, seed = 3 }
[data]
format = "drawn"
pictures = 120
split = { validation = 0.2, test = 0.1 }
[convert]
quantize = "none"
"""


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return copy_kit(tmp_path / "kit")


def free_places() -> str:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    places = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return ",".join(places)


Start = Callable[[], list[Run]]


@pytest.fixture
def start_both(kit: Kit) -> Iterator[Start]:
    """Starts both workers; ends those that a failed test leaves behind."""
    started: list[Run] = []

    def start() -> list[Run]:
        places = free_places()
        runs = [kit.start("train", "--app", "team", "--workers", places, "--worker", str(i), "--json") for i in range(2)]
        started.extend(runs)
        return runs

    yield start
    for run in started:
        if run.process.poll() is None:
            run.signal(signal.SIGKILL)
        run.process.wait()


def states(kit: Kit, name: str) -> list[Path]:
    """The state of the epoch before the last one, where there is one. Stages rename folders meanwhile, but not this one."""
    return list((kit.folder / "build" / name / "models" / "cat_box").glob("checkpoint-*/previous.npz"))


def test_after_a_worker_died_all_go_on_to_what_one_alone_reaches(kit: Kit, start_both: Start) -> None:
    kit.write_app(APP.replace("EPOCHS", "10"), "team")
    runs = start_both()
    names = ("team", "team-worker1")
    runs[1].wait_until(lambda: all(states(kit, name) for name in names))
    runs[1].signal(signal.SIGKILL)
    end = runs[0].finish(300)
    assert end.code == 1, end
    assert "Another worker was lost" in end.err
    assert "Traceback" not in end.err
    runs[1].finish()
    kit_epochs = [len(json.loads(str(np.load(states(kit, name)[0])["epochs"]))) for name in names]
    assert min(kit_epochs) >= 1
    ends = [run.finish(900) for run in start_both()]
    assert [end.code for end in ends] == [0, 0], ends
    assert "going on with the training that was stopped" in ends[0].err
    curves = [read_curve(kit.artifacts(name).train("cat_box") / "curve.csv") for name in names]
    assert [row.epoch for row in curves[0]] == list(range(1, len(curves[0]) + 1))
    assert [row.metric for row in curves[0]] == pytest.approx([row.metric for row in curves[1]], abs=1e-6)
    losses = [json.loads(end.out) for end in ends]
    assert losses[0][0]["float"] == losses[1][0]["float"]
    alone = copy_kit(kit.folder.parent / "alone")
    alone.write_app(APP.replace("EPOCHS", "10"), "team")
    end = alone.run("train", "--app", "team", "--json")
    assert end.code == 0, end
    curve = read_curve(alone.artifacts("team").train("cat_box") / "curve.csv")
    assert curve[-1].train_loss == pytest.approx(curves[0][-1].train_loss, rel=0.25)
    assert np.isclose(curve[-1].validation_loss, curves[0][-1].validation_loss, rtol=0.25)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--workers", "127.0.0.1"), "is not HOST:PORT"),
        (("--workers", "127.0.0.1:1", "--worker", "0"), "found 1 different"),
        (("--workers", "127.0.0.1:1,127.0.0.1:2"), "--worker is missing"),
        (("--workers", "127.0.0.1:1,127.0.0.1:2", "--worker", "2"), "There is no worker 2"),
    ],
)
def test_a_wrong_team_is_one_clear_error(kit: Kit, arguments: tuple[str, ...], says: str) -> None:
    kit.write_app(APP.replace("EPOCHS", "1"), "team")
    end = kit.run("train", "--app", "team", *arguments)
    assert end.code == 1
    assert re.sub(r"\s+", " ", end.err).count(says) == 1
    assert "Traceback" not in end.err
