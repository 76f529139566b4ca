"""Keras models of others: `.keras` and `.h5`, of Keras 3 and of Keras 2, any number of inputs and outputs."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appspec.errors import KitError
from pymodel.convert.keras_config import KerasFile, read_keras_file
from pymodel.convert.loaded import Input, Loaded
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.convert.tracing import require_numbers, trace

if TYPE_CHECKING:
    import tensorflow as tf

EXPORT = "save it where its code is: model.export(FOLDER), and convert that SavedModel"
LOWER = ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16")
"""Types that a training computes in to be faster, and TFLite does not."""

DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, NotImplementedError, RecursionError)


def load(request: Request) -> Loaded:
    """The model, in inference mode. Code inside the file (Lambda layers) is never run.

    Raises:
        KitError: it can't be loaded without the code it was made with, or its inputs aren't certain.
    """
    file, model = _open(request)
    given, gives = list(getattr(model, "inputs", None) or ()), list(getattr(model, "outputs", None) or ())
    if not given or not gives:
        raise KitError(request.what, "the model doesn't say what its inputs are", EXPORT)
    _require_no_state(request, model)
    model, notes = _in_float32(model)
    given, gives = list(model.inputs), list(model.outputs)
    names = [str(tensor.name) for tensor in given]
    check_shape_names(request, names)
    inputs = []
    for name, tensor in zip(names, given, strict=True):
        dtype = _numpy_name(tensor.dtype)
        require_numbers(request, name, dtype)
        inputs.append(Input(name, fixed_shape(request, name, tuple(tensor.shape)), dtype))
    outputs = _distinct(_output_names(model, gives))
    tree = _tree(file)

    def call(values: Mapping[str, tf.Tensor]) -> Mapping[str, tf.Tensor]:
        answer = model(tree.pack_sequence_as(_nest(model, "input"), [values[name] for name in names]), training=False)
        return dict(zip(outputs, tree.flatten(answer), strict=True))

    return trace(request.what, call, inputs, outputs, notes)


def _tree(file: KerasFile) -> Any:
    """What takes nests of tensors apart as this Keras does."""
    if file.generation == 2:
        import tensorflow as tf

        return tf.nest
    import keras

    return keras.tree


def _nest(model: Any, end: str) -> Any:
    """The model's inputs or outputs as its maker nested them: a list, a dictionary, or one alone."""
    try:
        return getattr(model, end)
    except AttributeError:  # a Sequential of Keras 3 that was loaded has only the flat list
        (only,) = getattr(model, f"{end}s")
        return only


def _numpy_name(dtype: Any) -> str:
    return str(getattr(dtype, "name", dtype))


def _output_names(model: Any, tensors: list[Any]) -> list[str]:
    """As the model's maker calls them: the keys of a dictionary; else the layers that make them."""
    nest = _nest(model, "output")
    if isinstance(nest, dict):
        keys = {id(tensor): str(key) for key, tensor in nest.items()}
        if all(id(tensor) in keys for tensor in tensors):
            return [keys[id(tensor)] for tensor in tensors]
    if names := [str(name) for name in getattr(model, "output_names", None) or ()]:
        return names
    return [str(model.layers[-1].name)] if len(tensors) == 1 else [str(tensor.name) for tensor in tensors]


def _require_no_state(request: Request, model: Any) -> None:
    for layer in model._flatten_layers():
        if layer is not model and getattr(layer, "stateful", False):
            raise KitError(
                request.what,
                f"layer {layer.name} is stateful: it keeps numbers from one call to the next, and the same input has several answers",
                "build the same layers with stateful=False, give them the weights (new.set_weights(model.get_weights())), save that",
            )


def _in_float32(model: Any) -> tuple[Any, tuple[str, ...]]:
    """The same network in float32, where it was trained in a shorter type; its weights are float32, or become so."""
    types = {str(layer.compute_dtype) for layer in model._flatten_layers() if layer.compute_dtype}
    lower = sorted(types & {"float16", "bfloat16"})
    if not lower:
        return model, ()
    other = type(model).from_config(_with_float32(model.get_config()))
    other.set_weights([weights.astype("float32") if weights.dtype.kind in "fV" else weights for weights in model.get_weights()])
    return other, (f"it was trained in {' and '.join(lower)}; here it is computed in float32",)


def _with_float32(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_float32(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_with_float32(one) for one in value)
    return "float32" if isinstance(value, str) and value in LOWER else value


def _open(request: Request) -> tuple[KerasFile, Any]:
    try:
        file = read_keras_file(request.source)
    except DAMAGED as error:
        words = " ".join(str(error).split())[:200]
        raise KitError(request.what, f"the file is damaged or cut off: {words}", "copy or save it again") from error
    if not file.whole:
        why = "it holds weights alone, without the network" if request.source.suffix != ".keras" else "it holds no weights"
        raise KitError(request.what, why, "save the whole model: model.save(FILE)")
    if file.code:
        why = f"it has a Lambda layer ({file.code[0]}): code of a foreign file, which the kit never runs"
        raise KitError(request.what, why, EXPORT)
    if file.classes:
        why = f"it has classes that are not Keras' own: {', '.join(file.classes[:5])}; their code is not in the file"
        raise KitError(request.what, why, EXPORT)
    if file.quantized:
        why = f"Keras itself has quantized it ({file.quantized}), and TensorFlow Lite has no operators for its layers then"
        fix = "save the model before model.quantize(), and convert that; --quantize int8 makes it small here"
        raise KitError(request.what, why, fix)
    try:
        with _named_as_it_is(request.source) as named:
            if file.generation == 2:
                import tf_keras

                return file, tf_keras.models.load_model(named, compile=False)
            import keras

            return file, keras.saving.load_model(named, compile=False)
    except DAMAGED as error:
        raise _refusal(request, file, str(error)) from error


def _refusal(request: Request, file: KerasFile, words: str) -> KitError:
    """Keras' own words, without the whole configuration that it repeats before it comes to the point."""
    import keras

    named = r"(?:Unknown (?:layer|object|activation function)\w*:?|Could not locate (?:class|function)) *'?([\w>]+)'?"
    unknown = re.search(named, words)
    if unknown:
        why = f"it has a class or function that is not Keras' own: {unknown[1].rpartition('>')[2]}; its code is not in the file"
        return KitError(request.what, why, EXPORT)
    said = words.rpartition("Exception encountered:")[2] if "Exception encountered:" in words else words
    short = " ".join(said.split())[:300]
    if _numbers(file.version) > _numbers(keras.__version__):
        why = f"it was saved by Keras {file.version}, and this is {keras.__version__}: {short}"
        return KitError(request.what, why, f"{EXPORT}; or save it again with Keras {keras.__version__}")
    return KitError(request.what, f"Keras can't load it: {short}", EXPORT)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


@contextmanager
def _named_as_it_is(path: Path) -> Iterator[Path]:
    """The file under a name that ends as Keras wants it: Keras goes by the name, we by the content."""
    with path.open("rb") as file:
        right = (".keras",) if file.read(2) == b"PK" else (".h5", ".hdf5")
    if path.suffix in right:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copyfile(path, Path(folder, f"model{right[0]}")))


def _distinct(names: list[str]) -> list[str]:
    """The names, numbered where two are the same."""
    return [name if names.count(name) == 1 else f"{name}_{i}" for i, name in enumerate(names)]
