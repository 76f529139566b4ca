package io.apkiln.app.model

/** The library that runs models can't be loaded on this phone: it may have 16 KB pages, and the library be built for 4 KB. */
class UnusableLibrary(cause: LinkageError) : IllegalStateException(reason(cause), cause)

/** TensorFlow Lite wraps what the linker says: its own last line tells why. */
private fun reason(error: LinkageError): String =
    error.message?.lines()?.lastOrNull { it.isNotBlank() }?.trim() ?: error.javaClass.simpleName

/** The result of [action], which may load the library. Throws [UnusableLibrary]. */
inline fun <T> loadingLibrary(action: () -> T): T =
    try {
        action()
    } catch (error: LinkageError) {
        throw UnusableLibrary(error)
    }
