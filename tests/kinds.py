"""One small app of each task kind that looks at no box, on data that our code draws or simulates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codegen import ANIMATION as ASSET
from codegen import template_folder
from flow.app import OpenApp, open_app
from flow.build import BuildReport, build
from flow.screen import Screen

HEAD = """
[app]
name = "NAME"
id = "org.example.NAME"
screen = "SCREEN"
[convert]
quantize = "auto"
"""

ANIMATION = (template_folder() / "app/src/follow/assets" / ASSET).read_bytes().replace(b"follow", b"of the user")
"""A Lottie file of the user's."""

APPS = {
    "heatmap": """
[[model]]
name = "tip"
task = "heatmap"
input = { size = [32, 32] }
backbone = { width = 8, stages = 2 }
train = { epochs = 15, batch_size = 8, learning_rate = 1e-2 }
[data]
format = "drawn"
subject = "pointing_hands"
points = ["forefinger4", "thumb4"]
pictures = 60
split = { validation = 0.2, test = 0.2 }
[android]
camera = "front"
animation = "mine.json"
""",
    "classify": """
[[model]]
name = "pet"
task = "classify"
input = { size = [32, 32] }
pooling = "avg"
train = { epochs = 20, batch_size = 8, learning_rate = 5e-3 }
[data]
format = "drawn"
subject = "pets"
pictures = 60
split = { validation = 0.2, test = 0.2 }
""",
    "window": """
[[model]]
name = "pump"
task = "window"
backbone = { width = 8 }
train = { epochs = 3, batch_size = 64 }
[data]
format = "drawn"
subject = "machine"
days = 120
split = { validation = 0.2, test = 0.25 }
[data.series]
failures = "failures.txt"
window = 24
stride = 6
horizon = "12h"
""",
}


@dataclass(frozen=True)
class Built:
    """An app on its way from nothing to an APK."""

    kind: str
    app: OpenApp
    report: BuildReport


def build_kind(root: Path, kind: str) -> Built:
    """Builds the app of a kind below `root`."""
    text = HEAD.replace("NAME", kind).replace("SCREEN", "sensor" if kind == "window" else "camera") + APPS[kind]
    file = root / "apps" / kind / "app.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    file.with_name("mine.json").write_bytes(ANIMATION)
    app = open_app(kind, root=root)
    return Built(kind, app, build(app, Screen()))
