"""Drawn pictures and simulated machines: data that our own code makes, on disk in the layouts of real data sets."""

from pymodel.drawn.dataset import draw_dataset
from pymodel.drawn.scene import Drawing, draw_cat

__all__ = ["Drawing", "draw_cat", "draw_dataset"]
