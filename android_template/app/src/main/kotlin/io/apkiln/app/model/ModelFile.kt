package io.apkiln.app.model

import android.content.Context
import java.io.FileInputStream
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.security.MessageDigest

/** Maps the model of [contract] into memory; it is stored in the APK uncompressed. Throws [DamagedModel]. */
fun openModel(context: Context, contract: ModelContract): ByteBuffer {
    val content = context.assets.openFd(contract.file).use { asset ->
        FileInputStream(asset.fileDescriptor).channel.use {
            it.map(FileChannel.MapMode.READ_ONLY, asset.startOffset, asset.declaredLength)
        }
    }
    checkModel(content, contract)
    return content
}

/** Throws [DamagedModel] unless [content] is the file that [contract] was read from, byte for byte. */
fun checkModel(content: ByteBuffer, contract: ModelContract) {
    val digest = MessageDigest.getInstance("SHA-256").apply { update(content.duplicate()) }.digest()
    val found = digest.joinToString("") { "%02x".format(it) }
    if (found != contract.sha256) throw DamagedModel(contract.file)
}

/** [file] is not the one that the app was generated for: it is damaged, or another model. */
class DamagedModel(val file: String) : IllegalStateException("$file is damaged, or another model")
