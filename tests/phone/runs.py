"""All tests in Kotlin of an app of each kind of screen, run in one JVM."""

from __future__ import annotations

from pathlib import Path

from codegen import RECORDING
from deploy.phone_library.jvm import missing_gpu_parts
from tests.phone.app import JvmTest, PhoneApp, PhoneRun, camera_app, sensor_app

CAMERA = (
    "CameraScreenTest",
    "ResultScreenTest",
    "CameraReadableTest",
    "camera.CameraChoiceTest",
    "settings.SettingsTest",
    "settings.NoGpuTest",
    "settings.ExitReasonsTest",
    "DriverScreenTest",
    "model.VariantPipelineTest",
    "ForeignAnswersTest",
    "AllPointsTest",
    "CameraServiceTest",  # last: Robolectric's own image readers crash where these of ours came first
)
SENSOR = ("SensorScreenTest", "MonitorTest", "sensors.PhoneSensorsTest", "window.VariantWindowTest")
BENCHMARK = "bench.BenchmarkTest"
PHONE_LIBRARY_BENCHMARK = "bench.PhoneLibraryBenchmarkTest"
TUNER = ("tuning.TunerTest", "tuning.DriverTest", "tuning.VariantsTest", "tuning.AgreementTest")

SCREENSHOTS = {"camera": "CameraScreenshots", "sensor": "SensorScreenshots"}
SHIFTED = "screenshots-shifted"
"""The screenshots again, with what they show a little off."""

DAMAGED, WHOLE = "DamagedModelTest", "DamagedModelTest-of-a-whole-one"
DAMAGED_BENCHMARK = "bench.DamagedBenchmarkTest"

STOPPED = (
    (RECORDING, b"", "The recording is empty."),
    (RECORDING, b"timestamp,temperature,vibration $x,pressure\n\n", "The recording is empty."),
    (RECORDING, b"timestamp,temperature,pressure\n0,1,2\n", "no column"),
    (RECORDING, b"timestamp,temperature,vibration $x,pressure\n0,1,2,3\n1,2\n", "Line 3"),
    ("pump.tflite", b"", "pump.tflite"),
    ("pump.tflite", b"TFL3 is not all of it", "pump.tflite"),
)
"""A file of the sensor's app, what is in it instead, and what the app then says."""


def run_camera(folder: Path) -> PhoneRun:
    """Compiles the camera's app in `folder` and runs all its tests."""
    app = camera_app(folder)
    content = bytearray((app.project / "app/src/main/assets" / app.contract.file).read_bytes())
    content[len(content) // 2] ^= 1
    tests = [
        *screenshots("camera"),
        *(JvmTest(name) for name in (*CAMERA, BENCHMARK, *TUNER)),
        JvmTest(DAMAGED, asset=(app.contract.file, bytes(content))),
        JvmTest(WHOLE, test=DAMAGED),
        *([] if missing_gpu_parts() else [JvmTest(PHONE_LIBRARY_BENCHMARK)]),
    ]
    return run_in(app, tests, folder / "run")


def run_sensor(folder: Path) -> PhoneRun:
    """Compiles the sensor's app in `folder` and runs all its tests."""
    tests = [
        *screenshots("sensor"),
        *(JvmTest(name) for name in (*SENSOR, BENCHMARK)),
        JvmTest(DAMAGED_BENCHMARK, asset=("pump.tflite", b"TFL3 and no more")),
        *(
            JvmTest(stopped(number), "StoppedTest", {"apkiln.says": says}, (asset, content))
            for number, (asset, content, says) in enumerate(STOPPED)
        ),
    ]
    return run_in(sensor_app(folder), tests, folder / "run")


def screenshots(kind: str) -> list[JvmTest]:
    """The stored screens, and the same a little off: a box three pixels of 480 to the right; p(Abnormal) higher by 0.03."""
    test = SCREENSHOTS[kind]
    return [JvmTest(test), JvmTest(SHIFTED, test, {"apkiln.shift": "3"})]


def stopped(number: int) -> str:
    """The name of the run of one of STOPPED."""
    return f"StoppedTest-{number}"


def run_in(app: PhoneApp, tests: list[JvmTest], folder: Path) -> PhoneRun:
    folder.mkdir()
    return app.run(tests, folder)
