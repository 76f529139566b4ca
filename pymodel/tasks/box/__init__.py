"""One box."""
