"""Subjects are found by folder, and those that app.toml knows are the ones that exist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pymodel.synthetic
from appspec.data_spec import LAYOUTS
from pymodel.synthetic.subject import find_subject

DRAWN = sorted(set(LAYOUTS) - {"machine"})


@pytest.mark.parametrize("name", DRAWN)
def test_subject_draws_what_it_says(name: str) -> None:
    subject = find_subject(name)
    drawing = subject.draw(np.random.default_rng(2), 0, (96, 64))
    assert subject.name == name
    assert drawing.image.shape == (64, 96, 3)
    assert drawing.points.shape == (len(subject.points), 2)
    assert drawing.visible.shape == (len(subject.points),)


def test_every_folder_with_a_subject_is_known_to_app_toml() -> None:
    folders = list(Path(pymodel.synthetic.__file__).parent.glob("*/subject.py"))
    assert len(folders) == len(DRAWN)


def test_unknown_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="no subject is named 'horses'"):
        find_subject("horses")
