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
            task = "box",
            decode = "points",
            labels = listOf(
                "top_left",
                "bottom_right",
            ),
            input = TensorContract(
                shape = listOf(1, 128, 128, 3),
                type = "int8",
                scale = 0.0078125f,
                zeroPoint = -1,
            ),
            output = TensorContract(
                shape = listOf(1, 16, 16, 2),
                type = "int8",
                scale = 0.0078125f,
                zeroPoint = -1,
            ),
            mean = listOf(127.5f, 127.5f, 127.5f),
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
            threshold = 0.3f,
            hold = 1,
        ),
        ModelContract(
            name = "cat_landmarks",
            file = "cat_landmarks.tflite",
            sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            task = "landmarks",
            decode = "points",
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
            input = TensorContract(
                shape = listOf(1, 96, 96, 3),
                type = "float32",
                scale = 0.0f,
                zeroPoint = 0,
            ),
            output = TensorContract(
                shape = listOf(1, 12, 12, 9),
                type = "float32",
                scale = 0.0f,
                zeroPoint = 0,
            ),
            mean = listOf(123.675f, 116.28f, 103.53f),
            std = listOf(127.5f, 127.5f, 127.5f),
            region = "box",
            margin = 0.25f,
            boxMargin = 0.1f,
            refineBelowIou = 0.7f,
            zoomMargin = 0.0f,
            tileBelowConfidence = 0.6f,
            tileSide = 0.6f,
            quantization = "float16",
            channels = listOf(),
            intervalSeconds = 0.0f,
            threshold = 0.0f,
            hold = 1,
        ),
    )

    private val kinds = mapOf(
        "box" to BoxKind,
        "landmarks" to LandmarksKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
