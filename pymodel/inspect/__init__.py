"""What a `.tflite` is, where it may run, and what it says there; without TensorFlow."""
