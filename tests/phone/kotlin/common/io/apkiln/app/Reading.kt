package io.apkiln.app

import android.view.View
import android.view.ViewGroup
import android.widget.ImageButton
import android.widget.TextView

/** All views below this one that are to be seen, itself included. */
fun View.shown(): List<View> {
    if (visibility != View.VISIBLE) return emptyList()
    val children = if (this is ViewGroup) (0 until childCount).flatMap { getChildAt(it).shown() } else emptyList()
    return listOf(this) + children
}

/** What is wrong for people who need large letters or TalkBack: texts cut off, buttons without words or too small to hit. */
fun View.unreadable(): List<String> = shown().flatMap { view ->
    val smallest = (MIN_TOUCH_DP * resources.displayMetrics.density).toInt()
    buildList {
        if (view is TextView && view.text.isNotEmpty()) {
            val lines = view.layout
            val room = view.height - view.compoundPaddingTop - view.compoundPaddingBottom
            if (lines == null) {
                add("“${view.text}” was never laid out")
            } else if (lines.height > room || (0 until lines.lineCount).any { lines.getEllipsisCount(it) > 0 }) {
                add("“${view.text}” is cut: ${lines.height} in $room")
            } else if ((0 until lines.lineCount).any { lines.getLineMax(it) > view.width }) {
                add("“${view.text}” is wider than its view")
            }
        }
        if (view is ImageButton && view.contentDescription.isNullOrBlank()) add("a button says nothing")
        if (view.isClickable && (view.height < smallest || view.width < smallest)) {
            add("${view.javaClass.simpleName} ${(view as? TextView)?.text} is ${view.width} × ${view.height}")
        }
    }
}

private const val MIN_TOUCH_DP = 48
