"""Text that PostgreSQL cannot keep, NUL and halves of characters, is refused at the edge.

Every field of every route is covered by this alone: no schema has to remember it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from metatron.kernel.errors import FieldError, InvalidInput

CODE, HINT = "not_text", "Leave out characters such as NUL and halves of characters."
MOST_TOLD = 50
_ESCAPED = re.compile(
    rb"\\u(?:0000|[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u)[dD][c-fC-F])"
)
"""How JSON writes a NUL, or a surrogate without its other half (but for escaped backslashes)."""
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


async def refuse_unkept(request: Request, *, takes_json: bool) -> None:
    """Raise `InvalidInput` that names each text of a request which cannot be kept.

    `takes_json`: the route reads its body as JSON. Other bodies are their routes' own matter, and
    a path with such a text leads to nothing.
    """
    found = _in_query(request.scope["query_string"])
    if takes_json:
        try:
            found += _in_json(await request.body())
        except ClientDisconnect as error:
            raise HTTPException(400) from error
    _refuse(found)


def refuse_unkept_json(raw: bytes) -> None:
    """Raise `InvalidInput` that names each text of a JSON body which cannot be kept."""
    _refuse(_in_json(raw))


def refuse_unkept_value(value: Any, place: str) -> None:
    """Raise `InvalidInput` that names each text of a JSON value, found at `place`, likewise."""
    _refuse(list(_places(value, place)))


def _refuse(places: list[str]) -> None:
    if places:
        errors = tuple(FieldError(place, CODE, HINT) for place in places[:MOST_TOLD])
        raise InvalidInput(HINT, errors=errors)


def _in_query(raw: bytes) -> list[str]:
    if b"%00" not in raw and b"\x00" not in raw:
        return []
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    return [f"query.{_shown(name)}" for name, value in pairs if _UNKEPT.search(name + value)]


def _in_json(raw: bytes) -> list[str]:
    if _ESCAPED.search(raw) is None:
        return []
    try:
        return list(_places(json.loads(raw), "body"))
    except (ValueError, RecursionError):
        return []  # no JSON: whoever reads the body says so


def _places(value: Any, place: str) -> Iterator[str]:
    pending = [(value, place)]
    while pending:  # however deeply it is nested
        value, place = pending.pop()
        if isinstance(value, str):
            if _UNKEPT.search(value):
                yield place
        elif isinstance(value, list):
            items = [(each, f"{place}.{number}") for number, each in enumerate(value)]
            pending += reversed(items)
        elif isinstance(value, dict):
            yield from (f"{place}.{_shown(name)}" for name in value if _UNKEPT.search(name))
            items = [(each, f"{place}.{_shown(name)}") for name, each in value.items()]
            pending += reversed(items)


def _shown(name: str) -> str:
    """Return a name as the answer may hold it."""
    return _UNKEPT.sub("\ufffd", name)[:100]
