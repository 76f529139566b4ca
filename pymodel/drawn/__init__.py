"""Drawn cats: pictures that our own code makes, on disk in the layout of the real data set."""

from pymodel.drawn.dataset import draw_dataset
from pymodel.drawn.scene import Drawing, draw_cat

__all__ = ["Drawing", "draw_cat", "draw_dataset"]
