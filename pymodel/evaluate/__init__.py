"""How good finished models are, in figures and pictures."""
