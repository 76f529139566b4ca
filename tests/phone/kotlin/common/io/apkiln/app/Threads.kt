package io.apkiln.app

/** The threads of the app's own that are alive. */
fun ownThreads(): Set<Thread> =
    Thread.getAllStackTraces().keys.filterTo(HashSet()) { it.name in listOf("camera", "analysis", "benchmark") && it.isAlive }
