"""The app without a phone: its own classes in a plain JVM, its models on the desktop's TFLite."""
