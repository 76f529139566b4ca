"""Text in the encodings that people's programs write; the remedy for others helps."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from appspec.errors import KitError
from appspec.stages import ROOT
from appspec.text import NotTextError, decode, read_text

TEXT = "온도,진동\r\n시작 21.5 가동 정상\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "press.csv"
    file.write_bytes(TEXT.encode(encoding))
    assert read_text(file) == TEXT


@pytest.mark.parametrize("name", ["cp949", "cp1252", "cp1252 with one sign", "shift_jis"])
def test_the_remedy_for_another_encoding_helps(tmp_path: Path, name: str) -> None:
    words = {
        "cp949": "온도 진동 압력 정상 고장 가동 시작 " * 9,
        "cp1252 with one sign": "timestamp,Temp1 (°C),vibration,current",
        "cp1252": "Gerät läuft für 5 °C, größer ",
        "shift_jis": "これはポンプの温度と振動のデータです。正常または故障。" * 9,
    }
    file = tmp_path / "it's a press.csv"
    encoding, text = name.split()[0], words[name]
    file.write_bytes(text.encode(encoding))
    with pytest.raises(KitError) as refused:
        read_text(file)
    command = re.search(r"python -m .*", refused.value.fix)
    assert command is not None
    subprocess.run([sys.executable, *shlex.split(command.group())[1:]], check=True, cwd=ROOT)
    assert read_text(file).encode(encoding) == text.encode(encoding)
    assert (tmp_path / f"{file.name}.{shlex.split(command.group())[-2]}").read_bytes() == text.encode(encoding)


@pytest.mark.parametrize("encoding", ["euc_kr", "gb18030", "iso2022_jp", "cp1251"])
def test_a_declared_encoding_is_obeyed(encoding: str) -> None:
    assert decode("abc 1".encode(encoding), Path("a.xml"), encoding) == "abc 1"


def test_an_unknown_declaration_is_told() -> None:
    with pytest.raises(NotTextError, match="martian"):
        decode(b"<a/>", Path("a.xml"), "martian")
