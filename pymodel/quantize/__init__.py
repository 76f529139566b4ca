"""Quantized variants of a model, and which of them ships."""
