"""Heatmaps of points, on tensors: the soft-argmax of pymodel.inference.decoders, and the loss that shapes them."""

from __future__ import annotations

from typing import Any

HEATMAP_SIGMA = 1.0
"""Of the Gaussians that heatmaps are drawn to, in cells."""


def soft_argmax(tf: Any, logits: Any) -> Any:
    """pymodel.inference.decoders.decode_points, on a batch: (N, G, G, K) → (N, K, 2)."""
    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    share = tf.reshape(tf.nn.softmax(tf.reshape(logits, (-1, rows * columns, count)), axis=1), (-1, rows, columns, count))
    x = tf.einsum("nrck,c->nk", share, _centres(tf, columns))
    y = tf.einsum("nrck,r->nk", share, _centres(tf, rows))
    return tf.stack([x, y], -1)


def inside_input(tf: Any, points: Any) -> Any:
    """1.0 for points (…, 2) within the input square, else 0.0; a point that is not known is NaN, and not within it."""
    return tf.cast(tf.reduce_all((points >= 0) & (points <= 1), -1), tf.float32)


def heatmap_loss(tf: Any, logits: Any, points: Any, sigma: float = HEATMAP_SIGMA) -> Any:
    """Kullback–Leibler divergence of heatmaps (N, G, G, K) from Gaussians around the points (N, K, 2) within the input, nats.

    The regularizer of DSNT (Nibali et al., 2018): soft-argmax alone is as content with two far peaks as with a right one.
    It has the gradient of the cross-entropy, but is 0 where there is nothing left to learn, so that a curve tells how much is.
    """
    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    inside = inside_input(tf, points)
    points = tf.where(inside[..., None] > 0, points, 0.5)

    def share(position: Any, cells: Any) -> tuple[Any, Any]:
        """(N, K, cells) of one axis, and its entropy (N, K): those of independent axes add up."""
        distance = (_centres(tf, cells) - position[..., None]) * tf.cast(cells, tf.float32)
        logarithm = tf.nn.log_softmax(-0.5 * tf.square(distance / sigma), -1)
        return tf.exp(logarithm), -tf.reduce_sum(tf.exp(logarithm) * logarithm, -1)

    (down, down_entropy), (across, across_entropy) = share(points[..., 1], rows), share(points[..., 0], columns)
    target, cells = tf.einsum("nkr,nkc->nrck", down, across), (-1, rows * columns, count)
    cross_entropy = -tf.reduce_sum(tf.reshape(target, cells) * tf.nn.log_softmax(tf.reshape(logits, cells), axis=1), 1)
    divergence = cross_entropy - down_entropy - across_entropy
    return tf.reduce_sum(divergence * inside) / (tf.reduce_sum(inside) + 1e-6)


def _centres(tf: Any, cells: Any) -> Any:
    return (tf.range(cells, dtype=tf.float32) + 0.5) / tf.cast(cells, tf.float32)
