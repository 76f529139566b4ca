"""One folder a task kind: its data, model, metrics and outputs."""
