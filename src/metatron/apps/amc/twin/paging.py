"""Pages: `limit` of at most 100, and a `nextToken` that only this server can read."""

import base64
import binascii
from typing import Annotated, Any

from fastapi import Query

from metatron.apps.amc.twin.refusals import Refusal

Limit = Annotated[int, Query(ge=1, le=100)]
NextToken = Annotated[str | None, Query(alias="nextToken", max_length=200)]


def cut(rows: list[Any], name: str, limit: int, token: str | None) -> dict[str, Any]:
    """Return one page of `rows` under `name`, with the token of the next one."""
    start = read_token(token)
    answer: dict[str, Any] = {name: rows[start : start + limit]}
    if start + limit < len(rows):
        answer["nextToken"] = write_token(start + limit)
    return answer


def write_token(place: int) -> str:
    """Return the token of the page that begins at `place`."""
    return base64.urlsafe_b64encode(f"from:{place}".encode()).decode()


def read_token(token: str | None) -> int:
    """Return where a page begins.

    Raises:
        Refusal: 400 for what is no token of ours.
    """
    if token is None:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if word == "from" and place.isdigit():
            return int(place)
    except (binascii.Error, ValueError):
        pass
    raise Refusal(400, "nextToken is invalid.")
