"""`invoke new`: from a folder of data to an app.toml."""
