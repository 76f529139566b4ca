package io.apkiln.app.bench

import android.content.Context
import android.content.pm.ApplicationInfo
import android.os.Build
import androidx.core.content.pm.PackageInfoCompat
import io.apkiln.app.model.ModelContract
import io.apkiln.app.model.TensorContract
import org.json.JSONArray
import org.json.JSONObject

/** The result of a benchmark as JSON, whose schema is in the kit's docs/benchmark.md. NaN becomes null. */
class BenchmarkJson(private val context: Context, private val runtime: String) {
    fun write(request: BenchmarkRequest?, result: BenchmarkResult, startedAtMs: Long): JSONObject = JSONObject()
        .put("schema", SCHEMA)
        .put("run_id", result.runId.orNull())
        .put("started_at_ms", startedAtMs)
        .put("app", app())
        .put("phone", phone())
        .put("runtime", runtime)
        .put("request", request?.let(::requestJson).orNull())
        .put("model", request?.model?.let(::modelJson).orNull())
        .put("init_ms", number(result.initMs))
        .put("first_ms", number(result.firstMs))
        .put("warmup_ms", numbers(result.warmupMs))
        .put("runs_ms", numbers(result.runsMs))
        .put("frame", result.frame.orNull())
        .put("frame_ms", numbers(result.frameMs))
        .put("sustained", JSONArray(result.sustained.map(::momentJson)))
        .put("difference_from_cpu", number(result.difference))
        .put("memory", JSONArray(result.memory.map(::memoryJson)))
        .put("peak_bytes", result.peakBytes.orNull())
        .put("thermal", JSONObject().put("before", result.thermalBefore.orNull()).put("after", result.thermalAfter.orNull()))
        .put("nodes", result.delegation?.let(::nodesJson).orNull())
        .put("error", result.error?.let(::errorJson).orNull())

    private fun app(): JSONObject {
        val info = context.packageManager.getPackageInfo(context.packageName, 0)
        val debuggable = context.applicationInfo.flags and ApplicationInfo.FLAG_DEBUGGABLE != 0
        return JSONObject()
            .put("id", context.packageName)
            .put("version", info.versionName.orNull())
            .put("version_code", PackageInfoCompat.getLongVersionCode(info))
            .put("debuggable", debuggable)
    }

    private fun phone() = JSONObject()
        .put("manufacturer", Build.MANUFACTURER)
        .put("model", Build.MODEL)
        .put("soc", (if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) Build.SOC_MODEL else null).orNull())
        .put("fingerprint", Build.FINGERPRINT)
        .put("android", Build.VERSION.RELEASE)
        .put("sdk", Build.VERSION.SDK_INT)
        .put("abi", Build.SUPPORTED_ABIS.firstOrNull().orNull())
        .put("cores", Runtime.getRuntime().availableProcessors())

    private fun requestJson(request: BenchmarkRequest) = JSONObject()
        .put("delegate", request.candidate.processor.name.lowercase())
        .put("threads", request.candidate.threads)
        .put("warmup_runs", request.warmupRuns)
        .put("num_runs", request.runs)
        .put("min_seconds", request.minSeconds)
        .put("cold", request.cold)
        .put("sustained_s", request.sustainedSeconds)

    private fun modelJson(contract: ModelContract) = JSONObject()
        .put("name", contract.name)
        .put("file", contract.file)
        .put("sha256", contract.sha256)
        .put("task", contract.task.orNull())
        .put("quantization", contract.quantization?.name?.lowercase().orNull())
        .put("input", tensorJson(contract.input))
        .put("outputs", JSONArray(contract.outputs.map(::tensorJson)))

    private fun tensorJson(tensor: TensorContract) =
        JSONObject().put("shape", JSONArray(tensor.shape)).put("type", tensor.dtype.name.lowercase())

    private fun memoryJson(memory: Memory) = JSONObject()
        .put("moment", memory.moment)
        .put("pss_bytes", memory.pssBytes)
        .put("native_heap_bytes", memory.nativeHeapBytes)

    private fun momentJson(moment: Moment) = JSONObject()
        .put("at_s", moment.atS)
        .put("ms", number(moment.ms))
        .put("thermal", moment.thermal.orNull())
        .put("temperature_c", number(moment.temperatureC))

    private fun nodesJson(delegation: Delegation) = JSONObject()
        .put("delegated", delegation.delegated)
        .put("total", delegation.total)
        .put("partitions", delegation.partitions)

    private fun errorJson(error: BenchmarkError) =
        JSONObject().put("stage", error.stage).put("type", error.type).put("message", error.message)

    private fun numbers(values: List<Double>) = JSONArray(values.map(::number))

    private fun number(value: Double?): Any = value?.takeIf { it.isFinite() }.orNull()

    private fun Any?.orNull(): Any = this ?: JSONObject.NULL

    companion object {
        const val SCHEMA = 4
    }
}
