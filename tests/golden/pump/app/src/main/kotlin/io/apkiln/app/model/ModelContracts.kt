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
            inputs = listOf(
                InputContract(
                    name = "window",
                    shape = listOf(1, 48, 3),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    mean = listOf(-10.0f, 0.0f, 980.25f),
                    std = listOf(95.5f, 4.0f, 61.0f),
                    channels = listOf(
                        "temperature",
                        "vibration \$x",
                        "pressure",
                    ),
                ),
            ),
            outputs = listOf(
                OutputContract(
                    name = "abnormal",
                    shape = listOf(1, 1),
                    dtype = ElementType.FLOAT32,
                    scale = 0.0f,
                    zeroPoint = 0,
                    argument = "",
                    dynamicAxes = listOf(),
                    labels = listOf(
                        "Normal",
                        "Abnormal",
                    ),
                ),
            ),
            task = "window",
            decoder = Decoder.Window(intervalS = 3600.0f, threshold = 0.4f, hold = 3),
            crop = null,
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
        "window" to WindowKind,
    )

    /** The kind of [contract]'s task. */
    fun kind(contract: ModelContract) = checkNotNull(kinds[contract.task]) { "this app has no kind ${contract.task}" }
}
