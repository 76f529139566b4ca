"""Where several looks agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pymodel.inference.vote import Floats, vote


def voted(*looks: tuple[float, float, float], side: float = 100.0) -> tuple[list[float], float]:
    """Of looks (x, y, confidence) at one point."""
    values = np.array(looks, np.float32)
    points, confidence = vote(values[:, None, :2], values[:, None, 2], side)
    return points[0].tolist(), float(confidence[0])


def test_looks_that_agree_keep_point_and_confidence() -> None:
    point, confidence = voted((40, 20, 0.5), (40, 20, 0.5), (40, 20, 0.5))
    assert point == pytest.approx([40, 20])
    assert confidence == pytest.approx(0.5)


def test_two_that_agree_outvote_a_surer_one() -> None:
    point, confidence = voted((10, 10, 0.7), (60, 60, 0.4), (61, 60, 0.4))
    assert point == pytest.approx([60.5, 60], abs=0.02)
    assert confidence == pytest.approx(2 / 3 * 0.4, abs=0.01), "of three looks"


def test_a_sure_one_outvotes_two_that_are_not() -> None:
    assert voted((10, 10, 0.9), (60, 60, 0.3), (61, 60, 0.3))[0] == pytest.approx([10, 10])


def test_none_agree_the_surest_counts() -> None:
    point, confidence = voted((10, 10, 0.3), (60, 60, 0.4), (90, 10, 0.35))
    assert point == pytest.approx([60, 60])
    assert confidence == pytest.approx(0.4 / 3)


def test_reach_is_a_share_of_the_square() -> None:
    apart = [(50.0, 50.0, 0.5), (58.0, 50.0, 0.5), (54.0, 50.0, 0.5)]
    assert voted(*apart, side=400)[0] == pytest.approx([54, 50], abs=0.01)
    assert voted(*apart, side=10)[0] == pytest.approx([50, 50], abs=0.01), "none agree, the first of equals"


def test_no_confidence_is_none() -> None:
    point, confidence = voted((10, 10, 0.0), (60, 60, 0.0), (90, 10, 0.0))
    assert np.isfinite(point).all()
    assert confidence == 0.0


@given(st.integers(0, 10**6))
def test_each_point_votes_for_itself_and_stays_among_its_looks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points: Floats = rng.uniform(0, 100, (3, 4, 2)).astype(np.float32)
    confidence: Floats = rng.uniform(0.05, 1, (3, 4)).astype(np.float32)
    settled, sure = vote(points, confidence, 150.0)
    for k in range(4):
        alone, sure_alone = vote(points[:, k : k + 1], confidence[:, k : k + 1], 150.0)
        np.testing.assert_allclose(settled[k], alone[0], rtol=1e-6)
        np.testing.assert_allclose(sure[k], sure_alone[0], rtol=1e-6)
    assert (settled >= points.min(0) - 1e-3).all()
    assert (settled <= points.max(0) + 1e-3).all()
    assert (sure <= confidence.max(0) + 1e-6).all()
