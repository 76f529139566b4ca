"""What one task does across the rooms, and what the user sees of it."""
