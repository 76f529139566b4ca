package io.apkiln.app.parity

import org.junit.Assert.assertEquals

/** The JVM's counters, which Android's classes don't have. */
private val threads: Any = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null)
private val allocatedBytes =
    Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", Long::class.javaPrimitiveType)

/** Fails if [action] allocates on this thread. Of several calls the least counts: the first ones load classes. */
fun assertAllocatesNothing(what: String, action: () -> Unit) {
    val asking = List(REPEATED) { allocated {} }.min()
    assertEquals("$what allocates", 0L, List(REPEATED) { allocated(action) }.min() - asking)
}

private fun allocated(action: () -> Unit): Long {
    val thread = Thread.currentThread().id
    val before = allocatedBytes.invoke(threads, thread) as Long
    action()
    return allocatedBytes.invoke(threads, thread) as Long - before
}

private const val REPEATED = 5
