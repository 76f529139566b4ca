"""From a neural network to an Android app. Start with `invoke build-apk`; `invoke doctor` tells what is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit

from flow.command import command, run_checks
from flow.command_line import task, tell_errors_as_the_kit_does

APP = {"app": "name of a folder in apps/"}
JSON = {"json": "print JSON in place of tables"}
TRAINED_ON = {"data": "the folder that build-apk or train was given as --data"}
SET = {"set": "KEY=VALUE: a value of app.toml for this run, as train.epochs=10; may be given several times"}
PHONES = {
    "device": "serial of a phone, as invoke devices lists it; may be given several times",
    "all": "every phone that adb sees",
    "adb": "HOST:PORT of an adb server whose phones are meant, in place of this machine's; may be given several times",
}
REPLACE = {
    "replace-data": "where a phone has the app signed with another key or newer: remove that one WITH ITS DATA, then install"
}
READY = {
    "task": "what a ready model does: classify, landmarks, heatmap, detect, mask or raw",
    "labels": "its labels: a text file with one a line, names with commas between, or how many there are",
    "mean": "input = (pixel - mean) / std, pixels from 0 to 255: one number, or three for R,G,B",
    "std": "see mean",
    "score": "confidence from which an answer counts, 0 to 1",
    "overlap": "detect: IoU from which two boxes are one object, 0 to 1",
    "outputs": "names of the outputs that the task takes, with commas between, where that isn't certain",
    "signature": "key of the signature to use, where the model has several",
    "order": "landmarks: xy or yx, which of a point's first two numbers comes first",
    "constant": "NAME=VALUE: what an input beside the picture always has; may be given several times",
}
DATA = {"data": "folder with your own data in the format that app.toml reads (docs/data.md), in place of its own"}


@task(
    iterable=["set", "constant"],
    help={
        **APP,
        **DATA,
        **SET,
        **JSON,
        "model": "a ready model (.tflite, a source that convert takes, Teachable Machine's archive) to make a new app of",
        **READY,
        "name": "with --model: the app's name on the phone, and the folder in apps/",
        "id": "with --model: Android applicationId, as org.example.cats",
    },
)
def build_apk(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    set: list[str] | None = None,
    model: str | None = None,
    task: str | None = None,
    labels: str | None = None,
    mean: str | None = None,
    std: str | None = None,
    score: str | None = None,
    overlap: str | None = None,
    outputs: str | None = None,
    signature: str | None = None,
    order: str | None = None,
    constant: list[str] | None = None,
    name: str | None = None,
    id: str | None = None,
    json: bool = False,
) -> None:
    """Train, convert, generate, build and check: from a fresh clone to a signed APK; with --model, around a ready model."""
    with command(json) as screen:
        from flow.build import build_apk as build
        from flow.ready_model import ready_model

        said = {"labels": labels, "mean": mean, "std": std, "score": score, "overlap": overlap, "outputs": outputs}
        ready = ready_model(model, constant or (), task=task, signature=signature, order=order, name=name, id=id, **said)
        build(app, data, set or (), screen, ready)


@task(
    positional=["name"],
    iterable=["set"],
    help={
        "name": "the app's folder in apps/, which is made",
        "data": "folder with your data: pictures with COCO, YOLO, Pascal VOC or CAT annotations, a folder a class, or CSV files",
        "format": "where the folder holds several: coco, yolo, voc, cat, folder or csv",
        "task": "what the app does: box, landmarks, heatmap, classify or window; a chain as box+heatmap",
        "category": "of several categories the one to find",
        "points": "keypoints to find, with commas between; all without it",
        "annotations": "COCO: the annotation file, where there are several",
        "timestamp": "CSV: column of the stamps",
        "label": "CSV: column that says what is abnormal",
        "abnormal": "CSV: words of that column that mean abnormal, with commas between",
        "failures": "CSV: text file with the stamp of a failure a line",
        "group": "CSV: column that names the machine, where a file holds several",
        "id": "Android applicationId, as org.example.hands",
        "set": "KEY=VALUE: a value of [data] or [data.series], as data.sizes=declared; may be given several times",
        "yes": "ask nothing: take what is proposed",
        **JSON,
    },
)
def new(
    _: Context,
    name: str,
    data: str | None = None,
    format: str | None = None,
    task: str | None = None,
    category: str | None = None,
    points: str | None = None,
    annotations: str | None = None,
    timestamp: str | None = None,
    label: str | None = None,
    abnormal: str | None = None,
    failures: str | None = None,
    group: str | None = None,
    id: str | None = None,
    set: list[str] | None = None,
    yes: bool = False,
    json: bool = False,
) -> None:
    """Look at a folder of your data, and write an app for it: apps/NAME/app.toml."""
    with command(json) as screen:
        from flow.new.make import new_app
        from flow.new.wishes import Wishes

        series = {"timestamp": timestamp, "label": label, "abnormal": abnormal, "failures": failures, "group": group}
        pictures = {"category": category, "points": points, "annotations": annotations}
        wishes = Wishes(format=format, task=task, id=id, settings=set or (), take_proposals=yes, **pictures, **series)
        new_app(name, data, wishes, screen)


@task(iterable=["set", "device", "adb"], help={**APP, **TRAINED_ON, **SET, **PHONES, **REPLACE, **JSON})
def deploy(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    set: list[str] | None = None,
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    replace_data: bool = False,
    json: bool = False,
) -> None:
    """Install the app on phones over adb and start it; builds first if needed."""
    with command(json) as screen:
        from flow.deploy import deploy as install
        from flow.phones import selection

        install(app, data, set or (), selection(device, all, adb), replace_data, screen)


@task(
    iterable=["set", "device", "adb"],
    help={
        **APP,
        **TRAINED_ON,
        **SET,
        **PHONES,
        **JSON,
        "models": "some of the app's models, with commas between",
        "delegates": "some of cpu, gpu, gpu_32, nnapi, with commas between, in place of app.toml's",
        "threads": "numbers of CPU threads, with commas between, in place of app.toml's",
        "runs": "measured runs of each start, in place of app.toml's num_runs",
        "limit": "how long all rows of a phone may take together, as 10min",
        "precision": "a row is repeated until its median's 95 % interval is this close, as 5%",
        "cold": "start every GPU row with an empty store of kernels in each round, not in the first alone",
        "sustained": "then run the fastest rows without a pause for this time, as 10min, and draw how the speed falls",
        "tool": "measure with this benchmark_model of TensorFlow Lite or LiteRT, made for the phone's processor",
        "host": "measure on this computer, with LiteRT",
        "apply": "write the fastest pair of file and processor into app.toml as the app's default, where it is certain",
        "board": "file to write in the schema of LiteRT's board.json",
        "csv": "file to write with one row a start",
        "seed": "of the order of the rows; without it, a new one",
    },
)
def benchmark(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    set: list[str] | None = None,
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    models: str = "",
    delegates: str = "",
    threads: str = "",
    runs: str | None = None,
    limit: str = "10min",
    precision: str = "5%",
    cold: bool = False,
    sustained: str | None = None,
    tool: str | None = None,
    host: bool = False,
    apply: bool = False,
    board: str | None = None,
    csv: str | None = None,
    seed: str | None = None,
    json: bool = False,
) -> None:
    """Measure the models on each processor of the phones: times, memory, and whether acceleration helps."""
    with command(json) as screen:
        from flow.benchmark import benchmark as measure
        from flow.benchmark_wishes import Wishes
        from flow.phones import selection

        wishes = Wishes(
            selection(device, all, adb), models, delegates, threads, runs, limit, precision, cold, sustained, tool, host, apply,
            board, csv, seed,
        )  # fmt: skip
        measure(app, data, set or (), wishes, screen)


@task(iterable=["adb"], help={"adb": PHONES["adb"], **JSON})
def devices(_: Context, adb: list[str] | None = None, json: bool = False) -> None:
    """List the phones that adb sees: what each is, its state, and what to do where it can't be used."""
    with command(json) as screen:
        from flow.devices import devices as look
        from flow.phones import selection

        look(selection(None, True, adb).servers, screen)


@task(iterable=["device", "adb"], help={**APP, **PHONES, **JSON})
def run(
    _: Context,
    app: str = "cat_landmarks",
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    json: bool = False,
) -> None:
    """Start the app that is on the phones, without building or installing it, and watch its start."""
    with command(json) as screen:
        from flow.on_phones import run as start
        from flow.phones import selection

        start(app, selection(device, all, adb), screen)


@task(
    iterable=["device", "adb"],
    help={**APP, **PHONES, "follow": "go on until Ctrl-C, across the app's restarts; --no-follow: what the log holds so far"},
)
def logs(
    _: Context,
    app: str = "cat_landmarks",
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    follow: bool = True,
) -> None:
    """Show the app's log on phones as it comes, in colours; a crash is summarized, a native one with its backtrace."""
    with command() as screen:
        from flow.on_phones import logs as show
        from flow.phones import selection

        show(app, selection(device, all, adb), follow, screen)


@task(iterable=["device", "adb"], help={**PHONES, **JSON, "out": "PNG to write; of several phones, each one's serial is added"})
def screenshot(
    _: Context,
    out: str = "screenshot.png",
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    json: bool = False,
) -> None:
    """Take a picture of phones' screens."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.on_phones import screenshot as take
        from flow.phones import selection

        take(selection(device, all, adb), given_path("--out", out) or Path("screenshot.png"), screen)


@task(
    iterable=["device", "adb"],
    help={
        **APP,
        **PHONES,
        **JSON,
        "out": "folder that gets a folder a phone; without it, pulled/APP",
        "private": "the app's private files (settings, databases, tuning results), in place of those in Android/data (benchmarks)",
    },
)
def pull(
    _: Context,
    app: str = "cat_landmarks",
    out: str | None = None,
    private: bool = False,
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    json: bool = False,
) -> None:
    """Fetch the app's files from phones."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.on_phones import pull as fetch
        from flow.phones import selection

        fetch(app, selection(device, all, adb), given_path("--out", out), private, screen)


@task(iterable=["device", "adb"], help={**APP, **PHONES, **JSON})
def uninstall(
    _: Context,
    app: str = "cat_landmarks",
    device: list[str] | None = None,
    all: bool = False,
    adb: list[str] | None = None,
    json: bool = False,
) -> None:
    """Remove the app WITH ITS DATA from phones."""
    with command(json) as screen:
        from flow.on_phones import uninstall as remove
        from flow.phones import selection

        remove(app, selection(device, all, adb), screen)


@task(
    iterable=["set"],
    help={
        **APP,
        **DATA,
        **SET,
        **JSON,
        "workers": "HOST:PORT of each machine that trains together, with commas between; the same on all of them",
        "worker": "which of them this machine is: 0, 1, …",
    },
)
def train(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    set: list[str] | None = None,
    workers: str | None = None,
    worker: str | None = None,
    json: bool = False,
) -> None:
    """Train, convert and measure the models, without building the app; on several machines with --workers."""
    with command(json) as screen:
        from flow.models import train as run_training

        run_training(app, data, set or (), workers, worker, screen)


@task(help={**APP, **JSON, "data": "folder in the format that app.toml reads; without it, the test split of the app's own data"})
def evaluate(_: Context, app: str = "cat_landmarks", data: str | None = None, json: bool = False) -> None:
    """Judge the finished models on data whose truth is known; writes a page with the worst cases."""
    with command(json) as screen:
        from flow.models import evaluate as judge

        judge(app, data, screen)


@task(help={**APP, **TRAINED_ON, **JSON, "image": "a photograph (JPEG or PNG)", "out": "PNG to write"})
def predict(
    _: Context, image: str, app: str = "cat_landmarks", data: str | None = None, out: str | None = None, json: bool = False
) -> None:
    """Run the finished models on one photograph and draw the result into a PNG."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.models import predict as answer

        answer(app, data, Path(image), given_path("--out", out), screen)


@task(
    help={
        **APP,
        **JSON,
        "image": "what the camera sees (JPEG or PNG), in place of drawings",
        "csv": "what a sensor screen plays (columns timestamp and the channels), in place of the app's recording",
        "out": "PNG to write; an animated WebP lies beside it",
    }
)
def preview(
    _: Context,
    app: str = "cat_landmarks",
    image: str | None = None,
    csv: str | None = None,
    out: str | None = None,
    json: bool = False,
) -> None:
    """Draw the app's own screens with its real models, without a phone."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.preview import preview as draw

        draw(app, given_path("--image", image), given_path("--csv", csv), given_path("--out", out), screen)


@task(
    iterable=["results"],
    help={
        **APP,
        **TRAINED_ON,
        **JSON,
        "results": "a result of benchmark, or a folder of them, in place of those in results/; may be given several times",
        "out": "HTML file to write",
    },
)
def report(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    results: list[str] | None = None,
    out: str | None = None,
    json: bool = False,
) -> None:
    """Write one page about the app: screens, benchmark, quality, variants, training, how to repeat it."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.report import report as write

        write(app, data, results or (), given_path("--out", out), screen)


@task(
    iterable=["set"],
    help={
        **APP,
        **TRAINED_ON,
        **SET,
        **JSON,
        "check": "end with exit code 1 where Google Play would refuse the release",
        "debug-key": "sign with this machine's debug key: to try the release on a phone, not to publish it",
    },
)
def bundle(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    set: list[str] | None = None,
    check: bool = False,
    debug_key: bool = False,
    json: bool = False,
) -> None:
    """Build the release for Google Play: app bundle and an APK for each ABI, signed with your key, and checked."""
    with command(json) as screen:
        from flow.bundle import bundle as release

        release(app, data, set or (), check, debug_key, screen)


@task(iterable=["set"], help={**APP, **TRAINED_ON, **SET, **JSON})
def generate(
    _: Context, app: str = "cat_landmarks", data: str | None = None, set: list[str] | None = None, json: bool = False
) -> None:
    """Write the Android project around the finished models, without building it."""
    with command(json) as screen:
        from flow.build import generate as write

        write(app, data, set or (), screen)


@task(
    iterable=["input_shape"],
    help={
        **JSON,
        "model": "a .keras or .h5 file, a SavedModel folder, a frozen graph (.pb), an .onnx file or a .tflite file",
        "frozen-pb": "a TF1 frozen graph, in place of --model",
        "input-node-name": "input nodes of a frozen graph, with commas between; found where there is one",
        "output-node-name": "output nodes of a frozen graph, with commas between; found where there is one",
        "signature": "of a SavedModel that has several",
        "input-shape": "NAME=1,224,224,3: size of an input that the model leaves open; may be given several times",
        "to": "tflite (without it), coreml or c (an array and a header for microcontrollers)",
        "type": "the same as --to",
        "quantize": "none, float16, dynamic, int8 …; see docs/convert.md",
        "inputs": "real inputs to compare source and result on, and to calibrate with: a folder of pictures or an .npz file",
        "mean": "a picture's value v (0 to 255) becomes (v - mean) / std",
        "std": "see mean",
        "tolerance": "largest difference / range of an output that is allowed",
        "output-path": "the folder that gets the result",
    },
)
def convert(
    _: Context,
    model: str | None = None,
    frozen_pb: str | None = None,
    input_node_name: str = "",
    output_node_name: str = "",
    signature: str = "",
    input_shape: list[str] | None = None,
    to: str | None = None,
    type: str | None = None,
    quantize: str = "none",
    inputs: str | None = None,
    mean: str = "0",
    std: str = "255",
    tolerance: str | None = None,
    output_path: str | None = None,
    json: bool = False,
) -> None:
    """Convert a model from anywhere to TFLite, Core ML or C, and prove that it says the same as its source."""
    with command(json) as screen:
        from flow.convert import Wishes
        from flow.convert import convert as run

        wishes = Wishes(
            model, frozen_pb, input_node_name, output_node_name, signature, input_shape or (), to, type, quantize, inputs, mean,
            std, tolerance, output_path,
        )  # fmt: skip
        run(wishes, screen)


@task(
    iterable=["input_shape"],
    help={
        **APP,
        **TRAINED_ON,
        **JSON,
        "model": "in place of --app: a .keras or .h5 file, a SavedModel folder, a frozen graph (.pb) or an .onnx file",
        "modes": "some of float16, dynamic, int8, int8_float_io, int16x8, mixed, with commas between; all but the last without",
        "representative": "of --model: real inputs that calibrate and are compared on, a folder of pictures or an .npz file",
        "mean": "of --model: a picture's value v (0 to 255) becomes (v - mean) / std",
        "std": "see mean",
        "input-shape": "of --model: NAME=1,224,224,3, the size of an input that it leaves open; may be given several times",
        "signature": "of a SavedModel that has several",
        "input-node-name": "of a frozen graph: input nodes, with commas between; found where there is one",
        "output-node-name": "of a frozen graph: output nodes, with commas between; found where there is one",
        "out": "folder that gets the files, quantize.json and quantize.png",
    },
)
def quantize(
    _: Context,
    app: str = "cat_landmarks",
    data: str | None = None,
    model: str | None = None,
    modes: str = "",
    representative: str | None = None,
    mean: str = "0",
    std: str = "255",
    input_shape: list[str] | None = None,
    signature: str = "",
    input_node_name: str = "",
    output_node_name: str = "",
    out: str | None = None,
    json: bool = False,
) -> None:
    """Hold every quantization of a model against the others: size, ARM64 instructions, time, and what is lost."""
    with command(json) as screen:
        from flow.convert import Wishes
        from flow.quantize import quantize as run

        wishes = Wishes(
            model, None, input_node_name, output_node_name, signature, input_shape or (), "tflite", None, "none", representative,
            mean, std, None, out, "--representative",
        )  # fmt: skip
        run(app, data, modes, wishes, screen)


@task(
    positional=["a", "b"],
    help={
        **JSON,
        "a": "what it was before: a run's file, a folder of runs, a git revision (REVISION:PATH; PATH is results without it), or `before`: the newest run that B may be compared with, which is meant without A too",
        "b": "what it is now: as A, or `last`: the newest under results/. Given alone, a file or folder is B, a revision is A and `last` is B",
        "fail-if-slower": "end with exit code 2 where an inference is slower by more than this with confidence: 10% or 0.1",
        "out": "folder that gets the picture; build/compare without it",
    },
)
def compare(
    _: Context,
    a: str | None = None,
    b: str | None = None,
    fail_if_slower: str | None = None,
    out: str | None = None,
    json: bool = False,
) -> None:
    """Tell whether one benchmark run is faster or slower than another, or whether that is noise."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.compare import compare as hold_against
        from flow.compare_pairs import both_words

        if hold_against(*both_words(a, b), fail_if_slower, given_path("--out", out), screen):
            raise Exit(code=2)


@task(help=JSON)
def doctor(_: Context, json: bool = False) -> None:
    """List what is needed to build: found or assembled, version, place, and the command that mends what is missing."""
    with command(json) as screen:
        from flow.doctor import doctor as look

        look(screen)


@task(name="inspect", help={**APP, **DATA, **JSON, "pictures": "how many pictures the contact sheet shows"})
def data_inspect(_: Context, app: str = "cat_landmarks", data: str | None = None, pictures: int = 24, json: bool = False) -> None:
    """Look at the data: counts, balance, look-alikes across splits, what can't be read; a picture of it."""
    with command(json) as screen:
        from flow.models import inspect_data

        inspect_data(app, data, pictures, screen)


MODEL = {"file": "a .tflite model of any origin"}


@task(
    name="info", positional=["file"], help={**MODEL, **JSON, "html": "folder or .html to write a page into, with the graph drawn"}
)
def model_info(_: Context, file: str, html: str | None = None, json: bool = False) -> None:
    """Tell what a model is: inputs, outputs, operations, parameters, multiply-adds, size by layer, its graph as a picture."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.inspect import model_info as tell

        tell(Path(file), given_path("--html", html), screen)


@task(
    name="check",
    positional=["file"],
    help={
        **MODEL,
        **JSON,
        "run": "run it on the GPU delegates that this machine has in software: differences to the CPU, an app's own model's metric",
        "arm64": "run it on phones' own ARM64 libraries, under QEMU: differences, crashes, instructions, an app's own model's metric",
        "inputs": "folder of pictures, or .npz with an array for each input, to run it with (else noise); means --run",
        "analyzer": "ask TensorFlow's Analyzer about the GPU too, and show where it says otherwise (takes 10 s)",
        "tolerance": "largest difference that counts as the same answer, as a share of an output's range",
    },
)
def model_check(
    _: Context,
    file: str,
    run: bool = False,
    arm64: bool = False,
    inputs: str | None = None,
    tolerance: str = "0.01",
    analyzer: bool = False,
    json: bool = False,
) -> None:
    """Tell where a model may run: the runtimes' CPUs, GPU delegate, NNAPI, microcontrollers; what breaks it and what to do."""
    with command(json) as screen:
        from flow.arguments import given_path, number
        from flow.inspect import model_check as judge

        judge(Path(file), run, arm64, given_path("--inputs", inputs), number("--tolerance", tolerance, "0.01"), analyzer, screen)


@task(help={"fast": "only the style, type and import checks"})
def test(context: Context, fast: bool = False) -> None:
    """Check style, types and imports, then run every test."""
    run_checks(context, fast)


@task(
    name="describe",
    iterable=["constant"],
    help={"file": "any .tflite", "out": "the described copy; without it, beside FILE", **READY, **JSON},
)
def model_describe(
    _: Context,
    file: str,
    out: str | None = None,
    task: str | None = None,
    labels: str | None = None,
    mean: str | None = None,
    std: str | None = None,
    score: str | None = None,
    overlap: str | None = None,
    outputs: str | None = None,
    signature: str | None = None,
    order: str | None = None,
    constant: list[str] | None = None,
    json: bool = False,
) -> None:
    """Add metadata to a model of others, from flags or by asking: task, normalization, labels, how its outputs are read."""
    with command(json) as screen:
        from flow.arguments import given_path
        from flow.describe import describe
        from flow.ready_model import model_as_said

        said = {"labels": labels, "mean": mean, "std": std, "score": score, "overlap": overlap, "outputs": outputs}
        ready = model_as_said(file, constant or (), task=task, signature=signature, order=order, **said)
        describe(ready, given_path("--out", out), screen)


@task(
    name="virtual",
    iterable=["fault"],
    help={
        "like": "a phone whose answers it gives: pixel-9, galaxy-s25 or old-7.0; without it, a phone that is like none",
        "port": "where it listens on 127.0.0.1; without it, at a free port; further phones at the next ones",
        "count": "how many phones",
        "fault": "NAME=VALUE: how it misbehaves, as cut-at-step=7 (docs/virtual-phone.md); may be given several times",
        "connect": "let your adb server know the phones (adb connect); --no-connect leaves that to you",
        **JSON,
    },
)
def phone_virtual(
    _: Context,
    like: str | None = None,
    port: str | None = None,
    count: str = "1",
    fault: list[str] | None = None,
    connect: bool = True,
    json: bool = False,
) -> None:
    """A phone made of software, to deploy to and to measure on without a real one; runs until Ctrl-C."""
    with command(json) as screen:
        from flow.arguments import whole_number
        from flow.phone_virtual import run_phones

        first = whole_number("--port", port, "7555") if port is not None else 0
        run_phones(like, first, whole_number("--count", count, "2"), fault or (), connect, screen)


def _namespace() -> Collection:
    root: Any = Collection(
        new,
        build_apk,
        bundle,
        deploy,
        benchmark,
        compare,
        report,
        devices,
        run,
        logs,
        screenshot,
        pull,
        uninstall,
        train,
        evaluate,
        predict,
        preview,
        generate,
        convert,
        quantize,
        doctor,
        test,
    )
    data = Collection("data")
    data.add_task(data_inspect)
    root.add_collection(data)
    model = Collection("model")
    model.add_task(model_info)
    model.add_task(model_describe)
    model.add_task(model_check)
    root.add_collection(model)
    phone = Collection("phone")
    phone.add_task(phone_virtual)
    root.add_collection(phone)
    return root


tell_errors_as_the_kit_does()
ns = _namespace()
