"""Synthetic data: pictures that our code draws and machines that it simulates, written in the layouts of real data sets."""

from pymodel.synthetic.cats.subject import draw_cat
from pymodel.synthetic.dataset import draw_dataset, draw_subject
from pymodel.synthetic.hands.subject import draw_hand
from pymodel.synthetic.pets.subject import PETS, draw_pet
from pymodel.synthetic.subject import SyntheticImage

__all__ = ["PETS", "SyntheticImage", "draw_cat", "draw_dataset", "draw_hand", "draw_pet", "draw_subject"]
