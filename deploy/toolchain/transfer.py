"""One file from an address to a place: checked by its sha256, resumed where an earlier run stopped.

A file lies under its final name only when it is whole and its hash is right; what is on its way is `NAME.part`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import requests

from appspec.errors import KitError

OnBytes = Callable[[int], None]
TRIES = 4
CHUNK = 1 << 18
TIMEOUT_S = (10.0, 30.0)  # to connect, between two pieces
FIX_OFFLINE = "connect to the network and run again: what is already there is kept and downloads go on where they stopped"


class AbsentError(Exception):
    """The repository answers, and does not have this file."""


class OfflineError(KitError):
    """The network or the server can't be reached."""


def download(
    url: str,
    target: Path,
    sha256: str,
    on_bytes: OnBytes | None = None,
    session: requests.Session | None = None,
) -> None:
    """Brings one file to `target`, resuming `target.part`; tries again when the line breaks or the hash is wrong.

    Raises:
        AbsentError: the server says 404 or 410.
        KitError: no network, or a wrong hash twice.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    wrong = 0
    for attempt in range(TRIES):
        try:
            found = _transfer(session or requests.Session(), url, part, on_bytes)
        except requests.RequestException as error:
            if attempt == TRIES - 1 or (attempt and isinstance(error, requests.ConnectionError) and not part.exists()):
                raise OfflineError(f"could not download {target.name}", _reason(error), FIX_OFFLINE) from error
            time.sleep(0.5 * 2**attempt)
            continue
        if found == sha256:
            part.replace(target)
            return
        part.unlink()
        wrong += 1
        if wrong == 2:
            break
    raise KitError(
        f"refused {target.name}",
        f"its sha256 is {found[:16]}…, expected {sha256[:16]}…",
        "something between you and the server changes files: try another network, then run again",
    )


def _transfer(session: requests.Session, url: str, part: Path, on_bytes: OnBytes | None) -> str:
    """Appends what is missing to `part`; returns the sha256 of the whole."""
    digest = hashlib.sha256()
    have = 0
    if part.is_file():
        with part.open("rb") as left:
            while chunk := left.read(CHUNK):
                digest.update(chunk)
                have += len(chunk)
    headers = {"Range": f"bytes={have}-"} if have else {}
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
        if answer.status_code in (404, 410):
            raise AbsentError(part.name)
        if answer.status_code == 416:  # already whole, or not a part of this file: the hash tells
            return digest.hexdigest()
        answer.raise_for_status()
        if have and answer.status_code != 206:
            digest, have = hashlib.sha256(), 0
        with part.open("ab" if have else "wb") as out:
            for chunk in answer.iter_content(CHUNK):
                out.write(chunk)
                digest.update(chunk)
                if on_bytes:
                    on_bytes(len(chunk))
    return digest.hexdigest()


def _reason(error: requests.RequestException) -> str:
    """The cause in a user's words."""
    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code}"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted here"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke"
    return "the network or the server can't be reached"
