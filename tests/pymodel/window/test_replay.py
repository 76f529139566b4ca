"""What the app plays is a stretch of the test split with a failure in it."""

from __future__ import annotations

import copy
import csv
import io

import pytest

from appspec.progress import Silent
from appspec.spec import AppSpec
from pymodel.data.series.recording import TEST, format_stamp
from pymodel.data.series.store import WindowStore, write_windows
from pymodel.synthetic.machine.simulate import simulate_machine
from pymodel.tasks.window.replay import replayed

SPEC = {
    "app": {"name": "Pump", "id": "org.example.pump", "screen": "sensor"},
    "model": [{"name": "pump", "task": "window"}],
    "data": {
        "format": "drawn",
        "subject": "machine",
        "split": {"validation": 0.2, "test": 0.3},
        "series": {"failures": "failures.txt", "window": 24, "horizon": "12h"},
    },
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> WindowStore:
    data, target = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("store")
    simulate_machine(data, 120, 5, Silent())
    write_windows(data, AppSpec.model_validate(SPEC), target, Silent())
    return WindowStore(target)


def test_it_is_a_stretch_of_the_test_split_with_a_failure(store: WindowStore) -> None:
    rows = list(csv.DictReader(io.StringIO(replayed(store))))
    assert list(rows[0]) == ["timestamp", *store.channels]
    (machine,) = store.recordings
    numbers = {format_stamp(machine.stamp(i)): i for i in range(len(machine.values))}
    shown = [numbers[row["timestamp"]] for row in rows]
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert (machine.splits[shown[0] :] == TEST).all()
    failures = [round((event.at_s - machine.start_s) / machine.interval_s) for event in machine.events]
    assert any(shown[0] + store.window < failure <= shown[-1] for failure in failures)
    values = [float(row[store.channels[0]] or "nan") for row in rows]
    assert values == pytest.approx(machine.values[shown[0] : shown[-1] + 1, 0].tolist(), rel=1e-4, nan_ok=True)


def test_channels_of_any_name_are_read_back(store: WindowStore) -> None:
    names = ('p\'s "x", <y>', "온도 °C", *store.channels[2:])
    renamed = copy.copy(store)
    renamed.channels = names
    assert next(csv.reader(io.StringIO(replayed(renamed)))) == ["timestamp", *names]
