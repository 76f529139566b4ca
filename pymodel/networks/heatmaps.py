"""Heatmaps of points, on tensors: the soft-argmax of pymodel.inference.decoders, and the loss that shapes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

HEATMAP_SIGMA = 1.0
"""Standard deviation of the target Gaussians, in cells."""


def soft_argmax(logits: tf.Tensor) -> tf.Tensor:
    """pymodel.inference.decoders.decode_points, on a batch: (N, G, G, K) → (N, K, 2)."""
    import tensorflow as tf

    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    share = tf.reshape(tf.nn.softmax(tf.reshape(logits, (-1, rows * columns, count)), axis=1), (-1, rows, columns, count))
    x = tf.einsum("nrck,c->nk", share, _centres(columns))
    y = tf.einsum("nrck,r->nk", share, _centres(rows))
    return tf.stack([x, y], -1)


def inside_input(points: tf.Tensor) -> tf.Tensor:
    """1.0 for points (…, 2) within the input square, else 0.0; unknown points are NaN and count as outside."""
    import tensorflow as tf

    return tf.cast(tf.reduce_all((points >= 0) & (points <= 1), -1), tf.float32)


def heatmap_loss(logits: tf.Tensor, points: tf.Tensor, sigma: float = HEATMAP_SIGMA) -> tf.Tensor:
    """Kullback–Leibler divergence of heatmaps (N, G, G, K) from Gaussians around the points (N, K, 2) within the input, nats.

    The regularizer of DSNT (Nibali et al., 2018): for soft-argmax alone, two peaks far apart can be as good as a single right
    one. It has the gradient of the cross-entropy, but reaches 0 where nothing is left to learn, which makes curves readable.
    """
    import tensorflow as tf

    rows, columns, count = tf.shape(logits)[1], tf.shape(logits)[2], logits.shape[3]
    inside = inside_input(points)
    points = tf.where(inside[..., None] > 0, points, 0.5)

    def gaussian(position: tf.Tensor, cells: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The Gaussian along one axis (N, K, cells), and its entropy (N, K); entropies of independent axes add up."""
        distance = (_centres(cells) - position[..., None]) * tf.cast(cells, tf.float32)
        logarithm = tf.nn.log_softmax(-0.5 * tf.square(distance / sigma), -1)
        return tf.exp(logarithm), -tf.reduce_sum(tf.exp(logarithm) * logarithm, -1)

    (down, down_entropy), (across, across_entropy) = gaussian(points[..., 1], rows), gaussian(points[..., 0], columns)
    target, cells = tf.einsum("nkr,nkc->nrck", down, across), (-1, rows * columns, count)
    cross_entropy = -tf.reduce_sum(tf.reshape(target, cells) * tf.nn.log_softmax(tf.reshape(logits, cells), axis=1), 1)
    divergence = cross_entropy - down_entropy - across_entropy
    return tf.reduce_sum(divergence * inside) / (tf.reduce_sum(inside) + 1e-6)


def _centres(cells: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    return (tf.range(cells, dtype=tf.float32) + 0.5) / tf.cast(cells, tf.float32)
