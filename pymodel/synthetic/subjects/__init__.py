"""What can be drawn: one module a subject, found by its name, with NAME, POINTS and draw(rng, i, size)."""
