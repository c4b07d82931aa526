"""Names a query's parameters that no route reads, beside the nearest it knows (record 43)."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl

HEADER = "x-unread-parameters"
MOST_NAMED = 5
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def parameters_of(dependant: Any) -> frozenset[str]:
    """Return the names in a query that a route and what it depends on read."""
    return frozenset(_names(dependant))


def _names(dependant: Any) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for needed in dependant.dependencies:
        yield from _names(needed)


def unread(query: bytes, known: frozenset[str]) -> str | None:
    """Return the header's text for a query: `acount_id (account_id?), x`; None when all is read.

    Names that no header should hold are not repeated, and of very many the first few are told.
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    strange = dict.fromkeys(
        name for name, _ in pairs if name not in known and _NAME.fullmatch(name)
    )
    told = [_beside(name, known) for name in list(strange)[:MOST_NAMED]]
    return ", ".join(told) or None


def _beside(name: str, known: frozenset[str]) -> str:
    nearest = get_close_matches(name, sorted(known), 1)
    return f"{name} ({nearest[0]}?)" if nearest else name
