"""Everything a build downloads, brought ahead of time while something else runs."""

from __future__ import annotations

from pathlib import Path

from deploy.toolchain.artifacts import gradle_dependencies
from deploy.toolchain.cache import OnProgress, silent
from deploy.toolchain.downloads import fetch_available
from deploy.toolchain.toolchain import Toolchain, prepare_toolchain
from deploy.toolchain.wrapper import wrapper_folder

TEMPLATE_VERIFICATION = Path(__file__).parents[2] / "android_template" / "gradle" / "verification-metadata.xml"


def prefetch(on_progress: OnProgress = silent, verification_metadata: Path = TEMPLATE_VERIFICATION) -> Toolchain:
    """As `prepare_toolchain`, and the wrapper and all that Gradle resolves for a generated project besides.

    Meant for a thread of its own while training runs: it asks nothing, can be killed at any moment, and what it
    has not done is done by the build itself.

    Args:
        verification_metadata: names what Gradle resolves, with its hashes.

    Raises:
        KitError: as `prepare_toolchain`.
    """
    toolchain = prepare_toolchain(on_progress)
    wrapper_folder(on_progress)
    fetch_available(gradle_dependencies(verification_metadata), on_progress)
    return toolchain
