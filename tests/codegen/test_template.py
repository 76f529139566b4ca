"""What must hold for the template's own files, whatever app is made of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from codegen import template_folder
from codegen.context import make_context
from codegen.render import render_text
from tests.golden.rewrite import example_contracts, example_spec

SOURCES = template_folder() / "app" / "src"
PACKAGE = Path("kotlin/io/apkiln/app")
SCREENS = ("camera", "sensor")
RUNTIMES = ("runtime-tensorflow-lite", "runtime-javacpp")
SHARED = {"model", "bench"}
"""Packages that main begins and every screen completes."""
TOUCH_THE_PHONE = {"ModelFile.kt", "TfliteRunner.kt"}


def test_what_computes_touches_no_android_class() -> None:
    kinds = [folder for folder in SOURCES.iterdir() if folder.name not in ("main", *SCREENS, *RUNTIMES)]
    main, camera = SOURCES / "main" / PACKAGE, SOURCES / "camera" / PACKAGE
    computing = [main / "model", main / "tuning", camera / "frames", camera / "model"]
    files = [file for folder in (*computing, *kinds) for file in folder.rglob("*.kt*")]
    files += [camera / "overlay" / f"{name}.kt" for name in ("Announcer", "FrameRate", "OneEuroFilter", "ViewMapping")]
    assert len(files) > 20
    for file in files:
        if file.name not in TOUCH_THE_PHONE:
            foreign = re.findall(r"^import (?:android|androidx|org\.tensorflow)\..*", file.read_text(encoding="utf-8"), re.M)
            assert foreign == [], file.name


def test_what_screens_share_knows_none_of_them() -> None:
    """An app has the sources of one screen only."""
    packages = {
        screen: {path.name for path in (SOURCES / screen / PACKAGE).iterdir() if path.is_dir()} - SHARED for screen in SCREENS
    }
    assert packages["camera"].isdisjoint(packages["sensor"])
    for file in (SOURCES / "main").rglob("*.kt*"):
        imported = re.findall(r"^import io\.apkiln\.app\.(\w+)\.", file.read_text(encoding="utf-8"), re.M)
        assert not (packages["camera"] | packages["sensor"]).intersection(imported), file.name


@pytest.mark.parametrize("source", ["main", *SCREENS])
def test_every_language_says_the_same_things(source: str) -> None:
    english, korean = strings(source, "values"), strings(source, "values-ko")
    assert sorted(english) == sorted(korean)
    for name in english:
        assert placeholders(english[name]) == placeholders(korean[name]), name


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_and_what_is_shared_name_nothing_twice(screen: str) -> None:
    assert not strings("main", "values").keys() & strings(screen, "values").keys()


def test_no_text_of_a_layout_or_the_manifest_stands_outside_the_resources() -> None:
    layouts = list(SOURCES.glob("*/res/layout/*"))
    assert len(layouts) > len(SCREENS)
    for file in [*layouts, SOURCES / "main" / "AndroidManifest.xml.j2"]:
        texts = re.findall(r'android:(?:text|hint|label|contentDescription)="([^"]*)"', file.read_text(encoding="utf-8"))
        assert [text for text in texts if not text.startswith("@string/")] == [], file.name


@pytest.mark.parametrize(
    ("name", "project"),
    [("Cat Landmarks", "Cat Landmarks"), ("고양이", "고양이"), ("a/b: c?", "a_b_ c_"), ("...", "app"), ("it's", r"it\'s")],
)
def test_a_project_is_called_as_the_app(name: str, project: str) -> None:
    spec = example_spec()
    spec = spec.model_copy(update={"app": spec.app.model_copy(update={"name": name})})
    template = (template_folder() / "settings.gradle.j2").read_text(encoding="utf-8")
    text = render_text(template, make_context(spec, example_contracts()), "settings.gradle.j2")
    assert f"rootProject.name = '{project}'\n" in text


def strings(source: str, folder: str) -> dict[str, str]:
    root = ElementTree.parse(SOURCES / source / "res" / folder / "strings.xml").getroot()
    return {str(element.get("name")): _text(element) for element in root}


def _text(element: ElementTree.Element) -> str:
    """A string, or of a text for several counts the one that every language has."""
    items = {item.get("quantity"): item for item in element}
    return (items["other"] if items else element).text or ""


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\d\$[,.\d]*[a-z]|%%", text))


def test_the_folder_of_the_template_is_there() -> None:
    assert (template_folder() / "settings.gradle.j2").is_file()
    assert [(SOURCES / screen / PACKAGE / "MainActivity.kt").is_file() for screen in SCREENS] == [True, True]
