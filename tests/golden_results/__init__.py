"""What each stage makes of a tiny input, in a few numbers: they change when its result changes."""
