"""What must hold for the template's own files, whatever app is made of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from codegen import template_folder
from codegen.context import FOLLOWED, make_context
from codegen.render import render_text
from tests.golden.rewrite import example_contracts, example_spec

SOURCES = template_folder() / "app" / "src"
PACKAGE = Path("kotlin/io/apkiln/app")
SCREENS = ("camera", "sensor")
RUNTIMES = ("runtime-tensorflow-lite", "runtime-javacpp")
SHARED = {"model", "bench", "task"}
"""Packages that main begins and every screen completes."""
TOUCH_THE_PHONE = {"ModelFile.kt", "TfliteRunner.kt"}
KINDS = [folder.name for folder in sorted(SOURCES.iterdir()) if folder.name not in ("main", FOLLOWED, *SCREENS, *RUNTIMES)]
COMPUTES = re.compile(r"(Decoder|Answer|Buffer|Pipeline|Policy|Recording|History)\.kt")
"""Files of a kind that compute; the others show, and may touch Android."""


def test_what_computes_touches_no_android_class() -> None:
    main, camera = SOURCES / "main" / PACKAGE, SOURCES / "camera" / PACKAGE
    computing = [main / "model", main / "tuning", camera / "frames", camera / "model"]
    files = [file for folder in computing for file in folder.rglob("*.kt*")]
    files += [file for kind in KINDS for file in (SOURCES / kind).rglob("*.kt") if COMPUTES.search(file.name)]
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


def test_a_kind_is_a_folder_and_nothing_else_knows_it() -> None:
    assert {"box", "landmarks", "heatmap", "classify", "window"} <= set(KINDS)
    others = [folder for folder in SOURCES.iterdir() if folder.name not in KINDS]
    for kind in KINDS:
        name = "".join(part.capitalize() for part in kind.split("_"))
        assert (SOURCES / kind / PACKAGE / kind / f"{name}Kind.kt").is_file()
        assert {path.name for path in (SOURCES / kind / PACKAGE).iterdir()} == {kind}
        known = re.compile(rf'io\.apkiln\.app\.{kind}\b|"{kind}"|\b{name}Kind\b')
        for folder in others:
            if (kind, folder.name) == ("window", "sensor"):
                continue  # this screen shows windows, and nothing else
            for file in folder.rglob("*.kt"):
                code = re.sub(r"/\*\*.*?\*/|//.*", "", file.read_text(encoding="utf-8"), flags=re.S)
                allowed = "region" if kind == "box" else "$"  # "box" is also what a model looks at
                found = [line for line in code.splitlines() if known.search(line) and not re.search(allowed, line)]
                assert found == [], file.name


def test_nothing_asks_which_task_a_model_has() -> None:
    files = [
        file for file in SOURCES.rglob("*.kt") if re.search(r"\btask ==|when \(.*\btask\)", file.read_text(encoding="utf-8"))
    ]
    assert files == []


WORDS = {file.parent.parent.parent.name: file.name for file in SOURCES.glob("*/res/values/strings*.xml")}
"""By folder of app/src, the file of its texts."""


@pytest.mark.parametrize("source", WORDS)
def test_every_language_says_the_same_things(source: str) -> None:
    english, korean = strings(source, "values"), strings(source, "values-ko")
    assert sorted(english) == sorted(korean)
    for name in english:
        assert placeholders(english[name]) == placeholders(korean[name]), name


def test_no_two_folders_name_the_same_text() -> None:
    names = [name for source in WORDS if source not in SCREENS for name in strings(source, "values")]
    for screen in SCREENS:
        both = [*names, *strings(screen, "values")]
        assert sorted(set(both)) == sorted(both)


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
    root = ElementTree.parse(SOURCES / source / "res" / folder / WORDS[source]).getroot()
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
