"""From an APK to an app that runs on a phone, over adb: choose, look, install, launch."""
