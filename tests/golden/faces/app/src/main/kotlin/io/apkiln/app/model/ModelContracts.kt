package io.apkiln.app.model

import io.apkiln.app.detect.DetectKind

/** The models of this app in the order of their chain, written by APKiln from the `.tflite` files. */
object ModelContracts {
    const val DELEGATE = "auto"

    /** The camera to start with: "front" or "back". */
    const val CAMERA = "back"

    val all: List<ModelContract> = listOf(
        ModelContract(
            name = "faces",
            file = "faces.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            inputs = listOf(
                InputContract(
                    name = "image",
                    shape = listOf(1, 64, 128, 3),
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
                    name = "rows",
                    shape = listOf(1, 112, 16),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(),
                ),
                OutputContract(
                    name = "scores",
                    shape = listOf(1, 112, 1),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "face",
                    ),
                ),
            ),
            task = "detect",
            decoder = Decoder.Anchors(
                grids = listOf(
                    Grid(rows = 4, columns = 8, anchors = 2),
                    Grid(rows = 2, columns = 4, anchors = 6),
                ),
                threshold = 0.5f,
                overlap = 0.3f,
            ),
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
        "detect" to DetectKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
