package io.apkiln.app.model

import kotlin.math.exp

/** σ(x) = 1 / (1 + exp(-x)). */
fun sigmoid(x: Float): Float = 1 / (1 + exp(-x))
