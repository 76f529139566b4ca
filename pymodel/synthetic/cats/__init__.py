"""Pictures of cats."""
