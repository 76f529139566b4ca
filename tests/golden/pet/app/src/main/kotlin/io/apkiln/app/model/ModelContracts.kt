package io.apkiln.app.model

import io.apkiln.app.classify.ClassifyKind

/** The models of this app in the order of their chain, written by APKiln from the `.tflite` files. */
object ModelContracts {
    const val DELEGATE = "auto"

    /** The camera to start with: "front" or "back". */
    const val CAMERA = "back"

    val all: List<ModelContract> = listOf(
        ModelContract(
            name = "pet",
            file = "pet.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            task = "classify",
            decode = "probabilities",
            labels = listOf(
                "cat",
                "dog",
                "토끼",
            ),
            input = TensorContract(
                shape = listOf(1, 96, 96, 3),
                type = "int8",
                scale = 0.0078125f,
                zeroPoint = -1,
            ),
            output = TensorContract(
                shape = listOf(1, 3),
                type = "int8",
                scale = 0.00390625f,
                zeroPoint = -128,
            ),
            mean = listOf(123.675f, 116.28f, 103.53f),
            std = listOf(127.5f, 127.5f, 127.5f),
            region = "frame",
            margin = 0.0f,
            boxMargin = 0.0f,
            refineBelowIou = 0.0f,
            zoomMargin = 0.0f,
            tileBelowConfidence = 0.0f,
            tileSide = 0.0f,
            quantization = "int8",
            channels = listOf(),
            intervalSeconds = 0.0f,
            threshold = 0.6f,
            hold = 1,
        ),
    )

    private val kinds = mapOf(
        "classify" to ClassifyKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
