package io.apkiln.app.parity

import java.lang.reflect.Modifier
import java.lang.reflect.ParameterizedType
import java.lang.reflect.Type
import java.util.Properties

/**
 * Reads data classes that Python wrote as properties, whatever fields they have: `a.b=` a value, the length of a list of
 * classes or of lists, or the name of a class, whose fields are `a.b.c`; nothing for null.
 */
class TwinReader(private val values: Properties) {
    fun <T> read(type: Class<T>, key: String): T = type.cast(make(type, key))

    private fun make(type: Class<*>, key: String): Any {
        val name = text(key)
        val kind = if (type.isInterface) type.declaredClasses.first { it.simpleName == name } else type
        kind.declaredFields.firstOrNull { it.name == "INSTANCE" }?.let { return it.get(null) }
        val fields = kind.declaredFields.filterNot { Modifier.isStatic(it.modifiers) }
        val constructor = kind.constructors.first { it.parameterCount == fields.size }
        return constructor.newInstance(*fields.map { value(it.genericType, "$key.${it.name}") }.toTypedArray())
    }

    private fun value(type: Type, key: String): Any? = when {
        values.getProperty(key) == null -> null
        type is ParameterizedType -> list(type.actualTypeArguments.single(), key)
        else -> scalar(type as Class<*>, text(key)) ?: make(type, key)
    }

    private fun list(element: Type, key: String): List<Any> {
        if (element !is Class<*>) return List(text(key).toInt()) { checkNotNull(value(element, "$key.$it")) }
        val items = text(key).split(",").filter { it.isNotEmpty() }
        val scalars = items.map { scalar(element, it) }
        return if (null in scalars) List(items.single().toInt()) { make(element, "$key.$it") } else scalars.filterNotNull()
    }

    private fun scalar(type: Class<*>, text: String): Any? = when {
        type == String::class.java -> text
        type.kotlin == Int::class -> text.toInt()
        type.kotlin == Float::class -> text.toFloat()
        type.kotlin == Boolean::class -> text.toBooleanStrict()
        type.isEnum -> type.enumConstants.first { (it as Enum<*>).name.lowercase() == text }
        else -> null
    }

    private fun text(key: String): String = checkNotNull(values.getProperty(key)) { "no $key" }
}
