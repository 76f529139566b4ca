package io.apkiln.app.model

import io.apkiln.app.box.BoxKind
import io.apkiln.app.landmarks.LandmarksKind

/** The models of this app in the order of their chain, written by APKiln from the `.tflite` files. */
object ModelContracts {
    const val DELEGATE = "auto"

    /** The camera to start with: "front" or "back". */
    const val CAMERA = "back"

    val all: List<ModelContract> = listOf(
        ModelContract(
            name = "cat_box",
            file = "cat_box.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            inputs = listOf(
                InputContract(
                    name = "image",
                    shape = listOf(1, 128, 128, 3),
                    dtype = ElementType.INT8,
                    scale = 0.0078125f,
                    zeroPoint = -1,
                    argument = "",
                    dynamicAxes = listOf(),
                    mean = listOf(127.5f, 127.5f, 127.5f),
                    std = listOf(127.5f, 127.5f, 127.5f),
                    channels = listOf(),
                ),
            ),
            outputs = listOf(
                OutputContract(
                    name = "heatmaps",
                    shape = listOf(1, 16, 16, 2),
                    dtype = ElementType.INT8,
                    scale = 0.0078125f,
                    zeroPoint = -1,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "top_left",
                        "bottom_right",
                    ),
                ),
            ),
            task = "box",
            decoder = Decoder.Points(threshold = 0.3f, boxMargin = 0.0f),
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
        ModelContract(
            name = "cat_landmarks",
            file = "cat_landmarks.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            inputs = listOf(
                InputContract(
                    name = "image",
                    shape = listOf(1, 96, 96, 3),
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
                    shape = listOf(1, 12, 12, 9),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "left_eye",
                        "right_eye",
                        "mouth",
                        "left_ear_1",
                        "left_ear_2",
                        "left_ear_3",
                        "right_ear_1",
                        "right_ear_2",
                        "right_ear_3",
                    ),
                ),
            ),
            task = "landmarks",
            decoder = Decoder.Points(threshold = 0.0f, boxMargin = 0.1f),
            crop = CropPolicy(
                follows = Follows.BOX,
                margin = 0.25f,
                refineBelowIou = 0.7f,
                zoomMargin = 0.0f,
                tileBelowConfidence = 0.6f,
                tileSide = 0.6f,
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
        "box" to BoxKind,
        "landmarks" to LandmarksKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
