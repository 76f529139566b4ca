"""Whether two runs of a benchmark differ by more than their noise."""
