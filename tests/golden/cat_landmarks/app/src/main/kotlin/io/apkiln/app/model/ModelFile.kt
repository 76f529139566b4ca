package io.apkiln.app.model

import android.content.Context
import java.io.FileInputStream
import java.nio.MappedByteBuffer
import java.nio.channels.FileChannel

/** The model [file] of the assets, mapped into memory: it lies in the APK uncompressed. */
fun openModel(context: Context, file: String): MappedByteBuffer =
    context.assets.openFd(file).use { asset ->
        FileInputStream(asset.fileDescriptor).channel.use {
            it.map(FileChannel.MapMode.READ_ONLY, asset.startOffset, asset.declaredLength)
        }
    }
