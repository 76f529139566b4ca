"""Splits by time: train first, then validation, then test, so that nothing is learnt from the future."""

from __future__ import annotations

import numpy as np

from appspec.data_spec import Series, Split
from appspec.errors import KitError
from pymodel.data.series.clock import Clock
from pymodel.data.series.recording import TEST, TRAIN, VALIDATION, States


def borders(start_s: float, end_s: float, split: Split, series: Series, clock: Clock) -> tuple[float, float]:
    """Stamps at which validation and test begin, of a machine recorded from start_s to end_s.

    Where only test_from is set, validation takes its share of the time before it; where only validation_from is set, the
    time after it is shared between validation and test as their shares are to each other.

    Raises:
        KitError: validation_from is not before test_from.
    """
    validation = None if series.validation_from is None else clock.moment(series.validation_from, "validation_from")
    test = None if series.test_from is None else clock.moment(series.test_from, "test_from")
    if test is None and validation is None:
        span = end_s - start_s
        test = end_s - split.test * span
        validation = test - split.validation * span
    elif test is None:
        assert validation is not None
        test = validation + max(0.0, end_s - validation) * split.validation / (split.validation + split.test)
    elif validation is None:
        validation = test - split.validation * max(0.0, test - start_s)
    elif validation >= test:
        raise KitError(
            "validation_from is not before test_from", "validation lies between training and test", "mend them in [data.series]"
        )
    return validation, test


def sample_splits(count: int, start_s: float, interval_s: float, validation_s: float, test_s: float) -> States:
    """(count,) int8 TRAIN, VALIDATION or TEST of each sample."""
    stamps = start_s + np.arange(count) * interval_s
    splits = np.full(count, TRAIN, np.int8)
    splits[stamps >= validation_s - 1e-3] = VALIDATION
    splits[stamps >= test_s - 1e-3] = TEST
    return splits
