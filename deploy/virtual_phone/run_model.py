"""A program of its own: runs one model on this computer and times it, as the job on its standard input says; answers as JSON.

The virtual phone starts it (host_model.py); a model that crashes it takes nothing else down.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

MOST_MEMORY = 8 * 2**30


def main() -> None:
    """Reads a job, writes a result on the last line; what was measured before an error stays in it."""
    _limit()
    job = json.load(sys.stdin)
    result: dict[str, Any] = {"stage": "init", "error": None, "warmup_ms": [], "runs_ms": [], "frame_ms": [], "memory": []}
    try:
        _measure(job, result)
    except Exception as error:  # whatever the runtime throws is told to the phone
        result["error"] = [type(error).__name__, str(error).replace("\n", " ")[:500]]
    sys.stdout.write("\n" + json.dumps(result) + "\n")


def _limit() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except ImportError:  # not on this system
        pass


def _measure(job: dict[str, Any], result: dict[str, Any]) -> None:
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    result["memory"].append(_resident())
    begin = time.perf_counter()
    interpreter = Interpreter(model_path=job["model"], num_threads=max(1, job["threads"]))
    interpreter.allocate_tensors()
    result["init_ms"] = _since(begin)
    result["memory"].append(_resident())
    result["nodes"] = _nodes(interpreter._get_ops_details())
    result["stage"] = "run"
    details = interpreter.get_input_details()
    for detail in details:
        interpreter.set_tensor(detail["index"], _pattern(np, detail))
    result["first_ms"] = _timed(interpreter.invoke)
    _repeat(interpreter.invoke, result["warmup_ms"], job["warmup_runs"], job.get("warmup_seconds", 0.0))
    _repeat(interpreter.invoke, result["runs_ms"], job["num_runs"], job["min_seconds"])
    result["memory"].append(_resident())
    result["stage"] = "frame"
    if job["frames"]:
        frame = _frame(np, interpreter, details[0])
        _repeat(frame, result["frame_ms"], job["num_runs"], job["min_seconds"])
    result["inputs"] = [[detail["name"], [int(size) for size in detail["shape"]]] for detail in details]
    result["peak_bytes"] = _peak()


def _repeat(action: Any, times: list[float], count: int, seconds: float) -> None:
    begin = time.perf_counter()
    while len(times) < count or time.perf_counter() - begin < seconds:
        times.append(_timed(action))


def _timed(action: Any) -> float:
    begin = time.perf_counter()
    action()
    return _since(begin)


def _since(begin: float) -> float:
    return round((time.perf_counter() - begin) * 1000, 4)


def _pattern(np: Any, detail: dict[str, Any]) -> Any:
    """An input that is always the same: a sawtooth for numbers of a picture, zeros for those that may be indices."""
    shape, kind = detail["shape"], np.dtype(detail["dtype"])
    if kind in (np.int32, np.int64, np.bool_):
        return np.zeros(shape, kind)
    values = np.arange(int(np.prod(shape))).reshape(shape) * 7 % 256
    return (values / 127.5 - 1).astype(kind) if kind.kind == "f" else (values - (128 if kind == np.int8 else 0)).astype(kind)


def _frame(np: Any, interpreter: Any, detail: dict[str, Any]) -> Any:
    """A whole frame: the input is made anew (from a picture of 640 x 480 where it is one), the model runs, the output is read."""
    shape = [int(size) for size in detail["shape"]]
    values = _pattern(np, detail)
    output = interpreter.get_output_details()[0]["index"]
    picture = np.arange(480 * 640 * 3, dtype=np.uint32).reshape(480, 640, 3).astype(np.uint8)
    is_picture = len(shape) == 4 and shape[3] == 3
    rows, columns = (
        (np.arange(side) * edge // side for side, edge in zip(shape[1:3], (480, 640), strict=False))
        if is_picture
        else (None, None)
    )

    def work() -> None:
        if is_picture:
            taken = picture[rows][:, columns]
            made = (taken / np.float32(127.5) - 1 if values.dtype.kind == "f" else taken.astype(np.int16) - 128).astype(
                values.dtype
            )
            interpreter.set_tensor(detail["index"], made.reshape(shape))
        else:
            interpreter.set_tensor(detail["index"], np.roll(values, 1))
        interpreter.invoke()
        float(np.asarray(interpreter.get_tensor(output)).max())

    return work


def _nodes(operations: list[dict[str, Any]]) -> list[int] | None:
    """How many nodes delegates run, of how many, in how many partitions: those between the inputs and outputs of each."""
    own = [one for one in operations if one["op_name"] != "DELEGATE"]
    delegates = [one for one in operations if one["op_name"] == "DELEGATE"]
    maker = {int(tensor): place for place, one in enumerate(own) for tensor in one["outputs"]}
    taken: set[int] = set()
    for delegate in delegates:
        given = {int(tensor) for tensor in delegate["inputs"]}
        left = [int(tensor) for tensor in delegate["outputs"]]
        while left:
            tensor = left.pop()
            place = maker.get(tensor)
            if tensor not in given and place is not None and place not in taken:
                taken.add(place)
                left += [int(one) for one in own[place]["inputs"]]
    return [len(taken), len(own), len(delegates)] if delegates else None


def _resident() -> int:
    """Bytes of memory that this process holds."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * 4096
    except OSError:
        return _peak()


def _peak() -> int:
    try:
        import resource
    except ImportError:  # not on this system
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
