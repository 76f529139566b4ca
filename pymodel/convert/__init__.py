"""From a model to a `.tflite` and other targets.

`convert.py` is the way in: `convert_to_tflite(Request(path, recognize(path)), target, log)` takes any source and leaves one
`.tflite`, compared with its source. `keras.py` and `tflite.py` alone convert what the kit trained.
"""
