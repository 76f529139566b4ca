"""A newly generated project joined with what the user has made of the last one: nothing of the user's is lost."""
