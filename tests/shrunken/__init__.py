"""The app after R8 shrank it, against the app before: the same answers and screens, on this machine's JVM."""
