package io.apkiln.app.model

import io.apkiln.app.mask.MaskKind

/** The models of this app in the order of their chain, written by APKiln from the `.tflite` files. */
object ModelContracts {
    const val DELEGATE = "auto"

    /** The camera to start with: "front" or "back". */
    const val CAMERA = "back"

    val all: List<ModelContract> = listOf(
        ModelContract(
            name = "people",
            file = "people.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            inputs = listOf(
                InputContract(
                    name = "image",
                    shape = listOf(1, 144, 256, 3),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    mean = listOf(123.675f, 116.28f, 103.53f),
                    std = listOf(127.5f, 127.5f, 127.5f),
                    channels = listOf(),
                ),
            ),
            outputs = listOf(
                OutputContract(
                    name = "mask",
                    shape = listOf(1, 18, 32, 1),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "person",
                    ),
                ),
            ),
            task = "mask",
            decoder = Decoder.Mask(threshold = 0.02f, cellThreshold = 0.5f, logits = true),
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
            quantization = Quantization.FLOAT16,
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
        "mask" to MaskKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
