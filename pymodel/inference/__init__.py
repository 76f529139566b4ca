"""The models on this machine, as the app runs them."""
