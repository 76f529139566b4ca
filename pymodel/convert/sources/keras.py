"""Keras models of others: `.keras` and `.h5`, any number of inputs and outputs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appspec.errors import KitError
from pymodel.convert.loaded import Input, Loaded
from pymodel.convert.request import Request, check_shape_names, fixed_shape
from pymodel.convert.tracing import require_numbers, trace

if TYPE_CHECKING:
    import tensorflow as tf

EXPORT = "save it where its code is: model.export(FOLDER), and convert that SavedModel"


def load(request: Request) -> Loaded:
    """The model, in inference mode. Code inside the file (Lambda layers) is never run.

    Raises:
        KitError: it can't be loaded without the code it was made with, or its inputs aren't certain.
    """
    model = _open(request)
    given, gives = list(getattr(model, "inputs", None) or ()), list(getattr(model, "outputs", None) or ())
    if not given or not gives:
        raise KitError(request.what, "the model doesn't say what its inputs are", EXPORT)
    names = [str(tensor.name) for tensor in given]
    check_shape_names(request, names)
    inputs = []
    for name, tensor in zip(names, given, strict=True):
        require_numbers(request, name, str(tensor.dtype))
        inputs.append(Input(name, fixed_shape(request, name, tuple(tensor.shape)), str(tensor.dtype)))
    outputs = _distinct([str(name) for name in getattr(model, "output_names", ())] or [str(tensor.name) for tensor in gives])

    def call(values: Mapping[str, tf.Tensor]) -> Mapping[str, tf.Tensor]:
        import keras

        tensors = [values[name] for name in names]
        answer = keras.tree.flatten(model(tensors if len(tensors) > 1 else tensors[0], training=False))
        return dict(zip(outputs, answer, strict=True))

    return trace(call, inputs, outputs)


def _open(request: Request) -> Any:
    import h5py
    import keras

    path = request.source
    try:
        if h5py.is_hdf5(path):
            with h5py.File(path) as file:
                whole = "model_config" in file.attrs
            if not whole:
                fix = "save the whole model: model.save(FILE)"
                raise KitError(request.what, "the .h5 holds weights alone, without the network", fix)
        with _named_as_it_is(path) as named:
            return keras.saving.load_model(named, compile=False)
    except (ValueError, TypeError, KeyError, OSError, ImportError, AttributeError, NotImplementedError) as error:
        words = " ".join(str(error).split())
        if "Lambda" in words:
            raise KitError(
                request.what, "it has a Lambda layer: code of a foreign file, which the kit never runs", EXPORT
            ) from error
        raise KitError(request.what, f"Keras can't load it: {words[:300]}", EXPORT) from error


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
