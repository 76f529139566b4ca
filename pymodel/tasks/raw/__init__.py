"""Outputs as they are, of models that no other kind can read."""
