"""Downloads: checked, kept once, resumed; half a file is never taken for one."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from appspec.errors import KitError
from deploy.toolchain import downloads
from deploy.toolchain.downloads import fetch, fetch_available, missing
from deploy.toolchain.transfer import OfflineError
from tests.deploy.toolchain.repository import Repository

CONTENT = random.Random(1).randbytes(2_000_000)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.toolchain.transfer.time.sleep", lambda _seconds: None)


def test_a_file_comes_whole_and_only_once(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    messages: list[str] = []
    assert fetch([artifact], messages.append)[0].read_bytes() == CONTENT
    fetch([artifact])
    assert repository.asked == [(artifact.path, 0)]
    assert messages[-1] == "downloading: 2 of 2 MB, 1 of 1 files"
    assert [path.name for path in (cache / "maven").rglob("*") if path.is_file()] == ["one-1.0.jar"]


def test_a_broken_download_goes_on_where_it_stopped(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    repository.break_after[artifact.path] = [700_000, 600_000]
    assert fetch([artifact])[0].read_bytes() == CONTENT
    starts = [start for _, start in repository.asked]
    assert starts[0] == 0
    assert 0 < starts[1] <= 700_000
    assert starts[1] < starts[2] <= 1_300_000


def test_what_an_earlier_run_left_is_used_and_not_taken_for_whole(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    part = cache / "maven" / f"{artifact.path}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:1_500_000])
    assert missing([artifact]) == [artifact]
    assert fetch([artifact])[0].read_bytes() == CONTENT
    assert repository.asked == [(artifact.path, 1_500_000)]


@pytest.mark.parametrize("left", [b"rubbish" * 1000, CONTENT + b"more"])
def test_a_rotten_part_is_thrown_away(cache: Path, repository: Repository, left: bytes) -> None:
    artifact = repository.artifact("one", CONTENT)
    part = cache / "maven" / f"{artifact.path}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(left)
    assert fetch([artifact])[0].read_bytes() == CONTENT


def test_a_whole_part_needs_no_second_download(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    part = cache / "maven" / f"{artifact.path}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT)
    assert fetch([artifact])[0].read_bytes() == CONTENT


def test_a_wrong_hash_is_tried_once_more(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    repository.lies[artifact.path] = [b"other"]
    assert fetch([artifact])[0].read_bytes() == CONTENT


def test_a_wrong_hash_twice_is_refused_and_nothing_is_kept(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    repository.lies[artifact.path] = [b"other", b"other"]
    with pytest.raises(KitError, match="sha256"):
        fetch([artifact])
    assert [path for path in (cache / "maven").rglob("*") if path.is_file()] == []


def test_no_network_is_one_clear_error(cache: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = repository.artifact("one", CONTENT)
    monkeypatch.setattr(downloads, "central", lambda: "http://127.0.0.1:9")
    with pytest.raises(OfflineError) as failed:
        fetch([artifact])
    assert failed.value.what == "could not download one-1.0.jar"
    assert "can't be reached" in failed.value.why
    assert "run again" in failed.value.fix


def test_what_is_cached_needs_no_network(cache: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = repository.artifact("one", CONTENT)
    fetch([artifact])
    monkeypatch.setattr(downloads, "central", lambda: pytest.fail("asked for the network"))
    assert fetch([artifact])[0].read_bytes() == CONTENT


def test_a_file_that_is_not_there_is_named(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    del repository.files[artifact.path]
    with pytest.raises(KitError, match="does not have it"):
        fetch([artifact])


def test_what_a_repository_lacks_is_left_out_and_not_asked_again(cache: Path, repository: Repository) -> None:
    here, gone = repository.artifact("here", b"1"), repository.artifact("gone", b"2")
    del repository.files[gone.path]
    assert fetch_available([here, gone]) == [gone]
    assert fetch_available([here, gone]) == [gone]
    assert sorted(path for path, _ in repository.asked) == sorted([here.path, gone.path])


def test_two_runs_side_by_side_download_each_file_once(cache: Path, repository: Repository) -> None:
    artifacts = [repository.artifact(f"file{number}", CONTENT[:50_000] + bytes([number])) for number in range(30)]
    runs = [threading.Thread(target=fetch, args=(artifacts,)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert missing(artifacts) == []
    assert len(repository.asked) == 30


def test_a_full_disk_is_one_clear_error(cache: Path, repository: Repository) -> None:
    artifact = repository.artifact("one", CONTENT)
    part = cache / "maven" / f"{artifact.path}.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(KitError, match="disk is full"):
        fetch([artifact])
    assert not (cache / "maven" / artifact.path).exists()
