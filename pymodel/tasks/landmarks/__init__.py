"""Named points, of a crop or of the whole picture."""
