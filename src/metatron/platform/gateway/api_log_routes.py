"""`/api-log`: what an organisation's keys have called, the newest first, for ninety days."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.access import requires
from metatron.kernel.http.gathered import gathered
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read
from metatron.kernel.paging import Kind
from metatron.platform.gateway.api_call_batches import BATCH_SECONDS
from metatron.platform.gateway.api_log import KEPT_DAYS
from metatron.platform.tenancy.interface import Count, Page, paged

# The log stays at home, wherever the tenant lives: written by whoever answers, in one statement.
router = Router(door="home", tags=["organisation"])
_KEYS: tuple[Kind, ...] = ("timestamptz", "uuid", "bigint")
# In the order in which batches ended: calls of the same two seconds that several processes answered
# may stand past each other. The index leads to a time, for no batch is longer than a minute, and to
# where a page goes on.
_LIST = paged(
    """b.id || '-' || c.n as id, to_timestamp(c.called_at) as called_at,
       b.api_key_id[c.kind] as api_key_id, b.user_id[c.kind] as user_id,
       b.method[c.kind] as method, b.route[c.kind] as route, b.status[c.kind] as status,
       b.code[c.kind] as code, c.duration_ms, c.response_bytes, c.request_id""",
    f"""gateway.api_call_batch b cross join lateral
       unnest(b.kind, b.called_at, b.duration_ms, b.response_bytes, b.request_id) with ordinality
         c(kind, called_at, duration_ms, response_bytes, request_id, n)
       where b.tenant_id = bound.t::uuid
       and b.last_at >= greatest(now() - interval '{KEPT_DAYS} days', $10::timestamptz)
       and b.last_at < coalesce($11::timestamptz + interval '{BATCH_SECONDS} s', 'infinity')
       and b.last_at <= coalesce(($3::text::json ->> 0)::timestamptz, 'infinity')
       and ($6::uuid is null or b.api_key_id[c.kind] = $6)
       and ($7::text is null or starts_with(b.route[c.kind], $7))
       and ($8::int is null or b.status[c.kind] / 100 = $8)
       and ($9::text is null or c.request_id = $9)
       and ($10::timestamptz is null or to_timestamp(c.called_at) >= $10)
       and ($11::timestamptz is null or to_timestamp(c.called_at) < $11)""",
    ("b.last_at", "b.id", "c.n"),
    _KEYS,
    descends=True,
)


class ApiCallItem(BaseModel):
    """One call; `user_id` is whose token came with the key, `code` the refusal's.

    `route` is the address as the documentation writes it, never with its ids.
    """

    id: str
    called_at: datetime
    api_key_id: UUID
    user_id: UUID | None
    method: str
    route: str
    status: int
    code: str | None
    duration_ms: float
    response_bytes: int
    request_id: str


class ApiCallPage(BaseModel):
    """A page of calls, the newest first."""

    items: list[ApiCallItem]
    next_cursor: str | None
    count: Count | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls to show: `route` is how it begins, and `until` itself is left out."""

    api_key_id: UUID | None = None
    route: Annotated[str | None, Query(max_length=200)] = None
    status: Literal["2xx", "3xx", "4xx", "5xx"] | None = None
    request_id: Annotated[str | None, Query(max_length=64)] = None
    since: datetime | None = None
    until: datetime | None = None

    def arguments(self) -> tuple[Any, ...]:
        """Return `$6` and on; raises `InvalidInput` for an instant without its zone."""
        for place, instant in (("since", self.since), ("until", self.until)):
            if instant is not None and instant.tzinfo is None:
                hint = "Give an instant with its zone, such as 2026-01-31T12:00:00Z."
                raise InvalidInput.field(f"query.{place}", "naive_instant", hint)
            if instant is not None and not 1 < instant.year < 9999:
                raise InvalidInput.field(f"query.{place}", "out_of_range", "That is not our time.")
        status = None if self.status is None else int(self.status[0])
        return self.api_key_id, self.route, status, self.request_id, self.since, self.until


Filters = Annotated[Filter, Depends(gathered(Filter))]


@router.get("/api-log", response_model=ApiCallPage)
@requires("tenancy:api_keys")
async def get_api_log(read: Read, page: Page, wanted: Filters) -> Response:
    """List the calls made with the organisation's API keys, kept for ninety days."""
    arguments = (*page.arguments(*_KEYS), *wanted.arguments())
    found = await read.direct.json(read.context, _LIST, *arguments)
    return Response(found, media_type="application/json")
