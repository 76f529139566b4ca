"""The documentation against the kit: commands, arguments, keys of app.toml, links, anchors, pictures and paths that it names."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import tomli as tomllib
from invoke.exceptions import Exit
from invoke.parser import Parser

import tasks
from appspec.data_spec import Data, Series
from appspec.model_spec import Again, Model
from appspec.section import Section
from appspec.spec import Android, App, Benchmark, Convert, Signing
from deploy.virtual_phone.fault_values import fault_names
from flow.command_line import KitParser

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CONTEXTS = {context.name: context for context in tasks.ns.to_contexts()}

ROOMS = ("appspec", "codegen", "deploy", "flow", "pages", "pymodel")

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9_-]*[a-z0-9]")

OTHER_PROGRAMS = {
    *("--help", "--debug"),  # Invoke
    *("--es", "--ei", "--ef", "--ez", "--user", "--pid"),  # am, pm, logcat
    *("--graph", "--config", "--num_threads", "--num_runs", "--warmup_runs", "--use_gpu", "--use_nnapi"),  # benchmark_model
    *("--gpu_precision_loss_allowed", "--gpu-precision", "--enable_op_profiling", "--use_profiler"),
    *("--delegate_serialize_dir", "--gpu_serialization_dir"),
    *("--no-install-recommends", "--template"),  # apt-get, deploy.toolchain.verification
}
"""Options that the pages name which no task takes."""


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands(page: Path) -> Iterator[str]:
    """Every `invoke …` of code blocks and of code within sentences."""
    text = text_of(page)
    blocks = FENCE.findall(text)
    for line in "\n".join(blocks).splitlines():
        for part in line.split("&&"):
            if part.strip().startswith("invoke "):
                yield part.strip()
    for code in INLINE.findall(FENCE.sub("", text)):
        if code.startswith("invoke "):
            yield code


ALL_COMMANDS = sorted({(page.name, command) for page in PAGES for command in commands(page)})


@pytest.mark.parametrize(("page", "command"), ALL_COMMANDS, ids=lambda value: value)
def test_a_command_is_one_that_the_kit_takes(page: str, command: str) -> None:
    words = shlex.split(command, comments=True)[1:]
    if words[0] in ("--help", "--debug", "--list"):
        return
    assert words[0] in CONTEXTS, f"{page}: there is no task {words[0]}"
    if len(words) == 1:
        return
    try:
        parsed = Parser(contexts=tasks.ns.to_contexts()).parse_argv(words)
    except Exit:
        pytest.fail(f"{page}: {command} is refused")
    assert [context.name for context in parsed] == [words[0]], f"{page}: {command} is taken for several tasks"


def test_the_kit_reads_the_command_line_here_too() -> None:
    """Else the parser above would be Invoke's, which passes over what ours refuses."""
    from invoke.parser import parser

    assert parser.ParseMachine is KitParser
    with pytest.raises(Exit):
        Parser(contexts=tasks.ns.to_contexts()).parse_argv(["deploy", "--nonsense"])


def words_of(node: ast.AST) -> str | None:
    """A text of the source; what an f-string fills in is …."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def test_commands_that_the_kits_own_words_name_are_there() -> None:
    """Remedies of errors above all."""
    wrong, seen = [], 0
    for file in (ROOT / "tasks.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for task, rest in re.findall(r"\binvoke ([a-z][\w.-]*)((?: [\w.,:=/…\[\]-]+)*)", words_of(node) or ""):
                known = CONTEXTS.get(task.rstrip("."))
                flags = {*known.flags, *known.inverse_flags} if known else set()
                seen += 1
                if known is None or not set(OPTION.findall(rest)) <= flags:
                    wrong.append(f"{file.relative_to(ROOT)}: invoke {task}{rest}")
    assert (wrong, seen > 100) == ([], True)


def test_every_task_stands_in_the_readme() -> None:
    code = " ".join(INLINE.findall(text_of(ROOT / "README.md")))
    assert [name for name in CONTEXTS if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", code)] == []


def test_every_flag_is_described_and_no_other() -> None:
    flags = {f"--{flag.lstrip('-')}" for context in CONTEXTS.values() for flag in context.flags if len(flag.lstrip("-")) > 1}
    flags |= {flag for context in CONTEXTS.values() for flag in context.inverse_flags}
    positional = {f"--{argument.name}" for context in CONTEXTS.values() for argument in context.positional_args}
    described = {option for page in PAGES for option in OPTION.findall(text_of(page))}
    assert flags - positional - described - {"--follow", "--connect"} == set(), "not described"
    assert described - flags - OTHER_PROGRAMS == set(), "no task takes these"


def keys_of(section: type[Section], before: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys of a table of app.toml and their defaults; of those that hold a table by default, its keys."""
    for name, field in section.model_fields.items():
        if isinstance(field.default, Section):
            yield from keys_of(type(field.default), f"{before}{name}.")
        elif not field.exclude:
            yield before + name, field.get_default(call_default_factory=True)


TABLES: dict[str, dict[str, object]] = {
    "[app]": dict(keys_of(App)),
    "[[model]]": dict(keys_of(Model)) | dict(keys_of(Again)),
    "[data]": {key: value for key, value in keys_of(Data) if not key.startswith("series.")},
    "[data.series]": dict(keys_of(Series)),
    "[convert]": dict(keys_of(Convert)),
    "[android]": dict(keys_of(Android)),
    "[signing]": dict(keys_of(Signing)),
    "[benchmark]": dict(keys_of(Benchmark)),
}


def rows_of(heading: str) -> Iterator[tuple[list[str], str]]:
    """Of the tables `key | meaning | default` under a heading of app-toml.md: the keys of a row, and its last cell."""
    chapters = re.split(r"^## ", text_of(ROOT / "docs" / "app-toml.md"), flags=re.MULTILINE)
    chapter = next(text for text in chapters if text.startswith(f"{heading}\n"))
    for table in re.findall(r"^\| key \| meaning \| default \|\n\|[-|]+\|\n((?:\|.*\n)+)", chapter, re.MULTILINE):
        for row in table.splitlines():
            cells = re.split(r"(?<!\\) \| ", row.strip("| "))
            yield INLINE.findall(cells[0]), cells[-1]


@pytest.mark.parametrize("heading", TABLES)
def test_app_toml_has_the_keys_that_the_page_names(heading: str) -> None:
    assert {key for keys, _ in rows_of(heading) for key in keys} == set(TABLES[heading])


@pytest.mark.parametrize("heading", TABLES)
def test_a_default_that_the_page_gives_as_a_value_is_the_kits(heading: str) -> None:
    for keys, cell in rows_of(heading):
        if re.fullmatch(r"`[^`]+`(, `[^`]+`)*", cell):
            values = [tomllib.loads(f"value = {text}")["value"] for text in INLINE.findall(cell)]
            for key, value in zip(keys, values * (len(keys) // len(values)), strict=True):
                default = TABLES[heading][key]
                if default is not None:  # what stands for None is decided where it is used
                    assert (list(default) if isinstance(default, tuple) else default) == value, f"{heading} {key}"


def test_the_virtual_phones_faults_are_those_that_its_page_names() -> None:
    table = text_of(ROOT / "docs" / "virtual-phone.md").split("| `--fault` | what happens | value |")[1].split("\n\n")[0]
    assert sorted(key for row in table.splitlines() for key in INLINE.findall(row.split(" | ")[0])) == sorted(fault_names())


def test_the_stages_are_those_that_their_page_names() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for room in ("flow", "pymodel") for path in (ROOT / room).rglob("*.py"))
    names = {re.sub(r"\{[^}]*\}", "MODEL", name) for name in re.findall(r'\bStage\(\s*f?"([^"]+)"', source)}
    names |= {"draw pictures", "simulate a machine"}  # a stage of two names
    table = re.findall(r"^\| ([^|`]+) \| `[\w/]+/` \|", text_of(ROOT / "docs" / "stages.md"), re.MULTILINE)
    assert {name for row in table for name in row.split(", ")} == names


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "") for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_every_page_and_picture_is_linked() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in LINK.findall(text_of(page))
        if ":" not in link
    }
    there = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "images").iterdir()}
    assert there - linked == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_of_the_kit_that_a_page_names_exist(page: Path) -> None:
    rooms = "|".join(
        ("android_template", "appspec", "benchmarks", "codegen", "deploy", "docs", "flow", "pages", "pymodel", "tests")
    )
    named = {code for code in INLINE.findall(text_of(page)) if re.fullmatch(rf"(?:{rooms})/[\w./-]*", code)}
    named |= set(re.findall(rf"\bpython (?:-\S+ )*((?:{rooms})/[\w./-]+)", text_of(page)))
    modules = re.findall(rf"\bpython3? -m ((?:{rooms})[\w.]+)", text_of(page))
    modules += re.findall(rf"^(?:from|import) ((?:{rooms})[\w.]*)", text_of(page), re.MULTILINE)
    named |= {f"{module.replace('.', '/')}.py" for module in modules}
    to_write = re.compile(r"\bKIND\b|colour\b")  # task-kinds.md tells how a kind is added, `colour` is its example
    assert [name for name in sorted(named) if not to_write.search(name) and not (ROOT / name).exists()] == []
