"""Whether a password is well known: on the offline list, or grown from it as people grow them.

The list holds some six thousand passwords and stems. Attackers try each of them in other cases and
spellings, reversed, doubled, with years, digits and signs around it; all of those are
refused by rule instead of by a list of a hundred thousand, which would still miss the next year.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

_AROUND = "0123456789!@#$%^&*()-_=+.,;:?/~'\"<>[]{}|\\ €"
_APART = re.compile(r"[0-9!@#$%^&*()\-_=+.,;:?/~'\"<>\[\]{}|\\ €]+")
_SPELLINGS = tuple(
    str.maketrans(signs, letters)
    for signs, letters in (
        ("@4310578$!|€+(69", "aaeiostbsiletcgg"),
        ("@4310578$!|€+(29", "aaelostbslletczg"),
        ("@43105$!", "aaeyosli"),
    )
)
"""What stands for which letter; a sign that stands for several is read in several ways."""
_FEW_SIGNS = 4
_SHORTEST_STEM = 4
_LONGEST_REMAINDER = 2
_MOST_AROUND = 8
_WALKED = 0.75
_ROWS = (
    ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"),
    ("1234567890", "qwertzuiop", "asdfghjkl", "yxcvbnm,.-"),
    ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn,;:!"),
)


@cache
def common_passwords() -> frozenset[str]:
    """Return the offline list, case-folded."""
    text = files("metatron.platform.identity").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def is_well_known(folded: str) -> bool:
    """Tell whether a case-folded password is on the list or grown from one that is.

    Grown: other case, digits and signs put before, after or in between, letters spelled
    with signs, reversed, repeated, two well-known words joined; or a walk over the
    keyboard, a run of neighbours, or hardly any different signs.
    """
    if len(set(folded)) <= _FEW_SIGNS or _is_run(folded) or _is_walk(folded):
        return True
    return any(_is_known(text) for text in _readings(folded))


def _readings(folded: str) -> Iterator[str]:
    """Yield the texts a password may have grown from, the likeliest first."""
    for text in (folded, folded[::-1]):
        for part in _cores(text):
            yield part
            yield from (part.translate(spelling) for spelling in _SPELLINGS)
        yield from _without_what_stands_between(text)


def _cores(text: str) -> Iterator[str]:
    """Yield the text less any of the digits and signs around it: some of them may be letters."""
    before = min(len(text) - len(text.lstrip(_AROUND)), _MOST_AROUND)
    after = min(len(text) - len(text.rstrip(_AROUND)), _MOST_AROUND)
    yield text.strip(_AROUND)
    for first in range(before + 1):
        for end in range(len(text), len(text) - after - 1, -1):
            yield text[first:end]


def _without_what_stands_between(text: str) -> Iterator[str]:
    """Yield the text without the digits and signs in it, when they part one or two words."""
    words = [word for word in _APART.split(text) if word]
    if len(words) <= 2:
        yield "".join(words)


def _is_known(text: str) -> bool:
    known = common_passwords()
    if text in known or not known.isdisjoint(_units(text)):
        return True
    return any(
        text[:size] in known and (text[size:] in known or len(text) - size <= _LONGEST_REMAINDER)
        for size in range(_SHORTEST_STEM, len(text))
        if len(text) - size >= _SHORTEST_STEM or len(text) - size <= _LONGEST_REMAINDER
    )


def _units(text: str) -> set[str]:
    """Return the unit of a text that repeats itself (passwordpassword)."""
    return {
        text[:size]
        for size in range(3, len(text) // 2 + 1)
        if len(text) % size == 0 and text[:size] * (len(text) // size) == text
    }


def _is_run(text: str) -> bool:
    """Tell whether every sign is the neighbour of the one before: 345678901234, abcdefghijkl."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}


@cache
def _neighbours() -> tuple[frozenset[str], ...]:
    """Return the pairs of adjacent keys of each layout."""
    layouts = []
    for rows in _ROWS:
        place = {
            key: (row, column + row / 2)
            for row, keys in enumerate(rows)
            for column, key in enumerate(keys)
        }
        layouts.append(
            frozenset(
                a + b
                for a, (row, column) in place.items()
                for b, (other_row, other_column) in place.items()
                if abs(row - other_row) <= 1 and abs(column - other_column) <= 1
            )
        )
    return tuple(layouts)


def _is_walk(text: str) -> bool:
    """Tell whether three of four steps lead to a neighbouring key, as in 1qaz2wsx3edc."""
    steps = [before + after for before, after in pairwise(text)]
    return any(
        sum(step in neighbours for step in steps) >= _WALKED * len(steps)
        for neighbours in _neighbours()
    )
