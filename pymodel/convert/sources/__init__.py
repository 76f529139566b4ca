"""One module a kind of source: `load(request)` gives what a target starts from. They run in a child process."""

from __future__ import annotations

import importlib

from pymodel.convert.loaded import Loaded
from pymodel.convert.request import Request


def load(request: Request) -> Loaded:
    """The source of a request.

    Raises:
        KitError: it can't be loaded, or its inputs aren't certain.
    """
    loaded: Loaded = importlib.import_module(f"{__name__}.{request.kind}").load(request)
    return loaded
