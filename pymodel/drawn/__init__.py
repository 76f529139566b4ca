"""Drawn cats and dogs: pictures that our own code makes; the cats also on disk in the layout of the real data set."""

from pymodel.drawn.dataset import draw_dataset
from pymodel.drawn.pet import PETS, PetDrawing, draw_pet
from pymodel.drawn.scene import Drawing, draw_cat

__all__ = ["PETS", "Drawing", "PetDrawing", "draw_cat", "draw_dataset", "draw_pet"]
