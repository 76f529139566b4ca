"""The part of a picture that is what is looked for, or which class each part is."""
