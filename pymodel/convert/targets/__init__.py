"""One module a target: `make(loaded, request, calibration, folder, log)` writes it and says how it answers."""
