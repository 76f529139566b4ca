"""A file that a user keeps is there whole or as it was: the disk fills up in the middle of writing it."""

from __future__ import annotations

import errno
import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from PIL import Image

from appspec.errors import KitError
from appspec.whole_file import whole_file, write_whole
from flow.animate import animate
from flow.preview import side_by_side
from pages.drawing import contact_sheet
from pages.page import Page

ROOM = 100


@contextmanager
def full_disk() -> Iterator[None]:
    """The system takes no more than some bytes of any file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "screen.png"
    Image.effect_noise((64, 64), 90).convert("RGB").save(path)
    return path


def figure(path: Path) -> None:
    with whole_file(path) as part:
        Figure().savefig(part)


WRITERS: dict[str, Callable[[Path, Path], None]] = {
    "page.html": lambda path, _: Page("A page").save(path),
    "picture.png": lambda path, shown: contact_sheet([(Image.open(shown), "a screen")], "Sheet", path),
    "screens.png": lambda path, shown: side_by_side([shown], path),
    "moves.webp": lambda path, shown: animate([shown, shown], path, 100),
    "figure.png": lambda path, _: figure(path),
    "bytes.tflite": lambda path, _: write_whole(path, b"0" * 1000),
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_was_there_outlives_a_full_disk(name: str, picture: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"of before")
    with full_disk(), pytest.raises(KitError, match=f"Can't write {path}"):
        WRITERS[name](path, picture)
    assert path.read_bytes() == b"of before"
    assert list(tmp_path.iterdir()) == [path]
    WRITERS[name](path, picture)
    assert path.stat().st_size > ROOM
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_has_its_own_remedy(tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught, whole_file(tmp_path / "a", "give another"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert (caught.value.why, caught.value.fix) == (
        "No space left on device",
        f"free some room on the disk with {tmp_path}, then again",
    )
    with pytest.raises(KitError) as caught:
        write_whole(Path("/proc/nope/x"), b"", "give another")
    assert caught.value.fix == "give another"


def test_a_link_stays_one_and_a_device_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"of before")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "now\r\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"now\r\n"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640
    write_whole(Path(os.devnull), b"away")
    assert not Path(os.devnull).is_file()


def test_a_pipe_behind_a_link_gets_the_bytes(tmp_path: Path) -> None:
    """As /dev/stdout, where another program reads what is written."""
    pipe, link, got = tmp_path / "pipe", tmp_path / "link", list[str]()
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_whole(link, "all of it")
    reader.join(10)
    assert got == ["all of it"]
    assert pipe.is_fifo()
