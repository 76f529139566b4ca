"""What an app's page says of its benchmarks."""
