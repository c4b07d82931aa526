"""What the routes of logs share: which entries to show, and how a page of them is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.gathered import gathered
from metatron.kernel.paging import MAX_PAGE, encode_cursor
from metatron.platform.audit import queries

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=200)]
Form = Literal["csv", "json"]


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; `name` is an event's full name or a module's."""

    name: Annotated[
        str | None, Query(max_length=100, pattern=r"^[a-z_]+(\.[a-z_]+\.v[0-9]+)?$")
    ] = None
    actor_id: UUID | None = None
    aggregate_id: UUID | None = None
    request_id: Annotated[str | None, Query(max_length=64)] = None
    since: datetime | None = None
    until: datetime | None = None

    def arguments(self) -> tuple[Any, ...]:
        """Return the values in the order of the queries."""
        for place, instant in (("since", self.since), ("until", self.until)):
            if instant is not None and instant.tzinfo is None:
                hint = "Give an instant with its zone, such as 2026-01-31T12:00:00Z."
                raise InvalidInput.field(f"query.{place}", "naive_instant", hint)
            if instant is not None and not 1 < instant.year < 9999:
                raise InvalidInput.field(f"query.{place}", "out_of_range", "That is not our time.")
        return (
            self.name, self.actor_id, self.aggregate_id, self.request_id, self.since, self.until
        )  # fmt: skip


Filters = Annotated[Filter, Depends(gathered(Filter))]


def labelled(request: Request, sql: str, *, names_operators: bool = False) -> str:
    """Fill in who a person is, when this database holds the directory of people."""
    known = getattr(request.app.state, "people_directory", False)
    return queries.with_labels(sql, directory=known, names_operators=names_operators)


def page_of(found: bytes | None, limit: int) -> dict[str, Any]:
    """Return what a statement of `queries` found, with the cursor of the next page."""
    page: dict[str, Any] = orjson.loads(found or b'{"items":[]}')
    items = page["items"]
    page["next_cursor"] = encode_cursor([items[-1]["id"]]) if len(items) == limit else None
    return page


def page_answer(found: bytes | None, limit: int) -> Response:
    """Answer what a statement of `queries` found, with the cursor of the next page."""
    return Response(orjson.dumps(page_of(found, limit)), media_type="application/json")
