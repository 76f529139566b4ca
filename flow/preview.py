"""`invoke preview`: how the app looks on a phone, without a phone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from appspec.data_spec import Data, Series
from appspec.errors import KitError
from appspec.read_contract import read_contract
from appspec.whole_file import whole_file
from deploy.jvm.camera import camera_picture, write_frame
from deploy.jvm.preview import CAMERA_SCREENS, SEQUENCE, draw_screens
from deploy.phone_library.jvm import DESKTOP, JvmLibrary, jvm_library
from flow.animate import FRAME_MS, animate, wander
from flow.app import OpenApp, app_lock, open_app
from flow.generate import generate_project, project_hash, runtimes
from flow.recording import write_recording
from flow.screen import Screen
from pymodel.data.images import RgbImage, open_image
from pymodel.inference.chain import Chain
from pymodel.stages.chosen import chosen_models
from pymodel.synthetic import SyntheticImage, draw_subject
from pymodel.synthetic.subject import subjects

CAMERA_PX = {"portrait": (480, 640), "landscape": (640, 480), "dark": (480, 640)}
"""Width and height of the upright picture that the camera hands over."""

SHOWN = 2.25
"""The screen's pixels for one of the camera's."""

SHEETS = {
    "camera": ("portrait", "dark", "permission-dark", "landscape"),
    "sensor": ("portrait", "dark", "normal", "landscape"),
}
"""Which screens stand side by side, by `[app] screen`."""

SHEET_HEIGHT_PX = 900
GAP_PX = 24
CORNER_PX = 28

DRAWN = "pets"

TRIES, CONFIDENT = 16, 0.6
SEEDS = {"portrait": (4, 9), "landscape": (2, 1), "dark": (4, 8)}
"""Of the drawings to begin with; no training picture has one of them."""


def preview(name: str, image: Path | None, csv: Path | None, out: Path | None, screen: Screen) -> None:
    """Draws the app's screens, each into a PNG of its own and side by side into `out`, and an animated WebP beside it.

    Args:
        image: what the camera sees; None: drawings that the models were not trained on.
        csv: what the sensor screen plays; None: the recording of the app.

    Raises:
        KitError: there are no models yet, the image or the recording can't be read or is not for this app, the toolchain
            can't be had, the app throws.
    """
    start = time.monotonic()
    app = open_app(name)
    shown_screen = app.spec.app.screen
    if image is not None and shown_screen != "camera":
        raise KitError(f"{name} looks at no picture", "its screen plays a recording", "give --csv in place of --image")
    if csv is not None and shown_screen != "sensor":
        raise KitError(f"{name} plays no recording", "its screen shows what a camera sees", "give --image in place of --csv")
    sheet = out or app.artifacts.root / "preview" / "preview.png"
    if sheet.suffix.lower() != ".png":
        raise KitError(f"Can't write {sheet.name}", "the preview is a PNG", "give --out a name that ends in .png")
    with app_lock(app, screen):
        if csv is not None:
            csv = _plain_recording(app, csv, screen)
        generate_project(app, screen.say)
        library = jvm_library(runtimes(app.spec).debug, screen.status)
        pictures = draw_preview(app, image, screen, csv, library)
        moving = sheet.with_suffix(".webp")
        sequence = sorted((app.artifacts.root / "preview" / f"{SEQUENCE}-drawn").glob("*.png"))
        animate(sequence, moving, FRAME_MS[shown_screen])
    side_by_side([next(path for path in pictures if path.stem == shown) for shown in SHEETS[shown_screen]], sheet)
    seconds = round(time.monotonic() - start, 1)
    if screen.as_json:
        screens = {path.stem: str(path) for path in pictures}
        screen.json(
            {
                "preview": str(sheet),
                "animation": str(moving),
                "screens": screens,
                "models_run_on": library.name,
                "seconds": seconds,
            }
        )
        return
    for path in pictures:
        screen.say(f"{path.stem}: {path}")
    screen.say(f"Moving: {moving}")
    screen.say(f"Models run on {library.name}")
    screen.say(f"Side by side, in {seconds} s: {sheet}")


def _plain_recording(app: OpenApp, csv: Path, screen: Screen) -> Path:
    """The user's recording as the app plays one."""
    (model,) = chosen_models(app.spec, app.artifacts, app.arguments)
    series = app.spec.data.series if app.spec.data is not None else Series()
    plain = app.artifacts.root / "recording.csv"
    for note in write_recording(csv, series, read_contract(model), plain):
        screen.say(f"Note: {note}")
    return plain


def draw_preview(
    app: OpenApp, image: Path | None, screen: Screen, csv: Path | None = None, library: JvmLibrary = DESKTOP
) -> list[Path]:
    """The app's screens, each in a PNG of its own, and its screen over a while in `SEQUENCE-drawn/`; the project has been
    generated.

    Args:
        library: what computes its models.

    Raises:
        KitError: as preview.
    """
    folder = app.artifacts.root / "preview"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if app.spec.app.screen == "camera":
        _write_frames(app, image, folder, screen)
    project = app.artifacts.android
    key, kind = project_hash(project), app.spec.app.screen
    return draw_screens(project, key, folder, app.artifacts.logs, screen.status, kind, recording=csv, library=library)


def _write_frames(app: OpenApp, image: Path | None, folder: Path, screen: Screen) -> None:
    """What the camera sees on each of CAMERA_SCREENS."""
    seen = open_image(image) if image else None
    files = chosen_models(app.spec, app.artifacts, app.arguments)
    subject = drawn_subject(app.spec.data, read_contract(files[-1]).labels)
    with Chain(files) as chain:
        for name in CAMERA_SCREENS:
            screen.status(f"what the camera sees: {name}")
            size = CAMERA_PX[name]
            upright = (
                cut(seen, size, _centre(chain, seen)) if seen is not None else drawn_picture(chain, subject, size, SEEDS[name])
            )
            _write_frame(upright, size, SHOWN, folder / name)
            if name == CAMERA_SCREENS[0]:
                for number, place in enumerate(wander(upright.shape[1], upright.shape[0])):
                    left, top, right, bottom = place
                    _write_frame(upright[top:bottom, left:right], size, 1, folder / SEQUENCE / f"{number:03}")


def drawn_subject(data: Data | None, points: Collection[str]) -> str:
    """What stands before the camera where no picture is given: what the app has learnt from, if that was drawn; else what has its
    points, or most of them; else what one holds a phone at first.

    Args:
        points: names of what its last model finds.
    """
    if data is not None and data.format == "drawn":
        return data.subject
    return next((one.name for one in subjects() if points and 2 * len({*points} & {*one.points}) > len(points)), DRAWN)


def _write_frame(upright: RgbImage, size: tuple[int, int], shown: float, folder: Path) -> None:
    """A camera's frame, and the picture that stands where the screen shows it, `shown` times as large."""
    large = (round(size[0] * shown), round(size[1] * shown))
    rotation = 90 if size[0] < size[1] else 0
    write_frame(camera_picture(resize(upright, size), rotation), folder)
    Image.fromarray(resize(upright, large)).save(folder / "picture.png")


def _centre(chain: Chain, image: RgbImage) -> tuple[float, float]:
    """Where to point the camera: the middle of what the first model finds, of the picture where it locates nothing."""
    box = chain.answers(image)[0].box
    return float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2


def cut(image: RgbImage, size: tuple[int, int], centre: tuple[float, float]) -> RgbImage:
    """The largest part of a picture with the aspect ratio of `size`, its middle as near to `centre` as it can be."""
    height, width = image.shape[:2]
    zoom = min(width / size[0], height / size[1])
    wide, tall = max(1, round(size[0] * zoom)), max(1, round(size[1] * zoom))
    left = int(np.clip(round(centre[0] - wide / 2), 0, width - wide))
    top = int(np.clip(round(centre[1] - tall / 2), 0, height - tall))
    return image[top : top + tall, left : left + wide]


def resize(image: RgbImage, size: tuple[int, int]) -> RgbImage:
    """A picture in another size (width, height), without the patterns that come from skipping pixels."""
    smaller = size[0] < image.shape[1]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), np.uint8)


def drawn_picture(chain: Chain, subject: str, size: tuple[int, int], seed: tuple[int, int]) -> RgbImage:
    """A drawing of `size` that one would point a camera at; of TRIES the one on which the models are most confident."""
    best: tuple[float, RgbImage] | None = None
    for attempt in range(TRIES):
        number = seed[1] + attempt
        drawing = draw_subject(subject, np.random.default_rng((seed[0], number)), number, size)
        confidence = min(answer.mean_confidence for answer in chain.answers(drawing.image))
        well = _well_placed(drawing, size)
        if best is None or confidence + well > best[0]:
            best = confidence + well, drawing.image
        if well and confidence > CONFIDENT:
            break
    assert best is not None
    return best[1]


def _well_placed(drawing: SyntheticImage, size: tuple[int, int]) -> bool:
    """A subject of some size, whole, away from the edges and in the light."""
    low, high = drawing.box[:2] / size, drawing.box[2:] / size
    inside = bool((low > 0.1).all() and (high < 0.9).all())
    return inside and 0.25 < high[0] - low[0] < 0.6 and 80 < float(drawing.image.mean()) < 200


def side_by_side(pictures: Sequence[Path], sheet: Path) -> None:
    """The screens in a row, with a phone's round corners, on nothing: fits a light page and a dark one."""
    shown = []
    for path in pictures:
        with Image.open(path) as image:
            height = SHEET_HEIGHT_PX if image.width < image.height else round(SHEET_HEIGHT_PX * image.height / image.width)
            shown.append(
                image.convert("RGB").resize((round(height * image.width / image.height), height), Image.Resampling.LANCZOS)
            )
    width = sum(image.width for image in shown) + GAP_PX * (len(shown) - 1)
    row = Image.new("RGBA", (width, max(image.height for image in shown)), (0, 0, 0, 0))
    left = 0
    for image in shown:
        mask = Image.new("L", (image.width * 4, image.height * 4), 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), CORNER_PX * 4, fill=255)
        row.paste(image, (left, (row.height - image.height) // 2), mask.resize(image.size, Image.Resampling.LANCZOS))
        left += image.width + GAP_PX
    with whole_file(sheet, "give --out a file that you can write") as part:
        row.save(part, optimize=True)
