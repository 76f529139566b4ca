"""One folder a task kind: what it learns from, what it minimizes, how it is judged."""
