"""The words all rooms share: AppSpec, ModelContract, where artifacts lie, stages, errors. No TensorFlow."""
