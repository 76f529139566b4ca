package io.apkiln.app.model

/** A tensor as a library describes it, its type in the library's own words. */
data class FoundTensor(val shape: List<Int>, val dtype: String, val scale: Float, val zeroPoint: Int)

/** Throws IllegalStateException unless [inputs] and [outputs] of the model are those that the app was generated for. */
fun ModelContract.checkTensors(inputs: List<FoundTensor>, outputs: List<FoundTensor>) {
    check(this.inputs.size == 1) { "$file has ${this.inputs.size} inputs, the app fills one" }
    check("input", this.inputs, inputs)
    check("output", this.outputs, outputs)
}

private fun ModelContract.check(which: String, expected: List<TensorContract>, found: List<FoundTensor>) {
    check(expected.size == found.size) { "$file has ${found.size} ${which}s, but the app was generated for ${expected.size}" }
    for ((wanted, tensor) in expected.zip(found)) {
        val generated = FoundTensor(wanted.shape, wanted.dtype.name, wanted.scale, wanted.zeroPoint)
        val same = if (wanted.scale == 0f) {
            generated.shape == tensor.shape && generated.dtype == tensor.dtype
        } else {
            generated == tensor
        }
        check(same) { "$file: $which is $tensor in the file, but the app was generated for $generated" }
    }
}
