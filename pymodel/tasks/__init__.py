"""One folder a task kind: what it learns from, what it minimizes, how its answers are judged and drawn.

A kind is found by the name of its folder; its twin in Kotlin is android_template/app/src/KIND. See pymodel.tasks.task.Task.
"""
