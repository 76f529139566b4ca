"""One value of an app.toml is changed, and not a byte beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.edit import set_value
from appspec.errors import KitError
from appspec.load import load_spec

TEXT = """# my app
[app]
name = "Faces"   # 얼굴
id = 'org.example.faces'

[[model]]
name = "faces"
task = "classify"
file = "faces.tflite"   # trained elsewhere
"""
ANDROID = """
[android]           # what the APK is
delegate   =  "auto"   # measured on the phone
min_sdk = 26
# the end
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_order_and_blanks_stay(tmp_path: Path, newline: str) -> None:
    file = tmp_path / "app.toml"
    file.write_bytes((TEXT + ANDROID).replace("\n", newline).encode())
    assert set_value(file, "android", "delegate", "gpu:float16") == "auto"
    assert file.read_bytes().decode() == (TEXT + ANDROID).replace("\n", newline).replace('"auto"', '"gpu:float16"')
    assert load_spec(file).android.delegate == "gpu:float16"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("end", ["", "\n", "\n\n[android]\nmin_sdk = 26\n", "\n[benchmark]\nnum_runs = 5"])
def test_a_key_that_is_not_there_is_added(tmp_path: Path, end: str) -> None:
    file = tmp_path / "app.toml"
    file.write_text(TEXT.rstrip() + end, encoding="utf-8")
    before = load_spec(file)
    assert set_value(file, "android", "delegate", "cpu2") is None
    assert file.read_text(encoding="utf-8").startswith(TEXT.rstrip())
    after = load_spec(file)
    assert after.android.delegate == "cpu2"
    assert after.model_copy(update={"android": before.android}) == before


def test_a_value_that_would_be_wrong_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "app.toml"
    file.write_text(TEXT + ANDROID, encoding="utf-8")
    with pytest.raises(KitError):
        set_value(file, "android", "delegate", "tpu")
    assert file.read_text(encoding="utf-8") == TEXT + ANDROID
    assert list(tmp_path.iterdir()) == [file]
