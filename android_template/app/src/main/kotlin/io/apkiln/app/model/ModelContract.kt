package io.apkiln.app.model

/**
 * What the app knows about a model: read from the `.tflite` when the app was generated, see ModelContracts. The twin of
 * appspec/contract.py, from whose types that file is written: what a model's file doesn't say is null.
 *
 * [task] is the kind of task, the name of its package; [decoder] reads the [outputs] in their order; [crop] is where the model
 * looks in a picture, null if it takes none. [credit] says of a model that others made where it is from. The names
 * [InputContract.argument] and [OutputContract.argument] belong to [signature].
 */
data class ModelContract(
    val name: String,
    val file: String,
    val sha256: String,
    val inputs: List<InputContract>,
    val outputs: List<OutputContract>,
    val task: String? = null,
    val decoder: Decoder? = null,
    val crop: CropPolicy? = null,
    val quantization: Quantization? = null,
    val signature: String = "",
    val credit: String = "",
) {
    /** The one that the camera or the sensors fill. */
    val input: InputContract get() = inputs.first()

    /** The first that is decoded; most decoders take no other. */
    val output: OutputContract get() = outputs.first()

    /** Names of points or classes: of the first output that has any. */
    val labels: List<String> get() = outputs.firstOrNull { it.labels.isNotEmpty() }?.labels.orEmpty()

    /** Which points are the answer, an animation follows the first; empty if all are. */
    val shown: List<Int> get() = (decoder as? Decoder.Coordinates)?.shown.orEmpty()

    /** Where the model looks in a picture. Throws IllegalStateException if the file doesn't say. */
    val cropPolicy: CropPolicy get() = checkNotNull(crop) { "$file doesn't say where in a picture it looks" }

    /** Mean and std of the input. Throws IllegalStateException if the file doesn't say. */
    val normalization: Normalization
        get() = Normalization(
            checkNotNull(input.mean) { "$file doesn't say how its input is normalized" },
            checkNotNull(input.std) { "$file doesn't say how its input is normalized" },
        )

    /** How the outputs are read. Throws IllegalStateException unless the file says that it is a [D]. */
    inline fun <reified D : Decoder> decoder(): D =
        checkNotNull(decoder as? D) { "$file: the output is $decoder, not ${D::class.java.simpleName}" }
}

/** input = (value - [mean]) / [std] per channel. */
class Normalization(val mean: List<Float>, val std: List<Float>)

/** One tensor; real = [scale] * (stored - [zeroPoint]) if [scale] is not 0. [dynamicAxes] of [shape] are open in the file. */
sealed interface TensorContract {
    val name: String
    val shape: List<Int>
    val dtype: ElementType
    val scale: Float
    val zeroPoint: Int
    val argument: String
    val dynamicAxes: List<Int>
}

/**
 * An input tensor: (value - [mean]) / [std] per channel, which are R, G, B from 0 to 255 of a picture, or the [channels] of a
 * window of samples.
 */
data class InputContract(
    override val name: String,
    override val shape: List<Int>,
    override val dtype: ElementType,
    override val scale: Float = 0f,
    override val zeroPoint: Int = 0,
    override val argument: String = "",
    override val dynamicAxes: List<Int> = emptyList(),
    val mean: List<Float>? = null,
    val std: List<Float>? = null,
    val channels: List<String> = emptyList(),
) : TensorContract

/** An output tensor, and the names of its points or classes. */
data class OutputContract(
    override val name: String,
    override val shape: List<Int>,
    override val dtype: ElementType,
    override val scale: Float = 0f,
    override val zeroPoint: Int = 0,
    override val argument: String = "",
    override val dynamicAxes: List<Int> = emptyList(),
    val labels: List<String> = emptyList(),
) : TensorContract

/** How the outputs of a model are read. An answer counts if its confidence reaches [threshold]. */
sealed interface Decoder {
    val threshold: Float

    /** Heatmap logits (1, G, G, K), one map per point: the soft-argmax over all cells. See PointsAnswer for [boxMargin]. */
    data class Points(override val threshold: Float = 0f, val boxMargin: Float = 0f) : Decoder

    /** Heatmap logits (1, G, G, K), one map per point: the soft-argmax over the 3 × 3 cells around the highest one. */
    data class Peak(override val threshold: Float = 0f, val boxMargin: Float = 0f) : Decoder

    /**
     * Coordinates of K points, [numbers] each: x, y, and what is not used; in [unit] of the input. The only element of a second
     * output says whether what they belong to is there, see [presence]; without one their confidence is 1. The points [shown] are
     * the answer, an animation is at the first; all are if it is empty.
     */
    data class Coordinates(
        override val threshold: Float = 0f,
        val boxMargin: Float = 0f,
        val numbers: Int = 2,
        val unit: CoordinateUnit = CoordinateUnit.SHARE,
        val presence: Presence = Presence.NONE,
        val shown: List<Int> = emptyList(),
    ) : Decoder

    /** Probabilities (1, C) of classes, or their [logits]; the confidence is that of the most probable one. */
    data class Classes(override val threshold: Float = 0f, val logits: Boolean = false) : Decoder

    /**
     * Objects as TensorFlow's detection post-processing gives them: boxes (1, N, 4), each top, left, bottom, right in [0, 1] of
     * the input; classes (1, N), counted from 0; scores (1, N); how many rows hold (1).
     */
    data class Detections(override val threshold: Float = 0.5f) : Decoder

    /**
     * Objects measured from anchors: rows (1, A, 4 + 2 K) of x and y of the box's centre, width, height, then x, y of K points,
     * in pixels of the input, centre and points from the centre of the row's anchor; logits of scores (1, A, C). Rows of
     * one class whose IoU is above [overlap] become one object, their mean weighted by score.
     */
    data class Anchors(
        val grids: List<Grid>,
        override val threshold: Float = 0.5f,
        val overlap: Float = 0.3f,
    ) : Decoder

    /**
     * A map (1, H, W, C) of the input: the probability of each cell, or its [logits], which counts from [cellThreshold] on;
     * or if C > 1 a score per class, and class 0 is the background. [threshold] is a share of the picture.
     */
    data class Mask(
        override val threshold: Float = 0f,
        val cellThreshold: Float = 0.5f,
        val logits: Boolean = false,
    ) : Decoder

    /**
     * p(Abnormal) (1, 1) of a window whose samples are [intervalS] seconds apart. [hold] windows in a row that reach the
     * threshold make an alarm.
     */
    data class Window(val intervalS: Float, override val threshold: Float = 0f, val hold: Int = 1) : Decoder

    /** Values as they are: the kind of task knows what they mean. */
    data object Raw : Decoder {
        override val threshold get() = 0f
    }
}

/**
 * Which squares of a picture a model looks at, see Region for [follows] and [margin], and Pipeline for the others.
 *
 * [refineBelowIou], [zoomMargin] and [tileBelowConfidence] are 0 if the model does none of that.
 */
data class CropPolicy(
    val follows: Follows = Follows.FRAME,
    val margin: Float = 0f,
    val refineBelowIou: Float = 0f,
    val zoomMargin: Float = 0f,
    val tileBelowConfidence: Float = 0f,
    val tileSide: Float = 0f,
    val square: Square? = null,
    val again: Square? = null,
)

/**
 * The square that a model looks at, made of a box with points: turned by quarters so that [up] is up, moved, widened.
 *
 * [up] are two lists of points whose means are taken, from and to; a repeated index weighs more. The bounding rectangle of [points]
 * counts, or the box itself if there are none. [shift] moves the centre along the square's own down, as a share of the rectangle's
 * height in its axes; [scale] is the side by the longer side of the rectangle.
 */
data class Square(
    val up: List<List<Int>>? = null,
    val points: List<Int> = emptyList(),
    val shift: Float = 0f,
    val scale: Float = 1f,
)

/** What a model looks at: the whole picture, its middle, or the box of the model before it. */
enum class Follows { FRAME, CENTRE, BOX }

/** [rows] × [columns] cells with a number of [anchors] in the centre of each. */
data class Grid(val rows: Int, val columns: Int, val anchors: Int)

/** What coordinates are measured in: shares of the input's width and height, or its pixels. */
enum class CoordinateUnit { SHARE, PIXEL }

/** What an output says about whether something is there. */
enum class Presence { NONE, LOGIT, PROBABILITY }

/** Which variant of a model a file is. */
enum class Quantization { FLOAT32, FLOAT16, DYNAMIC, INT8, INT8_FLOAT_IO, INT16X8, MIXED }
