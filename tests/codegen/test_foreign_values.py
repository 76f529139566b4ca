"""Values from foreign files stay values: in the Kotlin, and in the resources as aapt2 reads them."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from appspec.contract import ModelContract
from codegen import template_folder
from codegen.context import make_context
from codegen.render import render_text
from deploy.toolchain.aapt2 import runnable_aapt2
from tests.golden.rewrite import example_contract, example_spec

APP_NAME = "app/src/main/res/values/app_name.xml.j2"
CONTRACTS = "app/src/main/kotlin/io/apkiln/app/model/ModelContracts.kt.j2"
KIND_MESSAGE = '"this app has no kind ${contract.task}"'
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')

NASTY_NAMES = [
    'Cat\'s "Ears" & <b>고양이</b>',
    "@string/app_name",
    "?attr/colorPrimary",
    "back\\slash \\n \\u0041",
    " leads and  doubles and ends ",
    "percent %1$s %d 100%",
    "🐈‍⬛ emoji, 한글, العربية, é",
    "]]> <!-- ${app.id} {{ app.id }} -->",
    "long " * 400 + "name",
]


def kotlin(contract: ModelContract) -> str:
    template = (template_folder() / CONTRACTS).read_text(encoding="utf-8")
    return render_text(template, make_context(example_spec(), [contract]), CONTRACTS)


TAME = LITERAL.sub('""', kotlin(example_contract(points=("a", "b", "c"))))
"""The same code around other values."""


@settings(deadline=None)  # what is proved is text, not time: a busy machine must not fail it
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30))
def test_a_value_stays_inside_its_string(text: str) -> None:
    points = example_contract(points=(text, '")', "${kill()}"))
    written = kotlin(dataclasses.replace(points, sha256=text, file=text, name=text))
    assert LITERAL.sub('""', written) == TAME
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", "".join(LITERAL.findall(written)).replace(KIND_MESSAGE, ""))


def test_android_shows_names_as_they_were(tmp_path: Path) -> None:
    """Through the resource compiler that builds the app, and back out of what it wrote."""
    aapt2 = runnable_aapt2()
    values = tmp_path / "res" / "values"
    values.mkdir(parents=True)
    entries = "".join(app_name_entry(name).replace('"app_name"', f'"n{i}"') for i, name in enumerate(NASTY_NAMES))
    (values / "strings.xml").write_text(f"<resources>{entries}</resources>", encoding="utf-8")
    manifest = tmp_path / "AndroidManifest.xml"
    manifest.write_text('<manifest package="org.example.names"/>', encoding="utf-8")
    run(aapt2, "compile", "--dir", tmp_path / "res", "-o", tmp_path / "res.zip")
    run(aapt2, "link", "--manifest", manifest, "-o", tmp_path / "out.apk", tmp_path / "res.zip")
    shown = run(aapt2, "dump", "resources", tmp_path / "out.apk")
    found = dict(re.findall(r'string/(n\d+)\n +\(\) "(.*)"\n', shown))
    assert [found[f"n{i}"] for i in range(len(NASTY_NAMES))] == NASTY_NAMES


def app_name_entry(name: str) -> str:
    """The template's own `<string>` element for an app of this name."""
    spec = example_spec()
    spec = spec.model_copy(update={"app": spec.app.model_copy(update={"name": name})})
    template = (template_folder() / APP_NAME).read_text(encoding="utf-8")
    found = re.search(r"<string .*</string>", render_text(template, make_context(spec, [example_contract()]), APP_NAME))
    assert found
    return found[0]


def run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
