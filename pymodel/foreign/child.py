"""Runs a stranger's `.tflite` once; the program of a process of its own, which a bad file may take down.

    python child.py MODEL INPUTS.npz OUTPUTS.npz LARGEST_BYTES

INPUTS holds an array for each input of the graph, "0", "1" …; OUTPUTS gets one for each output.
"""

import sys

import numpy as np


def limit(largest: int) -> None:
    """Memory that this process may have."""
    try:
        import resource
    except ImportError:  # Windows: only the time is limited there
        return
    resource.setrlimit(resource.RLIMIT_AS, (largest, largest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(model: str, given: str, got: str, largest: str) -> None:
    limit(int(largest))
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=model, num_threads=1)
    with np.load(given, allow_pickle=False) as inputs:
        values = [inputs[str(i)] for i in range(len(inputs.files))]
    details = interpreter.get_input_details()
    for detail, value in zip(details, values, strict=True):
        if tuple(detail["shape"]) != value.shape:
            interpreter.resize_tensor_input(detail["index"], value.shape, strict=False)
    interpreter.allocate_tensors()
    for detail, value in zip(details, values, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    outputs = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    np.savez(got, **{str(i): value for i, value in enumerate(outputs)})


if __name__ == "__main__":
    main(*sys.argv[1:])
