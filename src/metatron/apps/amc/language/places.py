"""Places in a query as editors count them: lines and columns from 1, columns in UTF-16 units.

Python counts characters; browsers, Monaco and Java count what UTF-16 needs for them, which is two
for every character beyond the first 65,536. What leaves this process counts as they do.
"""

import re
from dataclasses import dataclass

UNIT = "utf-16"
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1, the column in UTF-16 units."""

    line: int
    column: int


def place_of(text: str, offset: int) -> Place:
    """Return where the character at `offset` stands; a break of two characters is one place."""
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    before = text[:offset]
    breaks = before.count("\n") + before.count("\r") - before.count("\r\n")
    begun = max(before.rfind("\n"), before.rfind("\r")) + 1
    return Place(breaks + 1, units(before[begun:]) + 1)


def units(text: str) -> int:
    """Return how many UTF-16 units `text` needs."""
    return len(text.encode("utf-16-le")) // 2


def characters(text: str, offset: int) -> int:
    """Return how many whole characters the first `offset` UTF-16 units of `text` hold."""
    return len(text.encode("utf-16-le")[: 2 * offset].decode("utf-16-le", "ignore"))


def line_starts(text: str) -> list[int]:
    """Return the character that each line begins with."""
    return [0, *(each.end() for each in _BREAK.finditer(text))]
