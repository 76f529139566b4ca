"""app.toml: what is accepted, and how each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.errors import KitError
from appspec.load import load_app, load_spec
from appspec.spec import AppSpec
from appspec.stages import ROOT

GOOD = """
[app]
name = "Cats"
id = "org.example.cats"
[[model]]
name = "cat_box"
task = "box"
input = { size = [96, 96] }
[data]
format = "drawn"
"""

WHOLE = """
[app]
name = "Cats"
id = "org.example.cats"
version = "1.2.3"
screen = "camera"
[[model]]
name = "net"
task = "landmarks"
input = { size = [96, 96], color = "rgb", mean = [123.675, 116.28, 103.53], std = 58.4 }
backbone = { name = "mobilenet_v2", alpha = 0.35, weights = "w.keras" }
head = "regress"
pooling = "avg"
train = { epochs = 40, batch_size = 32, learning_rate = 1e-3, patience = 6, seed = 7 }
[[model]]
name = "later"
task = "window"
backbone = { name = "conv1d", width = 16, weights = "none", frozen_epochs = 2, stages = 1 }
[[model]]
name = "ready"
task = "landmarks"
input = { mean = 0, std = 255 }
file = "ready.tflite"
labels = ["nose", "left_eye"]
score = 0.5
overlap = 0.3
outputs = ["a", "b"]
constants = { training = 0, shift = [1.0, 2.0] }
signature = "serving_default"
margin = 0.8
[data]
format = "csv"
path = "data/x"
annotations = "a.json"
category = "hand"
points = ["forefinger4"]
group = "^(.*)_"
split = { validation = 0.1, test = 0.1 }
[data.series]
timestamp = "time"
values = ["a", "b"]
label = "broken"
failures = ["2014-04-13T09:00"]
group = "machine"
interval = "1h"
window = 24
stride = 2
horizon = "24h"
margin = "30min"
max_gap = "3h"
validation_from = "2013-12-01"
test_from = "2014-01-01"
[convert]
quantize = "int8"
max_metric_loss = 0.01
[android]
min_sdk = 24
target_sdk = 36
abis = ["arm64-v8a", "x86_64"]
delegate = "nnapi"
runtime = "javacpp"
camera = "front"
animation = "finger.json"
[benchmark]
threads = [1, 2]
delegates = ["cpu", "gpu", "nnapi"]
warmup_runs = 3
num_runs = 5
"""


def load(folder: Path, text: str) -> AppSpec:
    file = folder / "app.toml"
    file.write_text(text, encoding="utf-8")
    return load_spec(file)


def mistake(folder: Path, old: str, new: str) -> KitError:
    assert old in GOOD
    with pytest.raises(KitError) as caught:
        load(folder, GOOD.replace(old, new))
    return caught.value


def test_defaults_fill_a_short_file(tmp_path: Path) -> None:
    spec = load(tmp_path, GOOD)
    assert spec.android.target_sdk == 36
    assert spec.model[0].input.mean_rgb == (127.5, 127.5, 127.5)
    assert spec.folder == tmp_path.resolve()


def test_the_whole_vocabulary_is_accepted(tmp_path: Path) -> None:
    spec = load(tmp_path, WHOLE)
    assert spec.model[0].input.mean_rgb == (123.675, 116.28, 103.53)
    assert spec.app.version_code == 1_002_003
    assert spec.benchmark.threads == (1, 2)
    assert spec.data.series.margin_s == 1800
    assert spec.model[2].constants == {"training": 0, "shift": (1.0, 2.0)}


@pytest.mark.parametrize("value", ["cpu", "cpu1", "cpu16", "gpu", "gpu_32", "nnapi", "gpu:float16", "cpu4:int8_float_io"])
def test_a_delegate_may_be_a_pair_of_processor_and_file(tmp_path: Path, value: str) -> None:
    assert load(tmp_path, WHOLE.replace('delegate = "nnapi"', f'delegate = "{value}"')).android.delegate == value


@pytest.mark.parametrize("value", ["tpu", "cpu0", "cpu17", "auto:int8", "cpu:int8", "gpu:int4", "gpu4", ""])
def test_other_delegates_are_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(KitError, match="delegate") as caught:
        load(tmp_path, WHOLE.replace('delegate = "nnapi"', f'delegate = "{value}"'))
    assert "gpu:float16" in caught.value.why


READY = """
[app]
name = "Faces"
id = "org.example.faces"
[[model]]
name = "face"
task = "classify"
file = "face.tflite"
"""


def test_an_app_of_ready_models_needs_no_data(tmp_path: Path) -> None:
    spec = load(tmp_path, READY)
    assert spec.data is None
    with pytest.raises(KitError, match="Faces has no data"):
        _ = spec.training_data
    with pytest.raises(KitError, match="data: this key is missing"):
        load(tmp_path, READY.replace('file = "face.tflite"', ""))


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("train = { epochs = 3 }", "train is the file's own"),
        ("backbone = { alpha = 0.5 }", "backbone is the file's own"),
        ("input = { size = [64, 64] }", "input.size is the file's own"),
        ("labels = []", "at least one name"),
        ("score = 1.5", "at most 1"),
    ],
)
def test_a_ready_model_has_no_training(tmp_path: Path, key: str, says: str) -> None:
    with pytest.raises(KitError) as caught:
        load(tmp_path, f"{READY}{key}\n")
    assert says in f"{caught.value.why} {caught.value.fix}"


def test_a_trained_model_has_nothing_of_a_ready_one(tmp_path: Path) -> None:
    assert "labels is for a model that is a file" in mistake(tmp_path, 'task = "box"', 'task = "box"\nlabels = "l.txt"').why


@pytest.mark.parametrize("duration", ["24", "h", "-3h", "1 week"])
def test_a_duration_needs_a_number_and_a_unit(tmp_path: Path, duration: str) -> None:
    text = f'{GOOD}[data.series]\nhorizon = "{duration}"\n'
    with pytest.raises(KitError, match=r"horizon.*number with one of the units"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("setting", "key", "value"),
    [
        ("train.epochs=10", "train", 10),
        ("model.cat_box.train.epochs = 11", "train", 11),
    ],
)
def test_a_value_can_be_set_for_one_run(tmp_path: Path, setting: str, key: str, value: int) -> None:
    (tmp_path / "app.toml").write_text(GOOD, encoding="utf-8")
    spec = load_spec(tmp_path / "app.toml", [setting, "data.pictures=77", "app.name=Any Cat"])
    assert (spec.model[0].train.epochs, spec.data.pictures, spec.app.name) == (value, 77, "Any Cat")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("train.epochs", "it is not KEY=VALUE"),
        ("=3", "it is not KEY=VALUE"),
        ("model.dog.train.epochs=3", "no model is called 'dog'"),
        ("train.epochs=many", "should be a whole number"),
        ("train.epoch=3", "did you mean epochs"),
        ("app.name.first=3", "name is a value, not a section"),
    ],
)
def test_a_setting_that_cannot_be_is_one_clear_error(tmp_path: Path, setting: str, says: str) -> None:
    (tmp_path / "app.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(KitError) as caught:
        load_spec(tmp_path / "app.toml", [setting])
    assert says in f"{caught.value.why} {caught.value.fix}"


def test_shipped_apps_are_valid() -> None:
    for file in (ROOT / "apps").glob("*/app.toml"):
        load_spec(file)


@pytest.mark.parametrize("name", ["고양이 얼굴 찾기", "Çà va — «chats» 🐈", "a" * 400, "He said \"hi\" & 'bye' $x \\ @y"])
def test_any_printable_name_is_accepted(tmp_path: Path, name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    assert load(tmp_path, GOOD.replace('"Cats"', f'"{escaped}"')).app.name == name


@pytest.mark.parametrize(
    ("old", "new", "what", "says"),
    [
        ('format = "drawn"', 'format = "drawn"\nfromat = 1', "data.fromat", "did you mean format"),
        ('task = "box"', 'task = "boks"', "model[0].task", "did you mean box"),
        ("[96, 96]", "[-96, 96]", "model[0].input.size[0]", "found -96: should be at least 32"),
        ("[96, 96]", "[96, 128]", "model[0].input", "must be square"),
        ("[96, 96]", "[100, 100]", "model[0].input", "multiple of 32"),
        ("[96, 96]", '["a", 96]', "model[0].input.size[0]", "should be a whole number"),
        ("org.example.cats", "1abc.cats", "app.id", "must start with a letter"),
        ("org.example.cats", "org.class.cats", "app.id", "word of the Java language"),
        ("org.example.cats", "cats", "app.id", "two or more parts"),
        ("org.example.cats", "org.exämple.cats", "app.id", "only letters"),
        ('"Cats"', '""', "app.name", "at least 1 character"),
        (
            "[data]",
            "[benchmark]\nthreads = [0]\n[data]",
            "benchmark.threads[0]",
            "app.toml: benchmark.threads[0] found 0: should be at least 1 change",
        ),
        ("[data]", "[benchmark]\nthreads = []\n[data]", "benchmark.threads", "found []: should have at least 1 of them"),
        ("[data]", "[benchmark]\nnum_runs = 1000000\n[data]", "benchmark.num_runs", "should be at most 100000"),
        (
            "[data]",
            '[benchmark]\ndelegates = ["GPU"]\n[data]',
            "benchmark.delegates[0]",
            "found 'GPU': none of those that are allowed",
        ),
        ('"Cats"', '"a\\nb"', "app.name", "control characters"),
        ('"cat_box"', '"Cat Box"', "model[0].name", "small letters, digits and _"),
        ('"cat_box"', '"class"', "model[0].name", "word of the Java language"),
        ('format = "drawn"', 'format = "cat"', "data", "path is missing"),
        ("[data]", "[date]", "date", "did you mean data"),
        ("[app]", "[app", "", "TOML"),
    ],
)
def test_a_mistake_names_key_finding_and_remedy(tmp_path: Path, old: str, new: str, what: str, says: str) -> None:
    error = mistake(tmp_path, old, new)
    assert "app.toml" in error.what
    assert what in error.what
    assert says in f"{error.what} {error.why} {error.fix}"
    assert error.fix


SERIES = (
    GOOD.replace('task = "box"', 'task = "window"').replace("input = { size = [96, 96] }", "")
    + """
[data.series]
horizon = "12h"
window = 48
"""
)


@pytest.mark.parametrize(
    ("old", "new", "fix"),
    [
        ("window = 48", "window\u00a0= 48", "U+00A0"),
        ("window = 48", "\u00a0window = 48", "U+00A0"),
        ("window = 48", "window ＝ 48", "window = 48"),
        ("window = 48", "wind\u043ew = 48", "cyrillic small letter o"),
        ("window = 48", "window = 048", "window = 48"),
        ("window = 48", "window = 48 // samples", "window = 48 # samples"),
        ("window = 48", "window = 48\nwindow = 24", "twice"),
        ("window = 48", "<<<<<<< HEAD\nwindow = 48", "merge"),
        ("window = 48", 'values = ["a" "b"]', 'values = ["a", "b"]'),
        ("window = 48", 'values = "a, b"', 'write ["a", "b"]'),
        ("window = 48", "window = 48.0", "write 48, without quotes"),
        ("window = 48", "max-gap = 48", "did you mean max_gap"),
        ('"12h"', "«12h»", 'horizon = "12h"'),
        ('"12h"', "12h", 'horizon = "12h"'),
        ('"12h"', '"12h', "isn't closed"),
        ('"12h"', "12", 'write horizon = "12h", where hours are meant'),
        ('"12h"', '"12 hours"', 'write horizon = "12h"'),
        ('"12h"', '"PT1H30M"', 'write horizon = "90min"'),
        ('"12h"', '"12:00:00"', 'write horizon = "12h"'),
        ('"12h"', '"2w"', 'write horizon = "14d"'),
        ("[data]", "[data]\nsplit = { validation: 0.1, test: 0.1 }", "{ validation = 0.1, test = 0.1 }"),
        ("[data]", "[data]\nsplit = { validation = 15%, test = 0.1 }", "validation = 0.15"),
        ("[data]", "[data]\nsplit = { validation = 0,15, test = 0.1 }", "validation = 0.15"),
        ("[data]", "[data]\nsplit = [0.1, 0.2]", "split = { validation = 0.1, test = 0.2 }"),
        ("[data.series]", "[series]", "it belongs to [data.series]"),
        ("[data.series]", "[[data.series]]", "[data.series], with one bracket"),
        ("[[model]]", "[[[model]]]", "[[model]]"),
        ('"drawn"', '"Drawn"', "did you mean drawn"),
        ('"Cats"', '"Cats"\nversion = 1.10', 'version = "1.1"'),
        ('"Cats"', '"Cats"\nversion = "v1.2"', 'version = "1.2"'),
        ('"Cats"', '"Cats"\nversion = "1.2.3.4"', 'version = "1.2.3"'),
        ('"Cats"', '"Cats",', 'no comma either: name = "Cats"'),
        ("[data]", '[data]\nsplit = "80/10/10"', "split = { validation = 0.1, test = 0.1 }"),
        ("[data]", "[data]\nsplit = [0.7, 0.1, 0.2]", "split = { validation = 0.1, test = 0.2 }"),
        ("[data]", "[data]\nsplit = { train = 0.8, test = 0.1 }", "what validation and test leave is for training"),
        ("[data]", "[data]\nsplit = { validation = 15, test = 0.1 }", "validation = 0.15, a share"),
        ("[data]", '[data]\ncategory = ["hand"]', 'category = "hand", without brackets'),
        ("[data.series]", '[android]\nabis = "arm64"\n[data.series]', 'write ["arm64-v8a"]'),
        ("[[model]]", '[[model]]\ninput = { size = "96x64" }', "write [96, 64]"),
        ("[[model]]", "[[model]]\ninput = { size = [96 64] }", "[96, 64]"),
    ],
)
def test_the_remedy_is_the_line_as_it_should_be(tmp_path: Path, old: str, new: str, fix: str) -> None:
    assert old in SERIES
    with pytest.raises(KitError) as caught:
        load(tmp_path, SERIES.replace(old, new, 1))
    assert fix in caught.value.fix


@pytest.mark.parametrize("text", ['{"app": {"name": "Cats"}}', "app:\n  name: Cats\n"])
def test_another_language_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(KitError) as caught:
        load(tmp_path, text)
    assert "TOML writes sections" in caught.value.fix


def test_dates_need_no_quotes_and_lines_may_end_as_on_old_macs(tmp_path: Path) -> None:
    text = SERIES + "failures = [2024-03-02T06:00:00, 2024-03-03]\ntest_from = 2024-03-01\n"
    (tmp_path / "app.toml").write_bytes(text.replace("\n", "\r").encode())
    series = load_spec(tmp_path / "app.toml").training_data.series
    assert series.failures == ("2024-03-02T06:00:00", "2024-03-03")
    assert series.test_from == "2024-03-01"


def test_a_missing_app_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "app.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(KitError) as caught:
        load_app(tmp_path, "cat")
    assert "did you mean cats" in caught.value.fix


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_bytes(GOOD.replace("Cats", "Ch\u00e2t").encode("latin-1"))
    with pytest.raises(KitError, match="no UTF-8 text"):
        load_spec(tmp_path / "app.toml")
