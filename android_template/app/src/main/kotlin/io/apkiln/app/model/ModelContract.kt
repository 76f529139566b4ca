package io.apkiln.app.model

/** How a tensor lies in its buffer; real = [scale] * (stored - [zeroPoint]) unless [type] is float32. */
data class TensorContract(
    val shape: List<Int>,
    val type: String,
    val scale: Float,
    val zeroPoint: Int,
)

/**
 * What the app knows of a model: read from the `.tflite` when the app was generated, see ModelContracts.
 *
 * input = (value - [mean]) / [std] for each channel: of pictures R, G, B in 0–255, of windows [channels]. [region] is
 * "frame" or "box", see Region, or "window": the last samples, [intervalSeconds] apart. [decode] says what the output
 * holds, see the decoders; an answer counts from [threshold] on, [hold] windows in a row make an alarm. [boxMargin],
 * [lookAgain], [closerMargin], [voteScale], [searchBelow] and [searchSide] see Pipeline.
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
    val lookAgain: Float,
    val closerMargin: Float,
    val voteScale: Float,
    val searchBelow: Float,
    val searchSide: Float,
    val quantization: String,
    val channels: List<String>,
    val intervalSeconds: Float,
    val threshold: Float,
    val hold: Int,
)
