"""Google's own SDK, through its command-line tools: only if the user says so, who reads the licences there."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import requests

from appspec.errors import KitError
from deploy.toolchain.artifacts import Download, named_download
from deploy.toolchain.cache import OnProgress, assembled, cache_dir, locked, silent, writing
from deploy.toolchain.jdk import Jdk
from deploy.toolchain.process import child_environment
from deploy.toolchain.transfer import download

Ask = Callable[[str], bool]
PACKAGES = ("platforms;android-36", "build-tools;36.0.0", "platform-tools")
QUESTION = (
    "No Android SDK was found. Google's can be installed now (about 400 MB); its tool shows the licences and "
    "asks you to accept them. Without it, the open platform is used. Install Google's?"
)


def google_sdk_folder() -> Path:
    """Where the kit has Google's tools install an SDK."""
    return cache_dir() / "sdk" / "google"


def offer_google_sdk(jdk: Jdk, ask: Ask | None, on_progress: OnProgress = silent) -> bool:
    """Installs Google's SDK if its server answers and the user agrees; says whether it did.

    Nothing is accepted for the user: sdkmanager itself shows each licence on the terminal and waits for the answer.
    """
    tools = named_download(f"android-command-line-tools-{_system()}")
    if tools is None or not reachable(tools.url):
        return False
    if ask is None:
        on_progress("Google's SDK could be had, but nobody is here to read its licences: using the open platform")
        return False
    if not ask(QUESTION):
        return False
    try:
        manager = _command_line_tools(tools, on_progress)
        with locked("google-sdk", on_progress):
            done = subprocess.run(
                [manager, f"--sdk_root={google_sdk_folder()}", *PACKAGES], check=False, env=child_environment(jdk)
            )
    except (KitError, OSError) as error:
        on_progress(f"Google's SDK could not be installed ({error}): using the open platform")
        return False
    if done.returncode:
        on_progress("Google's tool installed nothing: using the open platform")
    return done.returncode == 0


def reachable(url: str, timeout_s: float = 3.0) -> bool:
    """Whether the server of `url` has it, found out in `timeout_s` at most."""
    try:
        return requests.head(url, timeout=timeout_s, allow_redirects=True).ok
    except requests.RequestException:
        return False


def _command_line_tools(tools: Download, on_progress: OnProgress) -> Path:
    """sdkmanager, unpacked in the cache."""
    archive = cache_dir() / "downloads" / tools.url.rsplit("/", 1)[-1]

    def make(folder: Path) -> None:
        on_progress("downloading Android's command-line tools")
        download(tools.url, archive, tools.sha256)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        for program in (folder / "cmdline-tools" / "bin").iterdir():
            program.chmod(0o755)

    with writing("Android's command-line tools"):
        folder = assembled(cache_dir() / "tools" / archive.stem, make, on_progress)
    return folder / "cmdline-tools" / "bin" / ("sdkmanager.bat" if sys.platform == "win32" else "sdkmanager")


def _system() -> str:
    return {"darwin": "mac", "win32": "win"}.get(sys.platform, "linux")
