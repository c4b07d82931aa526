"""AMC SQL cut into pieces without ever failing: also half-typed text has tokens."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "name", "text", "number", "sign", "comment", "template"]

_PIECES = re.compile(
    r"""(?P<comment>--[^\r\n]*|/\*.*?(?:\*/|\Z))
    |(?P<template>\{\{\s*[A-Za-z_][\w.-]*\s*\}\})
    |(?P<text>'(?:[^']|'')*(?:'|\Z))
    |(?P<name>"(?:[^"]|"")*(?:"|\Z)|`[^`]*(?:`|\Z))
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign><=>|<>|!=|<=|>=|\|\||::|=>|->|[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One token: characters [start, end) of the text; `upper` is its text in capitals."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """The text as keywords are compared."""
        return self.text.upper()

    @property
    def is_open(self) -> bool:
        """Whether a quote or comment is not closed, so that it reaches to the end of the text."""
        if self.kind == "comment":
            closed = len("/**/")
            return self.text.startswith("/*") and not (
                len(self.text) >= closed and self.text.endswith("*/")
            )
        return self.kind in {"text", "name"} and self.text.count(self.text[0]) % 2 == 1

    @property
    def bare(self) -> str:
        """A name or text without its quotes."""
        return self.text.strip("\"`'") if self.kind in {"name", "text"} else self.text


def pieces(text: str, *, comments: bool = False) -> list[Piece]:
    """Return the tokens of `text`; an open quote or comment reaches to the end."""
    found = []
    for match in _PIECES.finditer(text):
        kind = match.lastgroup
        if kind == "comment" and not comments:
            continue
        found.append(Piece(kind, match[0], match.start(), match.end()))  # type: ignore[arg-type]
    return found
