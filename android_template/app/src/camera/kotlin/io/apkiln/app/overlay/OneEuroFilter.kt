package io.apkiln.app.overlay

import kotlin.math.PI
import kotlin.math.abs

/**
 * The 1€ filter of one signal: calm while it rests, prompt while it moves (Casiez, Roussel and Vogel, 1€ Filter: A Simple
 * Speed-based Low-pass Filter for Noisy Input in Interactive Systems, CHI 2012).
 *
 * Both the signal and its speed pass an exponential low-pass with α = 1 / (1 + 1 / (2π f Δt)); the speed's cutoff f is
 * [speedCutoffHz], the signal's [minCutoffHz] + [beta] · |speed|, with the speed in units of the signal a second.
 */
class OneEuroFilter(
    private val minCutoffHz: Double,
    private val beta: Double,
    private val speedCutoffHz: Double = 1.0,
) {
    private var value = 0.0
    private var speed = 0.0
    private var lastNanos = 0L
    private var empty = true

    /** Filters [raw] at [nanos] (monotonic); a time that is not later than the last one changes nothing. */
    fun filter(raw: Double, nanos: Long): Double {
        if (empty) {
            empty = false
            value = raw
            lastNanos = nanos
            return value
        }
        val seconds = (nanos - lastNanos) / 1e9
        if (seconds <= 0) return value
        lastNanos = nanos
        speed += share(speedCutoffHz, seconds) * ((raw - value) / seconds - speed)
        value += share(minCutoffHz + beta * abs(speed), seconds) * (raw - value)
        return value
    }

    /** Resets the filter: the next value does not continue the last one. */
    fun clear() {
        empty = true
        speed = 0.0
    }

    private fun share(cutoffHz: Double, seconds: Double): Double = 1 / (1 + 1 / (2 * PI * cutoffHz * seconds))
}
