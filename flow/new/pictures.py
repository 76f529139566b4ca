"""An app for a folder of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from appspec.data_spec import READINGS, Data
from appspec.errors import KitError
from appspec.file_tree import shown
from appspec.words import counted
from flow.new.names import application_id, shown_name, subject_name
from flow.new.questions import Questions, match
from flow.new.wishes import Proposal, Wishes, data_path, parted, section_of

if TYPE_CHECKING:
    from pymodel.data.source import Category, Source
    from pymodel.data.survey import PictureSurvey

FEW = 200
"""Pictures below which training from scratch is a trial."""

RARE = 0.5
"""Of the mean of all classes."""

LISTED = 20


def propose_pictures(name: str, folder: Path, data_format: str, wishes: Wishes, questions: Questions) -> Proposal:
    """Models and [data] that suit the pictures.

    Raises:
        KitError: they can't be read, or something must be said by a flag.
    """
    from pymodel.data.source import list_categories
    from pymodel.data.survey import survey_pictures
    from pymodel.tasks.propose import possible_tasks, propose_models

    wishes.refuse(("timestamp", "label", "abnormal", "failures", "group"), "it is for time series, and these are pictures")
    data = section_of(Data, {"format": data_format, "path": str(folder), **wishes.set_values(is_series=False)})
    if data_format == "coco":
        data = data.model_copy(update={"annotations": _annotations(folder, wishes, questions)})
    else:
        wishes.refuse(("annotations",), f"it names a COCO file, and the format is {data_format}")
    questions.screen.status("reading the annotations")
    categories = list_categories(folder, data)
    category, data = _category(folder, categories, data, wishes, questions)
    source, data = _open(folder, data, questions)
    questions.screen.status("looking at some pictures")
    survey = survey_pictures(source, data)
    if not survey.short_side:
        raise _nothing_usable(folder, survey)
    empty = [split for split, count in survey.splits.items() if not count]
    if empty:
        parts = ", ".join(f"{split} {count}" for split, count in survey.splits.items())
        raise KitError(
            f"{folder} has too few pictures to learn from", f"{counted(survey.pictures, 'picture')} are usable; splits: {parts}",
            "add pictures: 40 are enough for a trial, 500 for an app" if not survey.splits_given else "give each split some pictures",
        )  # fmt: skip
    chains = ["+".join(chain) for chain in possible_tasks(data_format, category, survey)]
    said = None if wishes.task is None else _chain(wishes.task, chains)
    chosen = questions.choose("--task", "What is the app to do?", chains, chains[0], said)
    subject = subject_name(name if data_format == "folder" else category.name, "object")
    return Proposal(
        shown_name(name),
        application_id(name),
        "camera",
        _seen(categories, category, survey, chosen),
        propose_models(chosen.split("+"), subject, survey),
        _table(data, data_format, survey),
        remarks=_remarks(categories, data_format, survey),
    )


def _annotations(folder: Path, wishes: Wishes, questions: Questions) -> str | None:
    """The file, or a pattern for those of all splits, where there are several."""
    from pymodel.data.recognize import coco_files

    if wishes.annotations is not None:
        return wishes.annotations
    choices = coco_files(folder)
    if len(choices) < 2:
        return None
    likely = [choice for choice in choices if "keypoint" in choice.lower()] or [
        one for one in choices if "instances" in one.lower()
    ]
    return questions.choose("--annotations", "Which annotations count?", choices, (likely or choices)[0])


def _category(
    folder: Path, categories: Sequence[Category], data: Data, wishes: Wishes, questions: Questions
) -> tuple[Category, Data]:
    """What to find, and [data] that says so."""
    from pymodel.data.source import Category, open_source

    if not categories:
        open_source(folder, data)  # where annotations can't be read, that is what it says
        raise KitError(f"Nothing is annotated in {folder}", "no annotation shows an object", "annotate some pictures first")
    if data.format in ("folder", "cat"):
        why = "each folder is a class" if data.format == "folder" else "the format knows cats alone"
        wishes.refuse(("category", "points"), why)
        return (categories[0] if data.format == "cat" else Category("", sum(one.count for one in categories))), data
    names = [one.name for one in categories]
    name = questions.choose("--category", "Which category is the app to find?", names, names[0], wishes.category)
    category = categories[names.index(name)]
    update: dict[str, object] = {"category": name}
    if wishes.points is not None:
        known = list(category.points)
        wanted = [match(point, known) for point in parted(wishes.points)]
        if not wanted or None in wanted:
            lost = parted(wishes.points)[wanted.index(None)] if wanted else wishes.points
            why = f"{name} has {', '.join(known) or 'no keypoints'}"
            raise KitError(f"--points {lost} can't be used", why, "name some of these, with commas between")
        update["points"] = tuple(wanted)
    return category, data.model_copy(update=update)


def _open(folder: Path, data: Data, questions: Questions) -> tuple[Source, Data]:
    """The data, and [data] with the setting that decides between two readings, where both fit."""
    from pymodel.data.inspection import draw_readings
    from pymodel.data.source import AmbiguousDataError, open_source

    try:
        return open_source(folder, data), data
    except AmbiguousDataError as error:
        key = next(iter(error.readings)).partition(" ")[0]
        readings = {str(getattr(one, key)): one for one in error.readings.values()}
        sheet = questions.folder / "data.png"
        draw_readings(folder, error, sheet)
        if not questions.asks:
            said = [f"data.{key}={one}" for one in readings]
            flags = " or ".join(f'--set "{one}"' if " " in one else f"--set {one}" for one in said)
            raise KitError(error.what, error.why, f"look at {sheet}, where both are drawn, and say {flags}") from error
        questions.screen.say(f"{error.why}; both are drawn in {sheet}")
        data = readings[questions.choose(f"--set data.{key}", error.what, list(readings), None)]
    return open_source(folder, data), data


def _nothing_usable(folder: Path, survey: PictureSurvey) -> KitError:
    listed = "; ".join(f"{shown(one.file)}: {one.why}" for one in survey.problems[:3])
    return KitError(f"None of {survey.looked_at} pictures in {folder} can be used", listed, "mend them, and try again")


def _chain(said: str, chains: Sequence[str]) -> str:
    """One task means the first chain that ends so: landmarks comes after a box, unless the object fills the picture."""
    plain = "+".join(parted(said.replace("+", ",")))
    return next((chain for chain in chains if plain in (chain, chain.rpartition("+")[2])), said)


def _table(data: Data, data_format: str, survey: PictureSurvey) -> Mapping[str, object]:
    table: dict[str, object] = {"format": data_format, "path": data_path(Path(data.path or ""))}
    said = data.model_dump(include={"annotations", "category", "points", "group", *READINGS}, exclude_none=True)
    table |= said
    if survey.splits_given:
        table["split.given"] = True
    return table | {"split.validation": survey.share, "split.test": survey.share}


def _seen(categories: Sequence[Category], category: Category, survey: PictureSurvey, task: str) -> list[tuple[str, str]]:
    what = "categories" if category.name else "classes"
    listed = ", ".join(f"{shown(one.name)} ({one.count})" for one in categories[:LISTED])
    more = f" and {len(categories) - LISTED} more" if len(categories) > LISTED else ""
    rows = [("pictures", str(survey.pictures)), (what, listed + more)]
    if len(categories) > 1 and category.name:
        rows.append(("category", f"{category.name}: an app finds one"))
    if category.points:
        rows.append(("points", ", ".join(f"{point} ({count})" for point, count in category.points.items())))
    how = "as the data gives them" if survey.splits_given else "by the pictures' names"
    rows.append(("splits", ", ".join(f"{split} {count}" for split, count in survey.splits.items()) + f", {how}"))
    sizes = ", ".join(f"{size} ({count})" for size, count in survey.sizes)
    rows.append(("sizes", f"{sizes}, of {counted(survey.looked_at, 'picture')} that were opened"))
    if survey.box_share is not None:
        rows.append(("objects", f"{survey.objects:.3g} a picture; the largest fills {survey.box_share:.0%} of its side (median)"))
    if survey.problems:
        first = survey.problems[0]
        rows.append(("can't be used", f"{len(survey.problems)} of {survey.looked_at}, as {shown(first.file)}: {first.why}"))
    rows += [("remark", note) for note in survey.notes]
    return [*rows, ("task", task.replace("+", ", then "))]


def _remarks(categories: Sequence[Category], data_format: str, survey: PictureSurvey) -> list[str]:
    found = []
    if survey.pictures < FEW:
        found.append(
            f"{counted(survey.pictures, 'picture')} are few: the app will be a trial. More pictures help most; "
            'backbone.weights = "imagenet" (a download) helps too'
        )
    mean = sum(one.count for one in categories) / len(categories)
    if data_format == "folder":
        found += [f"class {one.name} is rare ({one.count}): add pictures of it" for one in categories if one.count < RARE * mean][
            :5
        ]
    damaged = sum(problem.is_damage for problem in survey.problems)
    if damaged > 0.05 * survey.looked_at:
        found.append("over 5 % of the pictures can't be used: training will stop; invoke data.inspect lists them")
    return found
