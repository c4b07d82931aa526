"""Which part of a content is asked for (RFC 9110, 14: `Range` and `If-Range`)."""

import re
from dataclasses import dataclass

_ASKED = re.compile(r"bytes[ \t]*=[ \t]*(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))[ \t]*")


class Unsatisfiable(Exception):
    """What is asked for begins behind the content's end."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last` of a content, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Return how many bytes it has."""
        return self.last - self.first + 1


def part_asked(wanted: str | None, only_if: str | None, *, tag: str, size: int) -> Part | None:
    """Return the one part that is asked for, None for the whole content.

    What is no range of bytes is not for us to refuse, several at once are answered whole, and so
    is whoever has a part of another content (`only_if`, the `If-Range`; a date is none of ours).

    Raises:
        Unsatisfiable: not a byte of it is there.
    """
    if wanted is None or (only_if is not None and only_if.strip() != tag):
        return None
    found = _ASKED.fullmatch(wanted.strip())
    if found is None:
        return None
    first, last, suffix = (None if each is None else int(each) for each in found.groups())
    if first is None:
        assert suffix is not None, "the pattern has one of both"
        if suffix == 0:
            raise Unsatisfiable
        return Part(max(0, size - suffix), size - 1)
    if last is not None and last < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return Part(first, size - 1 if last is None else min(last, size - 1))
