"""What an exchange looked like, without what it was about: names, ids, links and instants go.

What is left of a text is its form, so two sides can be held against each other and a client can
still read what is left. Equal texts stay equal: a run that is asked for is the run that is read.
"""

import re
from typing import Any
from urllib.parse import urlsplit

_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,60}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?P<part>\.\d{1,9})?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DAY, _TIME = "2026-01-02", "T03:04:05"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLAIN = re.compile(r"true|false|\d{1,3}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,256}", re.ASCII)
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
WORDS = frozenset({
    "advertiserTypes", "aggregationPeriod", "aggregationStartDay", "code", "columnType",
    "creationStatus", "dataType", "elementDataType", "executionCategory",
    "privacyFilteringBehavior", "status", "timeWindowTimeZone", "timeWindowType", "type",
})  # fmt: skip
"""Under these stand words of the contract, which are kept."""


class Pseudonyms:
    """Takes everything out of documents that somebody could be known by."""

    def __init__(self) -> None:
        """Begin with nobody known."""
        self._known: dict[str, str] = {}

    def of(self, told: Any, key: str = "") -> Any:
        """Return a document of JSON with the same fields and forms, and other contents."""
        if isinstance(told, dict):
            return {str(name)[:100]: self.of(each, str(name)) for name, each in told.items()}
        if isinstance(told, list):
            return [self.of(each, key) for each in told]
        if isinstance(told, bool) or told is None:
            return told
        if isinstance(told, int | float):
            return type(told)(1)
        return self._of_text(str(told), key)

    def _of_text(self, text: str, key: str) -> str:
        if not text or _PLAIN.fullmatch(text) or (key in WORDS and _WORD.fullmatch(text)):
            return text
        if instant := _INSTANT.fullmatch(text):
            if "T" not in text:
                return _DAY
            return (
                _DAY + _TIME + re.sub(r"\d", "0", instant["part"] or "") + (instant["zone"] or "")
            )
        return self._known.setdefault(text, self._fresh(text))

    def _fresh(self, text: str) -> str:
        number = len(self._known) + 1
        if _UUID.fullmatch(text):
            return f"00000000-0000-4000-8000-{number:012d}"
        if _LINK.fullmatch(text):
            return f"{urlsplit(text).scheme}://files.invalid/{number}"
        return f"name-{number}" if _NAME.fullmatch(text) else f"text {number}"


def form(text: str) -> str:
    """Return of which form a pseudonym is."""
    if _UUID.fullmatch(text):
        return "uuid"
    if instant := _INSTANT.fullmatch(text):
        if "T" not in text:
            return "date"
        fraction = ", fraction" if instant["part"] else ""
        return f"instant{fraction}, {'without zone' if not instant['zone'] else 'with zone'}"
    if _LINK.fullmatch(text):
        return "link"
    return "text"
