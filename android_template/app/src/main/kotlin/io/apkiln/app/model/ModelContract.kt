package io.apkiln.app.model

/** Layout of a tensor's buffer; real = [scale] * (stored - [zeroPoint]) unless [type] is float32. */
data class TensorContract(
    val shape: List<Int>,
    val type: String,
    val scale: Float,
    val zeroPoint: Int,
)

/**
 * What the app knows about a model: read from the `.tflite` when the app was generated, see ModelContracts.
 *
 * input = (value - [mean]) / [std] per channel: R, G, B in 0–255 of a picture, or the [channels] of a window. [region] is
 * "frame" or "box", see Region, or "window": the last samples, [intervalSeconds] apart. [task] names the kind of task and
 * [decode] the format of the output, see the decoders. An answer counts if its confidence is at least [threshold]; [hold]
 * windows in a row make an alarm. See Pipeline for [boxMargin], [refineBelowIou], [zoomMargin], [tileBelowConfidence] and
 * [tileSide].
 */
data class ModelContract(
    val name: String,
    val file: String,
    val sha256: String,
    val task: String,
    val decode: String,
    val labels: List<String>,
    val input: TensorContract,
    val output: TensorContract,
    val mean: List<Float>,
    val std: List<Float>,
    val region: String,
    val margin: Float,
    val boxMargin: Float,
    val refineBelowIou: Float,
    val zoomMargin: Float,
    val tileBelowConfidence: Float,
    val tileSide: Float,
    val quantization: String,
    val channels: List<String>,
    val intervalSeconds: Float,
    val threshold: Float,
    val hold: Int,
)
