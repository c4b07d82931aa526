"""The stream of what changes (server-sent events): ids and names, for a page to read anew.

A person is told of a module's records when they hold the right that the module's manifest names
for it (`Module.watch`) and belong to the record's audience (`Module.audience`), and of everything
with the right to read timelines, where all of it stands anyway. The stream ends when the gate
would refuse the request it began with: session revoked, token over, organisation halted.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.errors import DomainError, PermissionDenied
from metatron.kernel.events.feed import Feed, Told, Watch
from metatron.kernel.http.access import Access, Gate, signed_in
from metatron.kernel.http.edge import lift_time_limit
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Who
from metatron.kernel.module import Module

router = Router(tags=["events"])
EVERYTHING = "audit:read"
HEARTBEAT_SECONDS = 15.0
RETRY_MS = 3_000
MEDIA_TYPE = "text/event-stream"
_EVENT = {
    "type": "object",
    "description": "Each event of the stream; `data` of `changed` is a JSON object.",
    "required": ["event"],
    "properties": {
        "id": {"type": "string"},
        "event": {"enum": ["changed", "missed"]},
        "data": {"type": "string"},
    },
}
_AGAIN = Access("signed_in", rate_class="unlimited")
"""Asked again while a stream is open, which is no further request of the caller's."""
_LOG = f"""{BOUND} select coalesce(json_agg(r order by r.id), '[]')::text from bound, lateral (
  select e.id, e.name, e.aggregate_id, e.occurred_at from kernel.event e
  where e.tenant_id = bound.t::uuid and e.id > $2 order by e.id desc limit $3) r"""


def feed_of(database: Database, modules: tuple[Module, ...] = ()) -> Feed:
    """Return a feed that looks into the tenants' logs, wherever they are.

    Who may hear of an event is asked here, once for all who watch the tenant.
    """
    audiences = [(f"{each.name}.", each.audience) for each in modules if each.audience is not None]

    async def read(tenant_id: UUID, after: UUID, most: int) -> list[Told]:
        context = system_context(tenant_id)
        direct = await database.direct(context)
        found = orjson.loads(await direct.json(context, _LOG, after, most) or b"[]")
        limited: dict[UUID, frozenset[UUID]] = {}
        for prefix, audience in audiences:
            events = [
                (UUID(row["id"]), row["name"], UUID(row["aggregate_id"]))
                for row in found
                if row["name"].startswith(prefix)
            ]
            if events:
                limited |= await audience.find(direct, context, events)
        return [
            Told(
                event_id := UUID(row["id"]), row["name"], UUID(row["aggregate_id"]),
                row["occurred_at"], limited.get(event_id),
            )
            for row in found
        ]  # fmt: skip

    return Feed(read)


def told_modules(context: Context, modules: tuple[Module, ...]) -> frozenset[str] | None:
    """Return the modules whose changes the person is told, None for all.

    Raises:
        PermissionDenied: the person may be told of nothing.
    """
    if context.allows(EVERYTHING):
        return None
    names = frozenset(m.name for m in modules if m.watch is not None and context.allows(m.watch))
    if not names:
        raise PermissionDenied(EVERYTHING)
    return names


@router.get(
    "/events/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: {"schema": _EVENT}}}},
)
@signed_in()
async def stream_events(
    request: Request,
    who: Who,
    aggregate_id: Annotated[list[UUID] | None, Query(max_length=50)] = None,
    last_event_id: Annotated[UUID | None, Header()] = None,
) -> StreamingResponse:
    """Tell what changes in the organisation as it happens, of these records or of all.

    Events are `changed` (id, name, aggregate_id, occurred_at) and `missed` (read everything anew).
    It begins ten seconds back: who read records and then begins to listen misses nothing.
    Without `Accept: text/event-stream` the answer ends with what was announced since
    `Last-Event-ID`.
    """
    state = request.app.state
    told_modules(who, state.runtime.modules)
    feed: Feed = state.feed
    endless = MEDIA_TYPE in request.headers.get("accept", "")
    watch = await feed.watch(
        who.tenant_id,
        session_id=who.session_id,
        actor_id=who.actor_id,
        after=last_event_id,
        begin_back=endless,
    )
    if endless:
        lift_time_limit(request.scope)
    body = _Stream(request, who, watch, frozenset(aggregate_id or ()), endless=endless)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return _Answer(feed, watch, body.lines(), media_type=MEDIA_TYPE, headers=headers)


class _Answer(StreamingResponse):
    """Stops watching however it ends: lines that nobody began to read have no end of their own."""

    def __init__(self, feed: Feed, watch: Watch, lines: AsyncIterator[bytes], **more: Any) -> None:
        super().__init__(lines, **more)
        self._feed, self._watch = feed, watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.end(self._watch)


class _Stream:
    """One open answer."""

    def __init__(
        self,
        request: Request,
        context: Context,
        watch: Watch,
        records: frozenset[UUID],
        *,
        endless: bool,
    ) -> None:
        self._request, self._context, self._watch = request, context, watch
        self._records, self._endless = records, endless
        self._modules: tuple[Module, ...] = request.app.state.runtime.modules
        self._viewers = {m.name: m.audience.ids_of for m in self._modules if m.audience}

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield the stream's text until the caller hangs up or is not admitted any more."""
        watch = self._watch
        yield b"retry: %d\n\n" % RETRY_MS
        while not watch.ended:
            if watch.doubted and not await self._still_admitted():
                return
            yield self._text()
            if not self._endless:
                return
            if not await watch.wait(HEARTBEAT_SECONDS):
                # A token's end is announced by nobody: every silence asks the gate as well.
                watch.doubted = True
                yield b": still here\n\n"

    async def _still_admitted(self) -> bool:
        self._watch.doubted = False
        gate: Gate = self._request.app.state.gate
        try:
            context = await gate.admit(self._request, _AGAIN)
            told_modules(context, self._modules)
        except DomainError:
            return False
        same = context.tenant_id == self._context.tenant_id
        self._context = context
        return same

    def _text(self) -> bytes:
        watch = self._watch
        parts = [b"event: missed\ndata: {}\n\n"] if watch.missed else []
        watch.missed = False
        names = told_modules(self._context, self._modules)
        for told in watch.take():
            about = not self._records or told.aggregate_id in self._records
            if about and (names is None or self._hears(told, names)):
                parts.append(b"id: %b\nevent: changed\ndata: %b\n\n" % (
                    str(told.id).encode(), orjson.dumps(_shown(told))
                ))  # fmt: skip
        return b"".join(parts)

    def _hears(self, told: Told, names: frozenset[str]) -> bool:
        module = told.name.partition(".")[0]
        if module not in names or told.audience is None:
            return module in names
        ids = self._viewers[module](self._context)
        return ids is None or not told.audience.isdisjoint(ids)


def _shown(told: Told) -> dict[str, object]:
    return {
        "id": told.id, "name": told.name, "aggregate_id": told.aggregate_id,
        "occurred_at": told.occurred_at,
    }  # fmt: skip
