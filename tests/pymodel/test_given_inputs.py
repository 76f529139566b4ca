"""Inputs that a user gives fit any model by name, place or shape, in one way for conversion and inspection; what doesn't is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appspec.errors import KitError
from pymodel.inference.given_inputs import Wanted, read_given

A, B = Wanted("a", (1, 4), "float32"), Wanted("b", (), "int32")


def given(folder: Path, wanted: list[Wanted], *unnamed: np.ndarray, **arrays: np.ndarray) -> list[list[object]]:
    np.savez(folder / "x.npz", *unnamed, **arrays)
    found = read_given(folder / "x.npz", wanted, 8)
    return [[value.tolist() for value in sample] for sample in found.samples]


def test_rows_of_arrays_are_samples_and_a_number_alone_is_an_input_too(tmp_path: Path) -> None:
    rows = np.arange(8.0).reshape(2, 4)
    expected = [[[[0, 1, 2, 3]], 5], [[[4, 5, 6, 7]], 6]]
    assert given(tmp_path, [A, B], a=rows, b=np.int64([5, 6])) == expected
    assert given(tmp_path, [A, B], rows[:, None], np.int64([5, 6])) == expected  # without names, in their order
    assert given(tmp_path, [A, B], a=rows[0], b=np.int64(5)) == expected[:1]  # one sample, without its batch dimension


def test_a_batch_that_is_fixed_is_filled_by_each_sample(tmp_path: Path) -> None:
    four = Wanted("a", (4, 2), "float32")
    assert given(tmp_path, [four], a=np.ones((4, 2))) == [[[[1, 1]] * 4]]
    assert len(given(tmp_path, [four], a=np.ones((3, 4, 2)))) == 3
    with pytest.raises(KitError, match=r"a is \[8, 2\], the model takes \[4, 2\]"):
        given(tmp_path, [four], a=np.ones((8, 2)))


def test_real_numbers_become_what_an_input_of_integers_stands_for(tmp_path: Path) -> None:
    one = Wanted("a", (1, 3), "int8", scale=0.5, zero=10)
    assert given(tmp_path, [one], a=np.float32([[1, -2, 1000]])) == [[[[12, 6, 127]]]]
    assert given(tmp_path, [one], a=np.int8([[1, -2, 100]])) == [[[[1, -2, 100]]]]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (Wanted("a", (1, 2, 2, 3), "float32"), [1, 0, 0.2]),
        (Wanted("a", (1, 2, 2, 3), "float32", mean=(255, 0, 51), std=(1, 1, 2)), [0, 0, 0]),
        (Wanted("a", (1, 2, 2, 3), "uint8", scale=0.1), [255, 0, 51]),
        (Wanted("a", (1, 2, 2, 3), "int8"), [127, -128, -77]),
        (Wanted("a", (1, 2, 2, 3), "int8", scale=0.1, zero=-5), [5, -5, -3]),
        (Wanted("a", (1, 2, 2, 1), "float32", std=(1,)), [102]),
        (Wanted("a", (1, 2, 2, 4), "float32", std=(51,)), [5, 0, 1, 5]),
    ],
)
def test_a_picture_is_what_the_input_takes(tmp_path: Path, one: Wanted, expected: list[float]) -> None:
    (tmp_path / "deeper").mkdir()
    Image.new("RGB", (20, 10), (255, 0, 51)).save(tmp_path / "deeper" / "a.png")
    ((values,),) = read_given(tmp_path, [one], 8).samples
    assert (values.shape, values.dtype.name) == (one.shape, one.dtype)
    assert values[0, 0, 0].tolist() == pytest.approx(expected)


def test_channels_come_first_where_the_shape_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (20, 10), (255, 0, 51)).save(tmp_path / "a.png")
    ((values,),) = read_given(tmp_path, [Wanted("a", (1, 3, 5, 7), "float32")], 8).samples
    assert values[0, :, 2, 2].tolist() == pytest.approx([1, 0, 0.2])


def test_what_cannot_be_read_among_pictures_is_counted(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"no picture")
    found = read_given(tmp_path, [Wanted("a", (1, 2, 2, 3), "float32")], 8)
    assert found.said == f"1 of 2 files of {tmp_path} (1 more can't be read), as (v - 0) / 255"


def test_texts_and_pictures_of_what_takes_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="no real number"):
        given(tmp_path, [A], a=np.array([["a", "b", "c", "d"]]))
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    with pytest.raises(KitError, match=r"pictures fit no model whose input is a \[1, 4\]"):
        read_given(tmp_path, [A], 8)
