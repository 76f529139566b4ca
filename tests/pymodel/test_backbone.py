"""The training model is the shipped model, only faster."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pymodel.backbone import build_model, fixed_model

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")


def norms(model: Any) -> list[Any]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]


def step(layer: Any, image: Any, weight: Any) -> tuple[Any, list[Any]]:
    with tf.GradientTape() as tape:
        tape.watch(image)
        output = layer(image, training=True)
        loss = tf.reduce_mean(weight * output)
    return output, tape.gradient(loss, [image, *layer.trainable_variables])


def test_fused_normalization_computes_what_keras_does() -> None:
    trained, shipped = (build_model(size, 0.35, "none", "points", 3) for size in (None, 64))
    assert {type(layer).__name__ for layer in norms(trained)} == {"FusedBatchNormalization"}
    assert {type(layer).__name__ for layer in norms(shipped)} == {"BatchNormalization"}
    rng = np.random.default_rng(0)
    for fast, plain in zip(norms(trained), norms(shipped), strict=True):
        assert (fast.name, fast.momentum, fast.epsilon) == (plain.name, plain.momentum, plain.epsilon)
        channels, samples = plain.gamma.shape[0], 4 * 5 * 7
        image, weight = (tf.constant(rng.normal(0.5, 2, (4, 5, 7, channels)), tf.float32) for _ in range(2))
        for layer in (fast, plain):
            layer.set_weights([np.linspace(low, 2, channels, dtype=np.float32) for low in (0.5, -1, -2, 0.3)])
        (one, gradients), (other, others) = step(fast, image, weight), step(plain, image, weight)
        np.testing.assert_allclose(one, other, atol=2e-5)
        for a, b in zip(gradients, others, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
        np.testing.assert_allclose(fast.moving_mean, plain.moving_mean, atol=1e-5)
        np.testing.assert_allclose(fast.moving_variance, plain.moving_variance, rtol=1.1 / samples)
        np.testing.assert_allclose(fast(image, training=False), plain(image, training=False), atol=0.1)


@pytest.mark.parametrize(("head", "pooling"), [("points", "max"), ("regress", "max"), ("regress", "avg")])
def test_the_fixed_model_says_what_the_trained_one_does(head: Any, pooling: str) -> None:
    keras.utils.set_random_seed(5)
    trained = build_model(None, 0.35, "none", head, 11, pooling)
    shipped = fixed_model(trained, 64, 0.35, head, 2, pooling)
    image = np.random.default_rng(1).uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32)
    whole, part = np.asarray(trained(image)), np.asarray(shipped(image))
    expected = whole[..., :2] if head == "points" else whole[:, :2]
    np.testing.assert_allclose(part, expected, atol=1e-4)
