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
            inputs = listOf(
                InputContract(
                    name = "image",
                    shape = listOf(1, 96, 96, 3),
                    dtype = ElementType.INT8,
                    scale = 0.0078125f,
                    zeroPoint = -1,
                    argument = "",
                    dynamicAxes = listOf(),
                    mean = listOf(123.675f, 116.28f, 103.53f),
                    std = listOf(127.5f, 127.5f, 127.5f),
                    channels = listOf(),
                ),
            ),
            outputs = listOf(
                OutputContract(
                    name = "probabilities",
                    shape = listOf(1, 3),
                    dtype = ElementType.INT8,
                    scale = 0.00390625f,
                    zeroPoint = -128,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "cat",
                        "dog",
                        "토끼",
                    ),
                ),
            ),
            task = "classify",
            decoder = Decoder.Classes(threshold = 0.6f, logits = false),
            crop = CropPolicy(
                follows = Follows.FRAME,
                margin = 0.0f,
                refineBelowIou = 0.0f,
                zoomMargin = 0.0f,
                tileBelowConfidence = 0.0f,
                tileSide = 0.0f,
                square = null,
                again = null,
            ),
            quantization = Quantization.INT8,
            signature = "",
            credit = "",
        ),
    )

    private val others: List<ModelContract> = listOf(
    )

    /** The files that hold [contract]'s model, the one of [all] first: they answer alike, and a phone runs the fastest. */
    fun variants(contract: ModelContract): List<ModelContract> =
        listOf(contract) + others.filter { it.name == contract.name }

    private val kinds = mapOf(
        "classify" to ClassifyKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
