package io.apkiln.app.model

import java.io.File
import java.security.MessageDigest

/** Where a GPU finds the kernels that it compiled for a model at an earlier start: in files of [folder] named after [token]. */
class KernelCache private constructor(val folder: File, val token: String) {
    companion object {
        /** A GPU that can't store its kernels does not start at all. */
        private const val ENOUGH_BYTES = 64L shl 20

        /**
         * The cache in [folder] for what [owner] names: model, library and Android. Null if the folder can't be written, or
         * the phone has no space left.
         */
        fun of(folder: File, owner: List<String>): KernelCache? {
            if (!folder.isDirectory && !folder.mkdirs() || folder.usableSpace < ENOUGH_BYTES) return null
            val digest = MessageDigest.getInstance("SHA-256").digest(owner.joinToString("|").toByteArray())
            return KernelCache(folder, digest.joinToString("") { "%02x".format(it) })
        }
    }
}
