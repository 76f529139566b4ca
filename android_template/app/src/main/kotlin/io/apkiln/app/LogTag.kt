package io.apkiln.app

/** The tags under which the app logs the cause of what its screen says, one an area; docs/phone.md lists them. */
object LogTag {
    const val CAMERA = "ApkilnCamera"
    const val MODEL = "ApkilnModel"
    const val DELEGATE = "ApkilnDelegate"
    const val BENCHMARK = "ApkilnBenchmark"
    const val SENSORS = "ApkilnSensors"
}
