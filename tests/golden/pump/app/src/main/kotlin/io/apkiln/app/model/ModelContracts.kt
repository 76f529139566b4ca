package io.apkiln.app.model

import io.apkiln.app.window.WindowKind

/** The models of this app in the order of their chain, written by APKiln from the `.tflite` files. */
object ModelContracts {
    const val DELEGATE = "auto"

    val all: List<ModelContract> = listOf(
        ModelContract(
            name = "pump",
            file = "pump.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            task = "window",
            decode = "abnormal",
            labels = listOf(
                "Normal",
                "Abnormal",
            ),
            input = TensorContract(
                shape = listOf(1, 48, 3),
                type = "float32",
                scale = 0.0f,
                zeroPoint = 0,
            ),
            output = TensorContract(
                shape = listOf(1, 1),
                type = "float32",
                scale = 0.0f,
                zeroPoint = 0,
            ),
            mean = listOf(-10.0f, 0.0f, 980.25f),
            std = listOf(95.5f, 4.0f, 61.0f),
            region = "window",
            margin = 0.0f,
            boxMargin = 0.0f,
            refineBelowIou = 0.0f,
            zoomMargin = 0.0f,
            tileBelowConfidence = 0.0f,
            tileSide = 0.0f,
            quantization = "float16",
            channels = listOf("temperature", "vibration \$x", "pressure"),
            intervalSeconds = 3600.0f,
            threshold = 0.4f,
            hold = 3,
        ),
    )

    private val kinds = mapOf(
        "window" to WindowKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
