"""What a phone measures of a model, and how it is read."""
