"""Heatmaps of points, on tensors: the soft-argmax of pymodel.decode, and the loss that shapes them."""

from __future__ import annotations

from typing import Any

HEATMAP_SIGMA = 1.0
"""Of the Gaussians that heatmaps are drawn to, in cells."""


def soft_argmax(tf: Any, logits: Any) -> Any:
    """pymodel.decode.decode_points, on a batch: (N, G, G, K) → (N, K, 2)."""
    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    share = tf.reshape(tf.nn.softmax(tf.reshape(logits, (-1, rows * columns, count)), axis=1), (-1, rows, columns, count))
    x = tf.einsum("nrck,c->nk", share, _centres(tf, columns))
    y = tf.einsum("nrck,r->nk", share, _centres(tf, rows))
    return tf.stack([x, y], -1)


def inside_input(tf: Any, points: Any) -> Any:
    """1.0 for points (…, 2) within the input square, else 0.0; a point that is not known is NaN, and not within it."""
    return tf.cast(tf.reduce_all((points >= 0) & (points <= 1), -1), tf.float32)


def heatmap_loss(tf: Any, logits: Any, points: Any, sigma: float = HEATMAP_SIGMA) -> Any:
    """Cross-entropy of heatmaps (N, G, G, K) with Gaussians around the points (N, K, 2) that lie within the input.

    The regularizer of DSNT (Nibali et al., 2018): soft-argmax alone is as content with two far peaks as with a right one.
    """
    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    inside = inside_input(tf, points)
    points = tf.where(inside[..., None] > 0, points, 0.5)

    def share(position: Any, cells: Any) -> Any:
        distance = (_centres(tf, cells) - position[..., None]) * tf.cast(cells, tf.float32)
        return tf.nn.softmax(-0.5 * tf.square(distance / sigma), -1)

    target = tf.einsum("nkr,nkc->nrck", share(points[..., 1], rows), share(points[..., 0], columns))
    cells = (-1, rows * columns, count)
    entropy = -tf.reduce_sum(tf.reshape(target, cells) * tf.nn.log_softmax(tf.reshape(logits, cells), axis=1), 1)
    return tf.reduce_sum(entropy * inside) / (tf.reduce_sum(inside) + 1e-6)


def _centres(tf: Any, cells: Any) -> Any:
    return (tf.range(cells, dtype=tf.float32) + 0.5) / tf.cast(cells, tf.float32)
