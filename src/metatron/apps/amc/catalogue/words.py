"""Words by which the catalogue is searched."""

import re

_WORD = re.compile(r"\w+")
_LONGEST, _MOST = 30, 24
LAST = "\U0010ffff"
"""Sorts behind every continuation of a word."""


def words_of(*texts: str) -> list[str]:
    """Return the words of texts, each once, in lower case; long ones are cut."""
    found = (word[:_LONGEST] for text in texts for word in _WORD.findall(text.casefold()))
    return list(dict.fromkeys(found))[:_MOST]


def asked_words(question: str | None) -> list[str]:
    """Return what is searched for, the longest word first, for it selects most; at most five."""
    return sorted(words_of(question or ""), key=len, reverse=True)[:5]
