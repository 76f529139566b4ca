package io.apkiln.app.model

import io.apkiln.app.classify.ClassifyDecoder

/** The models of this app, in the order of their chain; written by APKiln from the `.tflite` files themselves. */
object ModelContracts {
    const val DELEGATE = "auto"

    /** The camera to begin with: "front" or "back". */
    const val CAMERA = "back"

    /** The Lottie file in the assets that follows the first point; empty: nothing does. */
    const val ANIMATION = ""

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
            lookAgain = 0.0f,
            closerMargin = 0.0f,
            voteScale = 0.0f,
            searchBelow = 0.0f,
            searchSide = 0.0f,
            quantization = "int8",
            channels = listOf(),
            intervalSeconds = 0.0f,
            threshold = 0.6f,
            hold = 1,
        ),
    )

    fun decoder(contract: ModelContract) = when (contract.task) {
        "classify" -> ClassifyDecoder(contract)
        else -> error("this app has no decoder for ${contract.task}")
    }
}
