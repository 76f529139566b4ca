"""How fast a model is on each processor of a phone: rows, starts, rounds."""
