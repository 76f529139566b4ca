"""Random numbers that reach no output are left out of what is made; those that do are refused, however small or seldom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appspec.errors import KitError
from appspec.tflite_file import read_tflite
from pymodel.convert.recognize import recognize
from pymodel.convert.request import Request
from pymodel.quantize.study_work import work
from tests.pymodel.convert.kit import convert_here, refused

WEIGHTS = np.float32([[1, 2, 3], [4, 5, 6], [7, 8, 10], [1, 0, 1]])
Build = Callable[[Any], Any]
"""What comes before a matrix product, from the input (1, 4)."""


def classic(x: Any) -> Any:
    """As written by hand in 2016: the placeholder's shape open, floor(1 + uniform) in the graph."""
    import tensorflow as tf

    keep = tf.compat.v1.placeholder(tf.float32, name="keep_prob")
    return x / keep * tf.floor(keep + tf.compat.v1.random_uniform(tf.shape(x)))


def selected(x: Any) -> Any:
    import tensorflow as tf

    training = tf.compat.v1.placeholder(tf.bool, [], name="is_training")
    return tf.where(training, tf.compat.v1.nn.dropout(x, rate=0.5), x)


def scaled_by_zero(x: Any) -> Any:
    import tensorflow as tf

    gumbel = -tf.math.log(-tf.math.log(tf.compat.v1.random_uniform(tf.shape(x))))
    return x + (gumbel + tf.compat.v1.random_normal([4])) * tf.compat.v1.placeholder_with_default(0.0, [], name="noise")


def shuffled_sum(x: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_sum(tf.gather(x, tf.compat.v1.random_shuffle(tf.range(4)), axis=1), 1, keepdims=True) * tf.ones([1, 4])


def on_by_default(x: Any) -> Any:
    import tensorflow as tf

    return tf.compat.v1.nn.dropout(x, rate=1 - tf.compat.v1.placeholder_with_default(0.5, [], name="keep_prob"))


def active(x: Any) -> Any:
    import tensorflow as tf

    return tf.compat.v1.nn.dropout(x, rate=0.5, name="drop")


def seldom(x: Any) -> Any:
    import tensorflow as tf

    return tf.compat.v1.nn.dropout(x, rate=1e-6, name="drop")


def small(x: Any) -> Any:
    import tensorflow as tf

    return x + 1e-4 * tf.compat.v1.random_normal([4], name="drop")


def whole_numbers(x: Any) -> Any:
    import tensorflow as tf

    return x * tf.cast(tf.compat.v1.random_uniform([4], 1, 3, tf.int32, name="drop"), tf.float32)


def frozen(build: Build, folder: Path) -> Path:
    import tensorflow as tf

    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")
        tf.matmul(build(x), WEIGHTS, name="y")
    tf.io.write_graph(graph.as_graph_def(), str(folder), f"{build.__name__}.pb", as_text=False)
    return folder / f"{build.__name__}.pb"


def saved_by_tf1(build: Build, folder: Path) -> Path:
    """A signature whose keys are no names that Python has."""
    import tensorflow as tf

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")
        y = tf.matmul(build(x), tf.compat.v1.get_variable("w", initializer=WEIGHTS))
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.saved_model.simple_save(session, str(folder / "saved"), {"in": x}, {"out-1": y})
    return folder / "saved"


def saved(build: Build, folder: Path) -> Path:
    """The same in a branch of TensorFlow 2, whose body is a function of its own."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([None, 4], name="x")])
    def forward(x: Any) -> dict[str, Any]:
        return {"y": tf.matmul(tf.cond(tf.reduce_sum(x) > -1e9, lambda: build(x), lambda: x), WEIGHTS)}

    tf.saved_model.save(tf.Module(), str(folder / "saved2"), signatures={"serving_default": forward})
    return folder / "saved2"


def in_a_branch(x: Any) -> Any:
    import tensorflow as tf

    return x * tf.floor(1.0 + tf.random.uniform(tf.shape(x)))


def answer(path: Path, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    found: np.ndarray[Any, Any] = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return found


X = np.float32([[0.5, -1, 2, 3]])


@pytest.mark.parametrize(
    ("make", "build", "expected"),
    [
        (frozen, classic, X),
        (frozen, selected, X),
        (frozen, scaled_by_zero, X),
        (frozen, shuffled_sum, np.full((1, 4), 4.5)),
        (frozen, on_by_default, X),
        (saved_by_tf1, classic, X),
        (saved, in_a_branch, X),
    ],
)
def test_random_numbers_that_reach_no_output_are_left_out(
    make: Callable[[Build, Path], Path], build: Build, expected: np.ndarray[Any, Any], tmp_path: Path
) -> None:
    made = convert_here(make(build, tmp_path))
    assert np.allclose(answer(made.path, X), expected @ WEIGHTS, atol=1e-4)
    operators = {node.op for graph in read_tflite(made.path).graphs for node in graph.nodes}
    assert not [name for name in operators if "RANDOM" in name or "MULTINOMIAL" in name]


@pytest.mark.parametrize("build", [active, seldom, small, whole_numbers])
def test_random_numbers_that_reach_one_are_refused_by_convert_and_quantize_alike(build: Build, tmp_path: Path) -> None:
    path = frozen(build, tmp_path)
    error = refused(path)
    assert "otherwise each time (output y)" in error.why
    assert "(drop" in error.why
    request = Request(path, recognize(path))
    job = {"request": request.to_json(), "modes": ["float16"], "folder": str(tmp_path), "log": str(tmp_path / "log")}
    with pytest.raises(KitError) as caught:
        work(job)
    assert (caught.value.what, caught.value.why, caught.value.fix) == (error.what, error.why, error.fix)
