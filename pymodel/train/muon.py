"""Muon: orthogonalized momentum, for the matrices that mix a network's channels.

Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024; scaled as in Liu et al., Muon is Scalable for
LLM Training, 2025, so that it shares AdamW's learning rate. A direction in which few examples pull is learnt as fast as one in
which all do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

Shape = tuple[int, int]
"""Rows (inputs) and columns (outputs) of a matrix."""

MIN_ROWS, MIN_COLUMNS = 16, 8
"""Orthogonalizing smaller matrices gains nothing."""

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""a, b, c of the step x ← a x + b (x xᵀ) x + c (x xᵀ)² x: five steps bring singular values in [0.01, 1] close to 1."""

STEPS = 5


def is_matrix(path: str, shape: Sequence[int]) -> bool:
    """Whether a variable mixes channels: the kernel of a dense layer or a convolution, unless it is depthwise or small."""
    if not path.endswith("kernel") or "depthwise" in path:
        return False
    rows, columns = matrix_shape(shape)
    return rows >= MIN_ROWS and columns >= MIN_COLUMNS


def matrix_shape(shape: Sequence[int]) -> Shape:
    """Of a kernel, whose last axis is the outputs."""
    rows = 1
    for side in shape[:-1]:
        rows *= int(side)
    return rows, int(shape[-1])


def orthogonalized(packed: tf.Tensor, shapes: Sequence[Shape]) -> tf.Tensor:
    """Matrices with their singular values brought close to 1, then scaled to a root mean square close to 1.

    Args:
        packed: (n,) all matrices, one after the other, each row by row.
        shapes: of each matrix.

    Returns:
        (n,) in the same order.
    """
    import tensorflow as tf

    parts = tf.split(packed, [rows * columns for rows, columns in shapes])
    by_shape: dict[Shape, list[int]] = defaultdict(list)
    for i, shape in enumerate(shapes):
        by_shape[min(shape), max(shape)].append(i)
    results: dict[int, tf.Tensor] = {}
    for (short, long), members in by_shape.items():
        wide = [_transposed(tf.reshape(parts[i], shapes[i]), shapes[i][0] != short) for i in members]
        orthogonal = _newton_schulz(tf.stack(wide)) * long**0.5
        for i, matrix in zip(members, tf.unstack(orthogonal), strict=True):
            results[i] = tf.reshape(_transposed(matrix, shapes[i][0] != short), [-1])
    return tf.concat([results[i] for i in range(len(parts))], 0)


def _newton_schulz(x: tf.Tensor) -> tf.Tensor:
    """(N, short, long) → the same singular vectors, with values close to 1."""
    import tensorflow as tf

    a, b, c = NEWTON_SCHULZ
    x /= tf.norm(x, axis=(1, 2), keepdims=True) + 1e-12
    for _ in range(STEPS):
        square = tf.matmul(x, x, transpose_b=True)
        x = a * x + tf.matmul(b * square + c * tf.matmul(square, square), x)
    return x


def _transposed(matrix: tf.Tensor, when: bool) -> tf.Tensor:
    import tensorflow as tf

    return tf.transpose(matrix) if when else matrix
