"""Objects, each a box with a class and a score."""
