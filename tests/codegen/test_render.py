"""What is rendered, what is copied, and what follows from a contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import tomli

from appspec.contract import ModelContract
from appspec.errors import KitError
from appspec.runtimes import Runtime, Runtimes
from codegen import generate, template_folder
from codegen.context import make_context
from codegen.render import render_text
from tests.golden.rewrite import (
    PROJECTS,
    classify_contract,
    example_contract,
    example_contracts,
    example_spec,
    small_spec,
    window_contract,
)

OVERLAYS = ("camera", "landmarks", "runtime-javacpp", "runtime-tensorflow-lite")
"""Of an app with landmarks alone whose runtime is "auto", where Google's repository is out of reach."""

BUILDS = ["debug", "main", "release"]
"""Source sets of such an app: another runtime computes its releases."""

KOTLIN = Path("app/src/main/kotlin/io/apkiln/app")


def test_no_plain_kotlin_holds_jinja() -> None:
    files = sorted(template_folder().rglob("*.kt"))
    assert files
    assert [file.name for file in files if "{{" in file.read_text(encoding="utf-8")] == []
    assert [file.name for file in template_folder().rglob("*.kt.j2")] == ["ModelContracts.kt.j2"]


def test_no_file_of_the_template_is_too_long() -> None:
    for file in template_folder().rglob("*.kt*"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 250, file


def test_a_changed_mean_changes_the_kotlin(tmp_path: Path) -> None:
    first = kotlin(tmp_path / "a", [example_contract()])
    second = kotlin(tmp_path / "b", [example_contract(mean=(1.0, 2.0, 3.25))])
    assert "mean = listOf(123.675f, 116.28f, 103.53f)" in first
    assert second == first.replace("123.675f, 116.28f, 103.53f", "1.0f, 2.0f, 3.25f")


def test_a_name_that_is_not_there_is_an_error() -> None:
    context = make_context(example_spec(), example_contracts())
    with pytest.raises(KitError, match="nothing_of_ours"):
        render_text("{{ app.nothing_of_ours }}", context, "x.j2")
    with pytest.raises(KitError, match=r"x\.j2"):
        render_text("{% for %}", context, "x.j2")


def test_only_the_kinds_of_the_app_are_there(tmp_path: Path) -> None:
    text = kotlin(tmp_path, [example_contract()])
    assert "BoxKind" not in text
    assert "LandmarksKind" in text
    assert (tmp_path / KOTLIN / "landmarks").is_dir()
    assert not (tmp_path / KOTLIN / "box").exists()


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_has_the_source_sets_of_any_android_project(tmp_path: Path, name: str) -> None:
    PROJECTS[name].render(tmp_path)
    assert sorted(path.name for path in (tmp_path / "app/src").iterdir()) == BUILDS
    assert "srcDir" not in (tmp_path / "app/build.gradle").read_text(encoding="utf-8")


def test_a_screen_brings_only_what_it_needs(tmp_path: Path) -> None:
    PROJECTS["pump"].render(tmp_path)
    files = (path for path in (tmp_path / "app").rglob("*") if path.suffix in (".kt", ".xml", ".gradle"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert [text for text in texts if "permission.CAMERA" in text or "TextureView" in text or "lottie" in text] == []


@pytest.mark.parametrize(("screen", "contract"), [("camera", window_contract()), ("sensor", classify_contract())])
def test_a_screen_that_cannot_show_the_model(screen: str, contract: ModelContract) -> None:
    with pytest.raises(KitError, match="can't run on this screen"):
        make_context(small_spec("x", screen, contract), [contract])


def test_a_sensor_screen_shows_one_model() -> None:
    with pytest.raises(KitError, match="shows one model"):
        make_context(small_spec("x", "sensor", window_contract()), [window_contract(), replace(window_contract(), name="second")])


@pytest.mark.parametrize(
    ("runtime", "folder", "lines"),
    [
        (
            "tensorflow-lite",
            "tensorflow-lite",
            ["libs.tensorflow.lite", "libs.tensorflow.lite.gpu", "libs.tensorflow.lite.gpu.api"],
        ),
        ("litert", "tensorflow-lite", ["libs.litert", "libs.litert.gpu", "libs.litert.gpu.api"]),
        (
            "javacpp",
            "javacpp",
            [
                "libs.bytedeco.tensorflow.lite",
                *(
                    f"variantOf(libs.bytedeco.{name}) {{ classifier('android-{abi}') }}"
                    for abi in ("arm64", "x86_64")
                    for name in ("tensorflow.lite", "javacpp")
                ),
            ],
        ),
    ],
)
def test_a_runtime_brings_its_code_and_its_libraries(tmp_path: Path, runtime: Runtime, folder: str, lines: list[str]) -> None:
    spec = example_spec()
    android = spec.android.model_copy(update={"abis": ("arm64-v8a", "x86_64")})
    spec = spec.model_copy(update={"android": android})
    generate(spec, example_contracts(), template_folder(), tmp_path, {}, Runtimes(runtime, runtime))
    assert [path.name for path in (tmp_path / "app/src").iterdir()] == ["main"]
    runner = template_folder() / "app/src" / f"runtime-{folder}" / "kotlin/io/apkiln/app/model/TfliteRunner.kt"
    assert (tmp_path / KOTLIN / "model/TfliteRunner.kt").read_bytes() == runner.read_bytes()
    gradle = (tmp_path / "app/build.gradle").read_text(encoding="utf-8")
    used = [line.split("implementation ")[1] for line in gradle.splitlines() if "    implementation " in line]
    assert used[3:] == lines
    catalog = tomli.loads((tmp_path / "gradle/libs.versions.toml").read_text(encoding="utf-8"))["libraries"]
    names = {re.sub(r"^.*libs\.([a-z.]+).*$", r"\1", line).replace(".", "-") for line in lines}
    assert names <= set(catalog)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"shape": (1, 96, 128, 1)}, "a camera fills [1, height, width, 3]"),
        ({"shape": (8, 96, 96, 3)}, "a camera fills"),
        ({"shape": (1, 1, 1, 3), "dynamic_axes": (0, 1, 2)}, "leaves the size of axis 1, 2 open"),
        ({"dtype": "float16"}, "is float16, and an app fills float32, int8, uint8"),
    ],
)
def test_an_input_that_an_app_cannot_fill(change: dict[str, object], says: str) -> None:
    contract = example_contract()
    other = replace(contract, inputs=(replace(contract.input, **change),))  # type: ignore[arg-type]
    with pytest.raises(KitError, match="can't be put into an app") as caught:
        make_context(example_spec(), [other])
    assert says in caught.value.why


def test_an_app_fills_one_input() -> None:
    contract = example_contract()
    with pytest.raises(KitError, match="can't be put into an app") as caught:
        make_context(example_spec(), [replace(contract, inputs=contract.inputs * 2)])
    assert "it has 2 inputs (image, image), and an app fills one" in caught.value.why


def test_a_batch_that_is_left_open_is_one() -> None:
    contract = example_contract()
    free = replace(contract, inputs=(replace(contract.input, dynamic_axes=(0,)),))
    assert make_context(example_spec(), [free]).models


def test_a_release_may_be_computed_by_another_library(tmp_path: Path) -> None:
    PROJECTS["pump"].render(tmp_path)
    gradle = (tmp_path / "app/build.gradle").read_text(encoding="utf-8")
    for build, library in (("debug", "libs.tensorflow.lite"), ("release", "libs.bytedeco.tensorflow.lite")):
        assert (tmp_path / "app/src" / build / "kotlin/io/apkiln/app/model/TfliteRunner.kt").is_file()
        assert f"    {build}Implementation {library}\n" in gradle
    assert not (tmp_path / KOTLIN / "model/TfliteRunner.kt").exists()


def test_runtimes_that_are_called_alike_share_their_code(tmp_path: Path) -> None:
    generate(example_spec(), example_contracts(), template_folder(), tmp_path, {}, Runtimes("tensorflow-lite", "litert"))
    assert [path.name for path in (tmp_path / "app/src").iterdir()] == ["main"]
    gradle = (tmp_path / "app/build.gradle").read_text(encoding="utf-8")
    assert "    debugImplementation libs.tensorflow.lite\n" in gradle
    assert "    releaseImplementation libs.litert\n" in gradle


def test_copied_byte_by_byte_with_its_mode(tmp_path: Path) -> None:
    template, target = tmp_path / "template", tmp_path / "target"
    files = {"a.txt": b"{{ x }}\r\n\xff", "run.sh": b"#!/bin/sh\n", "build/x": b"", ".gradle/x": b"", "app/src/test/t": b""}
    for name, content in files.items():
        (template / name).parent.mkdir(parents=True, exist_ok=True)
        (template / name).write_bytes(content)
    for folder in OVERLAYS:
        (template / "app/src" / folder).mkdir()
    (template / "run.sh").chmod(0o755)
    make(template, target, [example_contract()], {"m.tflite": b"\x00TFL3"})
    found = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    kept = {name: files[name] for name in ("a.txt", "run.sh", "app/src/test/t")}
    assert found == {**kept, "app/src/main/assets/m.tflite": b"\x00TFL3"}
    assert (target / "run.sh").stat().st_mode & 0o111
    assert not (target / "a.txt").stat().st_mode & 0o111


def test_overlays_are_laid_over_main_with_all_they_have(tmp_path: Path) -> None:
    template, target = tmp_path / "template", tmp_path / "target"
    files = {
        "main/kotlin/A.kt": b"main",
        "camera/kotlin/B.kt": b"camera",
        "landmarks/res/values/strings_landmarks.xml": b"words",
        "landmarks/assets/a.json": b"its own",
        "landmarks/assets/b.json": b"its own",
        "box/kotlin/C.kt": b"not in this app",
    }
    for name, content in files.items():
        (template / "app/src" / name).parent.mkdir(parents=True, exist_ok=True)
        (template / "app/src" / name).write_bytes(content)
    make(template, target, [example_contract()], {"b.json": b"the user's"})
    found = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    expected = {name.split("/", 1)[1]: content for name, content in files.items() if not name.startswith("box/")}
    expected["assets/b.json"] = b"the user's"
    assert found == {f"app/src/main/{name}": content for name, content in expected.items()}


def test_two_overlays_with_the_same_file(tmp_path: Path) -> None:
    for folder in ("main", "camera", "landmarks"):
        (tmp_path / "template/app/src" / folder / "res").mkdir(parents=True)
    for folder in ("main", "landmarks"):
        (tmp_path / "template/app/src" / folder / "res/strings.xml").write_bytes(b"")
    with pytest.raises(KitError, match=r"app/src/main/res/strings\.xml") as caught:
        make(tmp_path / "template", tmp_path / "target", [example_contract()], {})
    assert "app/src/landmarks/res/strings.xml and app/src/main/res/strings.xml" in caught.value.why


def test_a_kind_without_code(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="No code for task landmarks"):
        make(tmp_path / "template", tmp_path / "target", [example_contract()], {})


def kotlin(target: Path, contracts: list[ModelContract]) -> str:
    make(template_folder(), target, contracts, {})
    return (target / KOTLIN / "model/ModelContracts.kt").read_text(encoding="utf-8")


def make(template: Path, target: Path, contracts: list[ModelContract], assets: Mapping[str, bytes]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    generate(example_spec(), contracts, template, target, assets)


def test_contracts_of_one_name_are_variants_of_one_model() -> None:
    int8, window = window_contract("int8"), replace(window_contract(), file="pump_float16.tflite")
    context = make_context(small_spec("x", "sensor", int8), [int8, window])
    assert (len(context.models), len(context.others)) == (1, 1)
    assert '"pump_float16.tflite"' in context.others[0]
    assert not make_context(small_spec("x", "sensor", int8), [int8]).others
