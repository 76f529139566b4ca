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
from appspec.text import NotTextError, decode, not_text, read_text, to_utf8

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


HEADERS = {
    "shift_jis": "温度,振動,電流",
    "euc_jp": "温度,振動,電流",
    "cp949": "시간,온도,진동,전류",
    "gb18030": "时间,温度,振动,电流",
    "big5": "時間,溫度,振動,電流",
    "cp1251": "время,температура,вибрация",
    "koi8_r": "время,температура",
    "cp1250": "čas,teplota,průtok",
    "cp1252": "température,pression,débit",
    "cp1253": "χρόνος,θερμοκρασία",
    "cp1254": "zaman,sıcaklık,basınç",
    "cp1255": "זמן,טמפרטורה",
    "cp1256": "وقت,درجة",
    "tis_620": "เวลา,อุณหภูมิ",
}


@pytest.mark.parametrize("encoding", HEADERS)
def test_a_header_of_few_words_tells_its_encoding(tmp_path: Path, encoding: str) -> None:
    """All else in the file is ASCII; under a wrong guess the remedy would write other words."""
    rows = "".join(f"2024-03-01T00:{i:02}:00,{41 + i / 10},0.8\n" for i in range(60))
    (tmp_path / "press.csv").write_bytes(f"t,{HEADERS[encoding]}\n{rows}".encode(encoding))
    with pytest.raises(KitError) as refused:
        read_text(tmp_path / "press.csv")
    assert f"appspec.text {encoding} " in refused.value.fix


@pytest.mark.parametrize("encoding", ["euc_kr", "gb18030", "iso2022_jp", "cp1251"])
def test_a_declared_encoding_is_obeyed(encoding: str) -> None:
    assert decode("abc 1".encode(encoding), Path("a.xml"), encoding) == "abc 1"


def test_an_unknown_declaration_is_told() -> None:
    with pytest.raises(NotTextError, match="martian"):
        decode(b"<a>\xe9</a>", Path("a.xml"), "martian")


@pytest.mark.parametrize("declared", ["utf-16", "utf8mb4", "rot13", "zlib", "idna", "undefined", "latin-1", "euc-kr", "a\0b"])
def test_a_declaration_that_the_bytes_contradict_does_not_count(declared: str) -> None:
    assert decode("온도 °C".encode(), Path("a.xml"), declared) == "온도 °C"


@pytest.mark.parametrize(("declared", "written"), [("gb2312", "gbk"), ("EUC-KR", "cp949"), ("shift_jis", "cp932")])
def test_letters_of_the_larger_encoding_are_read(declared: str, written: str) -> None:
    text = {"gbk": "朱镕基", "cp949": "똠방각하", "cp932": "髙橋①"}[written]
    assert decode(text.encode(written), Path("a.xml"), declared) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_told_and_the_remedy_helps(tmp_path: Path, encoding: str) -> None:
    files = [tmp_path / name for name in ("a.json", "b.json")]
    for file in files:
        file.write_bytes('{"images": []}'.encode(encoding))
    with pytest.raises(KitError, match=encoding.upper()) as refused:
        read_text(files[0])
    command = shlex.split(refused.value.fix[refused.value.fix.index("python -m") :])
    subprocess.run([sys.executable, *command[1:], str(files[1])], check=True, cwd=ROOT)
    assert [read_text(file) for file in files] == ['{"images": []}'] * 2


def test_zeros_of_a_power_cut_are_no_utf16() -> None:
    assert decode(b"1,2,3\n" + bytes(600), Path("a.csv")).endswith("\0")


def test_a_converted_xml_no_longer_names_its_old_encoding(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes('<?xml version="1.0" encoding="cp1252"?><a>Rüde</a>'.encode("cp1252"))
    to_utf8(file, "cp1252")
    assert file.read_text(encoding="utf-8") == '<?xml version="1.0"?><a>Rüde</a>'


TABLES = {
    "German": "Überdruckventil;Kühlmittel;größe",
    "names": "Müller;Jürgen;Weiß",
    "capitals": "STÖRUNG;ÜBERDRUCK",
    "French": "mélangeur;arrêt;Échangeur",
    "Spanish": "presión;válvula;año",
    "Danish": "afkøling;smøring;måling",
    "Swedish": "mätning;kylvätska;fläkt",
    "Polish": "ciśnienie;łożysko",
    "Czech": "čerpadlo;řízení",
    "Turkish": "sıcaklık;çalışıyor",
    "Russian": "Насос;Давление;отказ",
    "one sign": "Temp [°C]",
}
CODES = (
    "cp1252",
    "cp850",
    "cp437",
    "mac_roman",
    "cp1250",
    "cp852",
    "iso8859_2",
    "cp1254",
    "cp857",
    "cp1251",
    "cp866",
    "iso8859_5",
)


@pytest.mark.parametrize("language", TABLES)
def test_old_encodings_are_told_by_their_words(language: str) -> None:
    """Those of DOS and the Mac too: letters of one language, capitals in their places, no sign within a word."""
    words = TABLES[language]
    for encoding in CODES:
        try:
            data = (f"t;{words}\n" + "1;2,5;3\n" * 40).encode(encoding)
        except UnicodeEncodeError:
            continue
        error = not_text(data, Path("press.csv"))
        (named,) = re.findall(r"appspec\.text (\w+) ", error.fix)
        assert data.decode(named).splitlines()[0] == f"t;{words}", encoding
        assert words.split(";")[0].strip("Temp []") in error.why


@pytest.mark.parametrize(
    ("words", "encoding"), [("Slėgis;būsena", "cp1257"), ("泵站数据;阀门", "gb18030"), ("märkt;tvätt", "mac_roman")]
)
def test_where_several_fit_all_are_shown_with_their_words(words: str, encoding: str) -> None:
    error = not_text(f"t;{words}\n1;2;3\n".encode(encoding), Path("press.csv"))
    assert words.split(";")[0] in error.why
    assert f"{encoding} (" in error.why
    assert "with the encoding whose words are right" in error.fix
