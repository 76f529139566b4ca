"""One training: the loop, its optimizer, its checkpoint, its curve and what that says."""
