"""Writes a model's metadata."""
