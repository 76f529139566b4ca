"""What LiteRT says of a file that it does not run, as an error of the kit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from appspec.errors import KitError

MOST_WORDS = 300
"""Characters that are told of what it says."""


@contextmanager
def litert_refusals(what: str) -> Iterator[None]:
    """Around all that LiteRT does with a file.

    Args:
        what: of the error.

    Raises:
        KitError: LiteRT refuses the file, or says of itself what is no text.
    """
    try:
        yield
    except (ValueError, RuntimeError) as error:  # it has no exceptions of its own
        words = " ".join(str(error).split())[:MOST_WORDS]
        raise KitError(what, f"LiteRT can't run it: {words}", "convert it again from its source") from error
