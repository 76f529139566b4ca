"""The networks, built with Keras, and their fused copies for training on CPUs."""
