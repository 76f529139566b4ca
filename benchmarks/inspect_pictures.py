"""`invoke data.inspect` on many small pictures: seconds and peak memory, of a tenth of them and of all.

    python benchmarks/inspect_pictures.py [COUNT]

The pictures are drawn into a temporary folder (64×48 JPEG, two classes; 100,000 by default). The second look counts: files and
the content's hash are then cached, as for a user who looks again.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.kit import Kit, copy_kit

APP = """
[app]
name = "Many"
id = "org.example.many"
[[model]]
name = "many"
task = "classify"
[data]
format = "folder"
path = "{folder}"
"""


def main(count: int) -> None:
    """Prints one JSON object."""
    with tempfile.TemporaryDirectory() as name:
        kit = copy_kit(Path(name) / "kit")
        found = {str(number): _look(kit, Path(name) / f"pictures{number}", number) for number in (count // 10, count)}
    print(json.dumps(found, indent=1))


def _look(kit: Kit, folder: Path, count: int) -> dict[str, float]:
    _draw(folder, count)
    kit.write_app(APP.format(folder=folder), f"many{count}")
    command = [sys.executable, "-m", "invoke", "data.inspect", "--app", f"many{count}", "--json"]
    for _ in range(2):
        start = time.perf_counter()
        subprocess.run(command, cwd=kit.folder, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # the largest child so far: counts rise
    return {"seconds": round(seconds, 1), "peak_mb": round(peak)}


def _draw(folder: Path, count: int) -> None:
    rng = np.random.default_rng(1)
    for label in ("cat", "dog"):
        (folder / label).mkdir(parents=True)
    for i in range(count):
        scene = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8))
        scene.resize((64, 48)).save(folder / ("cat", "dog")[i % 2] / f"{i:06}.jpg", quality=80)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
