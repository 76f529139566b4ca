"""HTML pages: one look, one builder."""
