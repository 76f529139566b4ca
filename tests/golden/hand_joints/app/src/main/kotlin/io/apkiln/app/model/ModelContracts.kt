package io.apkiln.app.model

import io.apkiln.app.heatmap.HeatmapKind

/** The models of this app in the order of their chain, written by APKiln from the `.tflite` files. */
object ModelContracts {
    const val DELEGATE = "auto"

    /** The camera to start with: "front" or "back". */
    const val CAMERA = "back"

    val all: List<ModelContract> = listOf(
        ModelContract(
            name = "hand_joints",
            file = "hand_joints.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            inputs = listOf(
                InputContract(
                    name = "image",
                    shape = listOf(1, 128, 128, 3),
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
                    name = "heatmaps",
                    shape = listOf(1, 32, 32, 9),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "wrist",
                        "thumb_1",
                        "thumb_2",
                        "thumb_3",
                        "thumb_4",
                        "index_1",
                        "index_2",
                        "index_3",
                        "index_4",
                    ),
                ),
            ),
            task = "heatmap",
            decoder = Decoder.Peak(threshold = 0.2f, boxMargin = 0.1f),
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
        "heatmap" to HeatmapKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
