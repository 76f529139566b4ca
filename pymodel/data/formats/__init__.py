"""One module a format, found by its name: `open_folder(folder, data)` gives a Source."""
