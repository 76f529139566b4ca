"""A source's own answers, which every result is held against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appspec.errors import KitError
from pymodel.convert.examples import COUNT, make_examples
from pymodel.convert.loaded import Loaded, Values
from pymodel.convert.random_numbers import require_same_again, without_random_numbers
from pymodel.convert.request import Request


@dataclass(frozen=True)
class Asked:
    """What a source was asked, and what it said.

    Attributes:
        source: it, without random numbers that reach no output.
        examples: inputs, for calibration too.
        described: what they are, in words.
        answers: to the first COUNT of them.
    """

    source: Loaded
    examples: Sequence[Values]
    described: str
    answers: Sequence[Values]

    @property
    def compared(self) -> Sequence[Values]:
        """The examples that there is an answer to."""
        return self.examples[: len(self.answers)]


def ask(request: Request, loaded: Loaded) -> Asked:
    """Runs a source on the inputs that the request gives, else on noise.

    Raises:
        KitError: the inputs can't be used, or the source answers the same input otherwise each time.
    """
    if loaded.examples:
        examples, described = loaded.examples, loaded.compared_on
    else:
        examples, described = make_examples(request, loaded.inputs)
    answers = list(loaded.answers[:COUNT]) or [_answer(request, loaded, values) for values in examples[:COUNT]]
    source = without_random_numbers(request, loaded, examples[:COUNT])
    if not loaded.answers and examples:
        require_same_again(request, answers[0], loaded.run(examples[0]))
    return Asked(source, examples, described, answers)


def _answer(request: Request, loaded: Loaded, values: Values) -> Values:
    try:
        answer = loaded.run(values)
    except Exception as error:  # TensorFlow and LiteRT have no class in common
        words = str(error)
        node = re.search(r"{{node (.+?)}}", words)
        lines = [line for line in words.partition("[[{{")[0].splitlines() if line.strip()]
        said = f"{lines[-1].strip()[:300] if lines else type(error).__name__}" + (f" (node {node[1]})" if node else "")
        fix = "end the model before that node and compute the rest in the app; or give inputs that it is made for"
        raise KitError(request.what, f"the source itself can't be run: {said}", f"{fix} ({request.inputs_flag})") from error
    for name, value in answer.items():
        if np.asarray(value).dtype.kind not in "biufc":
            why = f"output {name} holds no numbers but text, which runs on no phone through TFLite"
            raise KitError(request.what, why, "save the model without that output, as the class's number in place of its name")
    return answer
