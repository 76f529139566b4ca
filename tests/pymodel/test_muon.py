"""Muon's change of a matrix is the matrix with equal singular values, by numpy's own decomposition."""

from __future__ import annotations

import numpy as np
import pytest

from pymodel.quiet import quiet_environment
from pymodel.train.muon import is_matrix, matrix_shape, orthogonalized


@pytest.mark.parametrize("seed", range(3))
def test_singular_values_become_equal_and_directions_stay(seed: int) -> None:
    quiet_environment()
    rng = np.random.default_rng(seed)
    shapes = [(16, 96), (96, 16), (48, 48), (16, 96)]
    matrices = [rng.normal(size=shape).astype(np.float32) * 10.0 ** rng.integers(-6, 3) for shape in shapes]
    flat = orthogonalized(np.concatenate([matrix.ravel() for matrix in matrices]), shapes).numpy()
    changed = [part.reshape(shape) for part, shape in zip(np.split(flat, np.cumsum([1536] * 2 + [2304])), shapes, strict=True)]
    for before, after in zip(matrices, changed, strict=True):
        left, values, right = np.linalg.svd(before, full_matrices=False)
        seen = left.T @ (after / max(before.shape) ** 0.5) @ right.T
        strong = values > 0.02 * values.max()
        assert np.abs(seen - np.diag(np.diag(seen))).max() < 1e-2
        assert ((np.diag(seen)[strong] > 0.6) & (np.diag(seen)[strong] < 1.3)).all()


def test_depthwise_small_and_plain_variables_are_no_matrices() -> None:
    assert is_matrix("block_3_expand/kernel", (1, 1, 16, 96))
    assert is_matrix("conv1d/kernel", (5, 8, 32))
    assert matrix_shape((5, 8, 32)) == (40, 32)
    for path, shape in (
        ("block_3_depthwise/kernel", (3, 3, 96, 1)),
        ("head_classes/kernel", (1280, 2)),
        ("stem/bias", (32,)),
        ("Conv1/kernel", (1, 1, 3, 16)),
    ):
        assert not is_matrix(path, shape)
