package io.apkiln.app

/** How many threads of the app's own are alive. */
fun ownThreads(): Int = Thread.getAllStackTraces().keys.count { it.name in listOf("camera", "analysis", "benchmark") && it.isAlive }
