"""Training: the loop, its optimizer and workers, and the page with its curve and a diagnosis."""
