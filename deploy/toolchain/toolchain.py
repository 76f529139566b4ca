"""All that builds an APK, ready to use: prepared in one call."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.google_sdk import Ask
from deploy.toolchain.gradle import Gradle, prepare_gradle
from deploy.toolchain.jdk import Jdk, find_jdk
from deploy.toolchain.sdk import Sdk, prepare_sdk


@dataclass(frozen=True)
class Toolchain:
    """A JDK, a Gradle and an SDK that work together."""

    jdk: Jdk
    gradle: Gradle
    sdk: Sdk


def prepare_toolchain(on_progress: OnProgress = silent, ask: Ask | None = None) -> Toolchain:
    """Finds, downloads and assembles what a build needs; a second or less when it is all there.

    Args:
        ask: puts a yes/no question to the user (see `prepare_sdk`); None where nobody can answer.

    Raises:
        KitError: no JDK, no network and an empty cache, no space, a hash that is wrong.
    """
    jdk = find_jdk()
    gradle = prepare_gradle(jdk, on_progress)
    return Toolchain(jdk, gradle, prepare_sdk(jdk, on_progress, ask))
