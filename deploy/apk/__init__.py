"""What is really in a finished APK: read from its bytes, checked against what was asked for."""
