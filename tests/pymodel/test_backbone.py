"""The training model is the shipped model, fused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pymodel.networks.fused import MovingStatistics, assign_weights, fused, weights_of
from pymodel.networks.mobilenet_v2 import build_model, fixed_model

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")


def step(layers: list[Any], image: Any, weight: Any) -> tuple[Any, list[Any]]:
    """What layers give one after the other while training, and the gradients of the image and of each weight in order."""
    with tf.GradientTape() as tape:
        tape.watch(image)
        output = image
        for layer in layers:
            output = layer(output, training=True)
        loss = tf.reduce_mean(weight * output)
    variables = [variable for layer in layers for variable in layer.trainable_variables]
    return output, tape.gradient(loss, [image, *variables])


def unit(taken: int, given: int, most: float | None) -> Any:
    """A 1x1 convolution with normalization, and ReLU cut at `most` where that is told."""
    image = keras.Input((None, None, taken))
    x = keras.layers.Conv2D(given, 1, use_bias=False, name="conv")(image)
    x = keras.layers.BatchNormalization(momentum=0.9, name="norm")(x)
    return keras.Model(image, x if most is None else keras.layers.ReLU(most, name="relu")(x))


@pytest.mark.parametrize(
    ("given", "most", "kinds"),
    [
        (12, 6.0, ["ExpansionUnit"]),
        (9, 6.0, ["Pointwise", "FusedBatchNormalization", "ReLU"]),
        (12, None, ["Pointwise", "FusedBatchNormalization"]),
        (12, 4.0, ["Pointwise", "FusedBatchNormalization", "ReLU"]),
    ],
)
def test_a_fused_unit_computes_and_learns_what_the_plain_one_does(given: int, most: float | None, kinds: list[str]) -> None:
    keras.utils.set_random_seed(3)
    plain = unit(5, given, most)
    rng = np.random.default_rng(0)
    plain.get_layer("norm").set_weights([np.linspace(low, 2, given, dtype=np.float32) for low in (0.5, -1, -2, 0.3)])
    copy = fused(plain)
    assert [type(layer).__name__ for layer in copy.layers[1:]] == kinds
    image = tf.constant(rng.normal(0.5, 2, (4, 5, 7, 5)), tf.float32)
    weight = tf.constant(rng.normal(0, 1, (4, 5, 7, given)), tf.float32)
    np.testing.assert_allclose(copy(image, training=False), plain(image, training=False), atol=2e-5)
    (one, gradients), (other, others) = (step(model.layers[1:], image, weight) for model in (copy, plain))
    np.testing.assert_allclose(one, other, atol=3e-5)
    for a, b in zip(gradients, others, strict=True):
        np.testing.assert_allclose(np.reshape(a, np.shape(b)), b, atol=2e-5)
    moved, expected = weights_of(copy), weights_of(plain)
    assert moved.keys() == expected.keys() == {"conv", "norm"}
    np.testing.assert_allclose(moved["norm"][2], expected["norm"][2], atol=1e-5)
    np.testing.assert_allclose(moved["norm"][3], expected["norm"][3], rtol=1.1 / (4 * 5 * 7))


def test_the_fused_backbone_has_expansion_units_pads_by_itself_and_keeps_its_weights() -> None:
    keras.utils.set_random_seed(5)
    plain = build_model(96, 0.35, "none", "points", 3)
    for layer in plain.layers:
        layer.set_weights([value + np.float32(0.01) for value in layer.get_weights()])
    copy = fused(plain)
    names = [type(layer).__name__ for layer in copy.layers]
    assert names.count("ExpansionUnit") == 18, names
    assert "ZeroPadding2D" not in names
    assert "BatchNormalization" not in names
    image = np.random.default_rng(1).uniform(-1, 1, (2, 96, 96, 3)).astype(np.float32)
    np.testing.assert_allclose(copy(image), plain(image), atol=1e-4)
    for name, values in weights_of(copy).items():
        for a, b in zip(values, weights_of(plain)[name], strict=True):
            np.testing.assert_array_equal(a, b)


def test_statistics_as_one_vector_move_as_the_layers_do() -> None:
    keras.utils.set_random_seed(3)
    copy = fused(unit(6, 24, 6.0))
    image = tf.constant(np.random.default_rng(4).normal(1, 2, (4, 5, 7, 6)), tf.float32)
    begun = weights_of(copy)
    for _ in range(2):
        copy(image, training=True)
    expected = weights_of(copy)["norm"]
    assign_weights(copy, begun)
    statistics = MovingStatistics(copy)
    with statistics.collecting() as collected:
        copy(image, training=True)
    np.testing.assert_array_equal(weights_of(copy)["norm"][2], begun["norm"][2])
    statistics.update(statistics.pack(collected), parts=2)
    statistics.unpack()
    for place in (2, 3):
        np.testing.assert_allclose(weights_of(copy)["norm"][place], expected[place], rtol=1e-5)
        assert not np.allclose(expected[place], begun["norm"][place])


def test_statistics_of_values_far_from_zero_are_exact_enough() -> None:
    """Mean and variance by the covariance of what is taken: far from zero, where squares cancel."""
    image = tf.constant(np.random.default_rng(2).normal(20, 1, (8, 16, 16, 6)), tf.float32)
    plain = unit(6, 24, 6.0)
    copy = fused(plain)
    a, b = (np.asarray(model(image, training=True)) for model in (copy, plain))
    np.testing.assert_allclose(a, b, atol=0.01)


@pytest.mark.parametrize(("head", "pooling"), [("points", "max"), ("regress", "max"), ("regress", "avg")])
def test_the_fixed_model_says_what_the_trained_one_does(head: Any, pooling: str) -> None:
    keras.utils.set_random_seed(5)
    trained = build_model(None, 0.35, "none", head, 11, pooling)
    shipped = fixed_model(trained, 64, 0.35, head, 2, pooling)
    image = np.random.default_rng(1).uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32)
    whole, part = np.asarray(trained(image)), np.asarray(shipped(image))
    expected = whole[..., :2] if head == "points" else whole[:, :2]
    np.testing.assert_allclose(part, expected, atol=1e-4)
