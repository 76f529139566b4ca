"""An app as a build leaves it, made up in a moment: what `invoke report` reads, without a training."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from appspec.artifacts import Artifacts
from appspec.benchmark_run import BenchmarkRun, Moment, Sustained, write_run
from pymodel.quantize.choice import Choice, Variant, write_choice, write_variants
from pymodel.train.curve import write_curve
from pymodel.train.loop import Epoch, TrainConfig
from pymodel.train.run import RECORD
from tests.deploy.benchmark.made_runs import made_phone, made_run, made_settings

MODEL = Path(__file__).parent / "appspec" / "models" / "version_2.tflite"

APP = """
[app]
name = "Cats & <b>Co</b>"
id = "org.example.tiny"
version = "1.2.3"
[[model]]
name = "cat_box"
task = "box"
input = { size = [32, 32] }
train = { epochs = 6, batch_size = 8 }
[data]
format = "drawn"
pictures = 60
"""


def make_app(root: Path, text: str = APP) -> Artifacts:
    """An app called tiny with a finished model, and nothing else."""
    folder = root / "apps" / "tiny"
    folder.mkdir(parents=True)
    (folder / "app.toml").write_text(text, encoding="utf-8")
    artifacts = Artifacts(root / "build" / "tiny")
    artifacts.models.mkdir(parents=True)
    shutil.copyfile(MODEL, artifacts.models / "cat_box.tflite")
    return artifacts


def make_whole_app(root: Path) -> Artifacts:
    """The same with everything that a page can show but runs."""
    artifacts = make_app(root)
    _train(artifacts.train("cat_box"))
    _convert(artifacts)
    artifacts.apk.mkdir(parents=True)
    (artifacts.apk / "tiny.apk").write_bytes(bytes(1_500_000))
    facts = {"Android": "24 or newer, made for 36", "ABIs": "arm64-v8a, x86_64", "signer": "CN=Android Debug"}
    (artifacts.apk / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    artifacts.evaluation.mkdir(parents=True)
    evaluation = {"pictures": 741, "metrics": {"iou": {"value": 0.87898, "low": 0.87036, "high": 0.88697}}, "median_ms": 1.9}
    (artifacts.evaluation / "evaluation.json").write_text(json.dumps(evaluation), encoding="utf-8")
    preview = artifacts.root / "preview"
    preview.mkdir(parents=True)
    ramp = np.indices((2340, 1080)).sum(0)
    for name, level in (("portrait", 200), ("permission", 40), ("info", 120)):
        picture = np.stack([(ramp + level) % 256, np.full_like(ramp, level), ramp % 200], 2).astype(np.uint8)
        Image.fromarray(picture).save(preview / f"{name}.png")
    return artifacts


def _train(folder: Path) -> None:
    folder.mkdir(parents=True)
    curve = [Epoch(e, 24 if e < 3 else 32, 0.01 / e, 2 / e, 2.2 / e, 1 - 0.6 / e, 3.0) for e in range(1, 7)]
    write_curve(curve, folder / "curve.csv")
    config = TrainConfig(size=32, epochs=6, batch_size=8, learning_rate=0.01, patience=9, seed=3)
    record = {"config": asdict(config), "facts": {"training examples": 800}, "metric": "IoU", "maximize": True}
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")


def _convert(artifacts: Artifacts) -> None:
    def variant(kind: str, size: int, loss: float) -> Variant:
        measured = {"quantization": kind, "size_bytes": size, "metric": "iou", "validation": 0.73 * (1 - loss)}
        return Variant(**measured, test=0.74 * (1 - loss), median_ms=size / 1e6, validation_loss=loss, test_loss=loss)  # type: ignore[arg-type]

    variants = (variant("float32", 1_124_841, 0.0), variant("float16", 591_880, -0.00004), variant("int8", 389_334, 0.0056))
    artifacts.convert("cat_box").mkdir(parents=True)
    write_variants(artifacts.convert("cat_box"), variants)
    counts = {"float32": 10_731_523, "int8": 6_561_279}
    write_choice(artifacts.models, {"cat_box": Choice(variants[2], "int8: 380 KB", variants[1], counts)})  # type: ignore[arg-type]


def runs() -> dict[str, BenchmarkRun]:
    """Runs by the name of their file: a phone measured twice, the second time slower and without a pause too, a virtual phone,
    this computer."""
    heat = [
        Moment(at_s=float(s), ms=3.1 * (1 + 0.9 * s / 900), thermal="none" if s < 300 else "light", temperature_c=29 + s / 60)
        for s in range(0, 900, 3)
    ]
    held = [Sustained(model="cat_box", variant="float16", delegate="gpu", threads=0, moments=heat, error=None)]
    virtual = made_phone(kind="virtual", serial="emulator-5560", manufacturer="APKiln", model="like Pixel 9")
    host = made_phone(kind="host", serial=None, manufacturer="", model="Xeon", android=None, soc=None, gpu=None)
    on_cpu = made_run(4, starts=4)
    cpu_rows = [row for row in on_cpu.measurements if row.delegate == "cpu"]
    changes = {"phone": host, "settings": made_settings(way="host", delegates=["cpu"]), "measurements": cpu_rows}
    found = {
        "before": made_run(1, starts=4, both_caches=True),
        "now": made_run(2, starts=4, both_caches=True, slower=0.1, sustained=held, started_at="2026-05-05T12:00:00+00:00"),
        "virtual": made_run(3, starts=4, phone=virtual),
        "host": on_cpu.model_copy(update=changes),
    }
    return {name: run.model_copy(update={"app": run.app.model_copy(update={"name": "tiny"})}) for name, run in found.items()}


def make_runs(root: Path) -> Path:
    """All of them under results/tiny."""
    folder = root / "results" / "tiny"
    for name, run in runs().items():
        write_run(run, folder / f"{name}.json")
    return folder
