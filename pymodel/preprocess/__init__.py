"""Geometry and normalization that training, calibration, evaluation and inference share."""
