"""Data → train → convert → quantize → describe → evaluate: everything left of the `.tflite`."""
