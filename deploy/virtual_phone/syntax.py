"""The shell's grammar, as much of it as is needed: words and quotes, `$NAME`, `$(…)`, redirections, `;` `&&` `||` `&` `|`, newlines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["plain", "quoted", "variable", "quoted variable", "command", "quoted command"]
OPERATORS = ("&&", "||", ">>", ">&", "<", ">", ";", "&", "|", "\n")
CONNECTORS = (";", "\n", "&", "&&", "||")


class ShellSyntaxError(Exception):
    """The line is no line of a shell; the message is what the shell says of it."""


@dataclass(frozen=True)
class Part:
    """A piece of a word: text as it is, the name of a variable, or a command whose output stands there."""

    kind: Kind
    text: str


Word = tuple[Part, ...]


@dataclass
class Program:
    """One program: its words, and redirections as (file descriptor, operator, target)."""

    words: list[Word] = field(default_factory=list)
    redirections: list[tuple[int, str, Word]] = field(default_factory=list)


@dataclass
class Pipeline:
    """Programs of which each reads what the one before wrote, and the operator that stands before the first."""

    connector: str
    programs: list[Program]


def parse(line: str) -> list[Pipeline]:
    """A line's pipelines in order.

    Raises:
        ShellSyntaxError: it is cut short, or uses what is not known here.
    """
    pipelines = [Pipeline(";", [Program()])]
    tokens = _Lexer(line).tokens()
    while tokens:
        token = tokens.pop(0)
        current = pipelines[-1].programs[-1]
        if not isinstance(token, str):
            current.words.append(token)
        elif token in CONNECTORS:
            if token in ("&&", "||") and not current.words:
                raise ShellSyntaxError(f"syntax error: unexpected '{token}'")
            pipelines.append(Pipeline(token, [Program()]))
        elif token == "|":
            pipelines[-1].programs.append(Program())
        else:
            descriptor, operator = re.fullmatch(r"(\d?)(\D+)", token).groups()  # type: ignore[union-attr]
            if not tokens or isinstance(tokens[0], str):
                raise ShellSyntaxError("syntax error: unexpected newline")
            target = tokens.pop(0)
            assert not isinstance(target, str)
            current.redirections.append((int(descriptor or (0 if operator == "<" else 1)), operator, target))
    return [one for one in pipelines if any(program.words or program.redirections for program in one.programs)]


class _Lexer:
    """Cuts a line into words and operators."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0

    def tokens(self) -> list[Word | str]:
        found: list[Word | str] = []
        while self._at < len(self._line):
            rest = self._line[self._at :]
            blank = re.match(r"[ \t\r]+|#[^\n]*", rest)
            redirection = re.match(r"\d?(>>|>&|>|<)", rest)
            operator = next((one for one in OPERATORS if rest.startswith(one)), None)
            if blank is not None:
                self._at += blank.end()
            elif redirection is not None:
                found.append(redirection.group())
                self._at += redirection.end()
            elif operator is not None:
                found.append(operator)
                self._at += len(operator)
            elif rest[0] in "()":
                raise ShellSyntaxError(f"syntax error: unexpected '{rest[0]}'")
            else:
                found.append(self._word())
        return found

    def _word(self) -> Word:
        parts: list[Part] = []
        while self._at < len(self._line) and self._line[self._at] not in " \t\r\n;&|<>()":
            letter = self._line[self._at]
            if letter == "'":
                parts.append(Part("quoted", self._until("'")))
            elif letter == '"':
                parts += self._double()
            elif letter == "\\":
                if self._line[self._at + 1 : self._at + 2] != "\n":
                    parts.append(Part("quoted", self._line[self._at + 1 : self._at + 2]))
                self._at += 2
            elif letter in "$`":
                parts.append(self._dollar("plain"))
            else:
                plain = re.match(r"[^\s;&|<>()'\"\\$`]+", self._line[self._at :])
                assert plain is not None
                parts.append(Part("plain", plain.group()))
                self._at += plain.end()
        return tuple(parts)

    def _until(self, end: str) -> str:
        close = self._line.find(end, self._at + 1)
        if close < 0:
            raise ShellSyntaxError("no closing quote")
        text = self._line[self._at + 1 : close]
        self._at = close + 1
        return text

    def _double(self) -> list[Part]:
        self._at += 1
        parts = [Part("quoted", "")]
        while True:
            letter = self._line[self._at : self._at + 1]
            if not letter:
                raise ShellSyntaxError("no closing quote")
            if letter == '"':
                self._at += 1
                return parts
            if letter in "$`":
                parts.append(self._dollar("quoted"))
            elif letter == "\\" and self._line[self._at + 1 : self._at + 2] in ('"', "\\", "$", "`"):
                parts.append(Part("quoted", self._line[self._at + 1]))
                self._at += 2
            else:
                parts.append(Part("quoted", letter))
                self._at += 1

    def _dollar(self, how: Literal["plain", "quoted"]) -> Part:
        rest = self._line[self._at :]
        if rest[0] == "`":
            return Part("command" if how == "plain" else "quoted command", self._until("`"))
        if rest.startswith("$("):
            return Part("command" if how == "plain" else "quoted command", self._parenthesis())
        name = re.match(r"\$(?:\{(\w+|\?)\}|(\w+|[?$!#*@]))", rest)
        if name is None:
            self._at += 1
            return Part("quoted", "$")
        self._at += name.end()
        return Part("variable" if how == "plain" else "quoted variable", name.group(1) or name.group(2))

    def _parenthesis(self) -> str:
        depth, start = 0, self._at + 2
        while self._at < len(self._line):
            letter = self._line[self._at]
            depth += (letter == "(") - (letter == ")")
            self._at += 1
            if letter == ")" and depth == 0:
                return self._line[start : self._at - 1]
        raise ShellSyntaxError("syntax error: unexpected end of file")
