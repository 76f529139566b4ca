"""Muon: momentum whose singular values are made equal, for the matrices between a network's channels.

Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024; the scale is that of Liu et al., Muon is
Scalable for LLM Training, 2025, by which AdamW's learning rate serves both. A direction that few examples ask for is learnt as
fast as one that all do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

Shape = tuple[int, int]
"""Rows: what a matrix takes in; columns: what it gives."""

LEAST_ROWS, LEAST_COLUMNS = 16, 8
"""Smaller ones have hardly a direction to spare."""

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Of a step x ← a x + b (x xᵀ) x + c (x xᵀ)² x: five of them bring singular values of [0.01, 1] near 1."""

STEPS = 5


def is_matrix(path: str, shape: Sequence[int]) -> bool:
    """Whether a variable mixes channels: a dense or convolution kernel, not one that looks at each channel by itself."""
    if not path.endswith("kernel") or "depthwise" in path:
        return False
    rows, columns = matrix_shape(shape)
    return rows >= LEAST_ROWS and columns >= LEAST_COLUMNS


def matrix_shape(shape: Sequence[int]) -> Shape:
    """A kernel as a matrix; its last axis is what it gives."""
    rows = 1
    for side in shape[:-1]:
        rows *= int(side)
    return rows, int(shape[-1])


def orthogonalized(tf: Any, flat: Any, shapes: Sequence[Shape]) -> Any:
    """Matrices with their singular values near 1, scaled to a root mean square near 1.

    Args:
        flat: (n,) all matrices, row by row, one after the other.
        shapes: of each.

    Returns:
        (n,) in the same order.
    """
    parts = tf.split(flat, [rows * columns for rows, columns in shapes])
    alike: dict[Shape, list[int]] = defaultdict(list)
    for i, shape in enumerate(shapes):
        alike[min(shape), max(shape)].append(i)
    done: list[Any] = [None] * len(parts)
    for (short, long), members in alike.items():
        wide = [_turned(tf, tf.reshape(parts[i], shapes[i]), shapes[i][0] != short) for i in members]
        straight = _newton_schulz(tf, tf.stack(wide)) * long**0.5
        for i, matrix in zip(members, tf.unstack(straight), strict=True):
            done[i] = tf.reshape(_turned(tf, matrix, shapes[i][0] != short), [-1])
    return tf.concat(done, 0)


def _newton_schulz(tf: Any, x: Any) -> Any:
    """(N, short, long) → the same singular vectors, values near 1."""
    a, b, c = NEWTON_SCHULZ
    x /= tf.norm(x, axis=(1, 2), keepdims=True) + 1e-12
    for _ in range(STEPS):
        square = tf.matmul(x, x, transpose_b=True)
        x = a * x + tf.matmul(b * square + c * tf.matmul(square, square), x)
    return x


def _turned(tf: Any, matrix: Any, turn: bool) -> Any:
    return tf.transpose(matrix) if turn else matrix
