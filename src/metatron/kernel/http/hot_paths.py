"""Finds hot routes by the path and answers them; knows what it leaves to the framework."""

from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from metatron.kernel.errors import DomainError
from metatron.kernel.http.access import Access, Asked, limit_body
from metatron.kernel.http.edge import Edge, Exchange
from metatron.kernel.http.hot import KEY_HEADER, Core, HotRequest, When, only_ids
from metatron.kernel.http.problems import HANDLERS, note_refused, on_bug, problem


@dataclass(frozen=True, slots=True)
class Entry:
    """A hot route."""

    core: Core
    when: When
    access: Access
    route: Any

    @property
    def keyed(self) -> bool:
        """Whether it keeps its answers by itself: its requests carry a key."""
        return self.access.idempotency == "own"


Found = tuple[Entry, str, dict[bytes, bytes]]
"""A hot route, the path's parameter, and the headers by their names in lower case."""
_Name = tuple[str, str, str | None]
"""Method, path up to the parameter (or whole), and what follows it: None for no parameter."""


class HotPaths:
    """Answers hot routes by itself, within the edge's limits; knows what it leaves to others.

    Paths are fixed, or have one parameter as their last part or the one before it
    (`/api/v1/applications/{application_id}`, `/api/v1/campaigns/{campaign_id}/commitments`).
    """

    def __init__(self, application: Any, edge: Edge, *, passed_on: frozenset[bytes]) -> None:
        """Take the FastAPI application whose routes are to be looked through at first use.

        Requests with a header of `passed_on` go the ordinary way, whose middlewares know it.
        """
        self._application, self._edge = application, edge
        self._passed_on = passed_on
        self._table: dict[_Name, Entry] | None = None

    def prepare(self) -> None:
        """Look through the routes now: processes that fork off later share what that takes."""
        self._table = _table(self._application.routes)

    def find(self, scope: Scope) -> Found | None:
        """Return the hot route of a request, None when the ordinary way has to serve it."""
        if self._table is None:
            self.prepare()
        assert self._table is not None, "it has just been made"
        method, path = scope["method"], scope["path"]
        head, _, value = path.rpartition("/")
        entry = self._table.get((method, path, None)) or self._table.get((method, head, ""))
        if entry is None:
            head, _, middle = head.rpartition("/")
            entry, value = self._table.get((method, head, value)), middle
        if entry is None or not entry.when(scope, value):
            return None
        headers = dict(scope["headers"])
        # What a header sent twice means is for the ordinary way to say.
        if len(headers) != len(scope["headers"]) or not self._knows(entry, headers):
            return None
        return entry, value, headers

    def _knows(self, entry: Entry, headers: dict[bytes, bytes]) -> bool:
        """Tell whether the hot way knows all that the request carries, and misses nothing."""
        if entry.keyed:
            return KEY_HEADER in headers and (self._passed_on - {KEY_HEADER}).isdisjoint(headers)
        return self._passed_on.isdisjoint(headers)

    def answer(
        self, found: Found, scope: Scope, receive: Receive, send: Send
    ) -> Coroutine[Any, Any, None]:
        """Return the work of answering one request that `find` has found."""
        scope["app"], scope["route"] = self._application, found[0].route
        exchange = self._edge.exchange(scope, receive, send)
        return self._edge.within_limits(exchange, self._work(found, scope, exchange))

    async def _work(self, found: Found, scope: Scope, exchange: Exchange) -> None:
        entry, value, headers = found
        state = self._application.state
        try:
            limit_body(scope, entry.access)
            asked = Asked(scope, headers, exchange.request_id)
            context = state.gate.admit_at_once(asked, entry.access)
            if context is None:
                context = await state.gate.admit(Request(scope), entry.access)
            scope["state"]["context"] = context
            status, body = await entry.core(
                HotRequest(scope, exchange.receive, context, state.database, value, headers)
            )
        except DomainError as error:
            note_refused(scope, error)
            response = problem(error, exchange.request_id)
            await response(scope, exchange.receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the same handlers as the framework's
            response = await _handle(Request(scope, exchange.receive), error)
            await response(scope, exchange.receive, exchange.send)
        else:
            await exchange.answer_json(status, body)


def _table(routes: Iterable[Any]) -> dict[_Name, Entry]:
    table = {}
    routes = list(routes)
    for route in routes:
        hot_twin = getattr(getattr(route, "endpoint", None), "__hot__", None)
        if hot_twin is None:
            continue
        head, tail = _parted(route.path)
        for method in route.methods:
            core, when = hot_twin
            hidden = [] if tail is None or only_ids(when) else _hidden(routes, method, head, tail)
            assert not hidden, f"{route.path} would hide {hidden}: rename one"
            table[method, head, tail] = Entry(core, when, route.endpoint.__access__, route)
    return table


def _parted(path: str) -> tuple[str, str | None]:
    """Return what stands before the parameter and after it; the whole path and None without one."""
    head, brace, rest = path.partition("/{")
    if not brace:
        return path, None
    tail = rest.partition("}")[2].removeprefix("/")
    assert "/" not in tail and "{" not in tail, (  # noqa: PT018 - one rule
        f"{path}: a hot path has one parameter, at its end or before its last part"
    )
    return head, tail


def _hidden(routes: Iterable[Any], method: str, head: str, tail: str) -> list[str]:
    """Return the fixed paths that stand where a hot route takes a value."""
    paths = (route.path for route in routes if method in (getattr(route, "methods", None) or ()))
    found = []
    for path in paths:
        value, _, rest = path.removeprefix(head + "/").partition("/")
        if path.startswith(head + "/") and rest == tail and not value.startswith("{"):
            found.append(path)
    return found


async def _handle(request: Request, error: Exception) -> Any:
    for kind in type(error).__mro__:
        if kind in HANDLERS:
            return await HANDLERS[kind](request, error)
    return await on_bug(request, error)
