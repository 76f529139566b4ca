"""then, again, presence and show in app.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from appspec.contract import Square
from appspec.errors import KitError
from appspec.load import load_app
from appspec.stages import ROOT

HEAD = '[app]\nname = "Hands"\nid = "org.example.hands"\n'
PALM = '[[model]]\nname = "palm"\ntask = "detect"\nfile = "palm.tflite"\n'
HAND = '[[model]]\nname = "hand"\ntask = "landmarks"\nfile = "hand.tflite"\n'
TRAINED = '[[model]]\nname = "hand"\ntask = "landmarks"\n'
DATA = '[data]\nformat = "drawn"\n'


def load(tmp_path: Path, text: str) -> object:
    folder = tmp_path / "apps" / "hands"
    folder.mkdir(parents=True)
    (folder / "app.toml").write_text(HEAD + text, encoding="utf-8")
    return load_app(tmp_path / "apps", "hands", [])


def test_the_app_of_the_kit_says_where_its_models_look() -> None:
    palm, hand = load_app(ROOT / "apps", "fingertip", []).model
    assert palm.then is not None
    assert hand.again is not None
    assert palm.then.square == Square(((0,), (2,)), (), -0.5, 2.6)
    assert hand.again.square == Square(((0,), (5, 9, 9, 13)), (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18), -0.1, 2.0)
    assert hand.show == ("forefinger4",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PALM + "then = { scale = 2 }\n", "it is the last"),
        (PALM + "then = { scale = 2 }\n" + HAND + "margin = 0.5\n", "has a margin"),
        (PALM + "then = { scale = 2 }\n" + TRAINED + DATA, "is trained on boxes"),
        (HAND + "again = { scale = 2 }\n" + HAND.replace('"hand"', '"more"'), "the last model alone can be followed"),
        (HAND + "presence = 0.5\nscore = 0.5\n", "leave score out"),
        (HAND + "again = { up = [0, 1, 2] }\n", "must be two"),
        (HAND + "again = { up = [0, -1] }\n", "must be at least 0"),
        (HAND + "again = { up = [[1, 2], [2, 1]] }\n", "goes from a point to itself"),
        (HAND + "again = { points = [] }\n", "at least 1"),
        (HAND + "again = { points = [4, 4] }\n", "one point spans no rectangle"),
        (HAND + 'show = ["tip", "tip"]\n', "names 'tip' twice"),
        (HAND + "again = { scale = 0 }\n", "must be more than 0"),
        (HAND + "again = { side = 2 }\n", "side"),
        (HAND + "show = []\n", "at least 1"),
        (TRAINED + "again = { scale = 2 }\n" + DATA, "is for a model that is a file"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(KitError) as told:
        load(tmp_path, text)
    assert says in str(told.value).replace("should be", "must be")
