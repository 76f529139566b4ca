"""Models that others made: opened with care, understood, and adopted as described copies that take the road of our own."""
