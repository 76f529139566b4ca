"""Drawn pictures and simulated machines: data that our own code makes, on disk in the layouts of real data sets."""

from pymodel.drawn.dataset import Drawn, draw_dataset, draw_subject
from pymodel.drawn.pet import PETS, PetDrawing, draw_pet
from pymodel.drawn.scene import Drawing, draw_cat

__all__ = ["PETS", "Drawing", "Drawn", "PetDrawing", "draw_cat", "draw_dataset", "draw_pet", "draw_subject"]
