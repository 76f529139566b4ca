"""Drawn pictures and simulated machines: data that our own code makes, on disk in the layouts of real data sets."""

from pymodel.synthetic.cats.scene import Drawing, draw_cat
from pymodel.synthetic.dataset import Drawn, draw_dataset, draw_subject
from pymodel.synthetic.pets.pet import PETS, PetDrawing, draw_pet

__all__ = ["PETS", "Drawing", "Drawn", "PetDrawing", "draw_cat", "draw_dataset", "draw_pet", "draw_subject"]
