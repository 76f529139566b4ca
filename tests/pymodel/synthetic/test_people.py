"""People behind hands: placed where asked, with skin of the given colour, and with bare or covered arms."""

from __future__ import annotations

import numpy as np

from pymodel.synthetic.arrays import Floats
from pymodel.synthetic.hands.paint import Skin, sample_skin
from pymodel.synthetic.hands.person import Head, paint_person

WALL = np.array([40, 200, 60], np.float32)
HEAD = Head(np.array([100, 60], np.float32), 24.0)


def person(seed: int, head: Head = HEAD) -> tuple[Skin, Floats]:
    rng = np.random.default_rng((11, seed))
    skin = sample_skin(rng)
    image = np.broadcast_to(WALL, (240, 200, 3)).copy()
    paint_person(rng, image, skin, head)
    return skin, image


def like(image: Floats, skin: Skin) -> Floats:
    """Mask of the pixels with a skin's hue, whether lighter or darker."""
    parts = image / (image.sum(-1, keepdims=True) + 1)
    return np.asarray(np.abs(parts - skin.back / skin.back.sum()).sum(-1) < 0.03)


def test_seed_alone_decides() -> None:
    np.testing.assert_array_equal(person(3)[1], person(3)[1])
    assert np.any(person(3)[1] != person(4)[1])


def test_face_is_where_it_was_asked_for_in_the_given_skin() -> None:
    cheeks = []
    for seed in range(40):
        skin, image = person(seed)
        cheeks.append(like(image[62:74, 86:114], skin).mean())
        assert np.all(image[:4] == WALL), "nothing above the hair"
        assert np.any(image[200] != WALL), "a body below"
    assert np.mean(np.array(cheeks) > 0.5) > 0.7, "all but beards and dark glasses"


def test_some_arms_are_bare_and_some_covered() -> None:
    bare = [like(image[100:], skin).mean() > 0.04 for skin, image in (person(seed) for seed in range(60))]
    assert 0.15 < np.mean(bare) < 0.85


def test_outline_changes_with_the_arms() -> None:
    """Arms hang, rest on the hips or are crossed, so the silhouette's width differs."""
    widths = [int(np.any(image[150] != WALL, axis=-1).sum()) for _, image in (person(seed) for seed in range(40))]
    assert max(widths) > 1.4 * min(widths)


def test_person_outside_the_picture_leaves_it_as_it_is() -> None:
    for centre in ((900.0, 60.0), (-900.0, 60.0), (100.0, 900.0)):
        assert np.all(person(1, Head(np.array(centre, np.float32), 24.0))[1] == WALL)
