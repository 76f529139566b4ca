"""Drawn cats."""
