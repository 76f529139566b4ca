"""Writes what a model says of itself."""
