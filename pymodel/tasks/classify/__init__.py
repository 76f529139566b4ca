"""Which of some classes."""
