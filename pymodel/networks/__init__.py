"""The networks, built by Keras, and their fused twins for training on CPUs."""
