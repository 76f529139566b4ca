package io.apkiln.app.frames

import io.apkiln.app.model.ModelContract

/** How many pixels a model's input has, or anything else that is as wide to high. */
data class InputSize(val width: Int, val height: Int) {
    companion object {
        /** Of an input (1, H, W, 3). */
        fun of(contract: ModelContract): InputSize = contract.input.shape.let { InputSize(width = it[2], height = it[1]) }
    }
}
