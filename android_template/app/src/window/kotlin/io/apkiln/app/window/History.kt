package io.apkiln.app.window

/** The last [capacity] answers, oldest first. */
class History(val capacity: Int) {
    private val probabilities = FloatArray(capacity)
    private val alarms = BooleanArray(capacity)
    private var next = 0

    var count = 0
        private set

    fun add(answer: WindowAnswer) {
        probabilities[next] = answer.probability
        alarms[next] = answer.alarm
        next = (next + 1) % capacity
        if (count < capacity) count++
    }

    fun clear() {
        next = 0
        count = 0
    }

    fun probability(i: Int): Float = probabilities[place(i)]

    fun alarm(i: Int): Boolean = alarms[place(i)]

    private fun place(i: Int) = (next - count + i).mod(capacity)
}
