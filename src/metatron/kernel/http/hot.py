"""The hottest routes, dispatched before the framework: same gate, same core function, less way.

An endpoint names its hot twin with `@hot(core)`. The ordinary endpoint stays: it documents the
route, and serves it when a request carries what only the ordinary way knows (an Idempotency-Key).
"""

import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError, FieldError, InvalidInput
from metatron.kernel.http.access import Access, Asked, limit_body
from metatron.kernel.http.edge import Edge, Exchange
from metatron.kernel.http.plain_text import refuse_unkept_json
from metatron.kernel.http.problems import HANDLERS, on_bug, problem, said
from metatron.kernel.http.routes import every_route

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
_JSON_TYPE = re.compile(rb"application/json(?:; ?charset=utf-8)?", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LIMIT = re.compile(rb"limit=([1-9][0-9]{0,2})")


@dataclass(slots=True)
class HotRequest:
    """What a hot core is given."""

    scope: Scope
    receive: Receive
    context: Context
    database: Database
    path_value: str

    def limit(self, *, default: int) -> int:
        """Return the page size of a query that `plain_limit` let through."""
        raw: bytes = self.scope["query_string"]
        return int(raw[6:]) if raw else default

    async def body[Body: BaseModel](self, model: type[Body]) -> Body:
        """Return the validated JSON body; refuse with the framework's words."""
        raw = await _whole_body(self.receive)
        refuse_unkept_json(raw)
        try:
            return model.model_validate_json(raw)
        except ValidationError:
            return _as_the_framework(model, raw)


async def _whole_body(receive: Receive) -> bytes:
    """Return the body; most come in one message."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _as_the_framework[Body: BaseModel](model: type[Body], raw: bytes) -> Body:
    """Validate once more, by the framework's steps, for they decide how a refusal reads."""
    if not raw:
        raise InvalidInput(errors=(FieldError("body", "missing", "Field required"),))
    try:
        value = json.loads(raw)
    except json.JSONDecodeError as error:
        found = FieldError(f"body.{error.pos}", "json_invalid", "JSON decode error")
        raise InvalidInput(errors=(found,)) from error
    except (ValueError, RecursionError) as error:
        # No UTF-8, a number of thousands of digits, or nested deeper than Python goes.
        raise HTTPException(400) from error
    try:
        return TypeAdapter(model).validate_python(value, from_attributes=True)
    except ValidationError as error:
        items = error.errors(include_input=False, include_url=False)
        raise InvalidInput(
            errors=tuple(
                FieldError(
                    ".".join(["body", *(str(part) for part in item["loc"])]),
                    item["type"],
                    said(item["msg"]),
                )
                for item in items[:50]
            )
        ) from error


Core = Callable[[HotRequest], Awaitable[tuple[int, bytes]]]
When = Callable[[Scope, str], bool]
"""Tells from the scope and the path's last part whether the hot way knows such a request."""


def plain_uuid(_scope: Scope, value: str) -> bool:
    """Take paths that end in an id as it is usually written."""
    return _UUID.fullmatch(value) is not None


def plain_limit(most: int) -> When:
    """Take lists without a query, and those that ask for nothing but a page size in range."""

    def takes(scope: Scope, _value: str) -> bool:
        raw: bytes = scope["query_string"]
        found = _LIMIT.fullmatch(raw)
        return not raw or (found is not None and int(found[1]) <= most)

    return takes


def plain_json(scope: Scope, _value: str) -> bool:
    """Take bodies that say once that they are JSON."""
    said = [value for name, value in scope["headers"] if name == b"content-type"]
    return len(said) == 1 and _JSON_TYPE.fullmatch(said[0]) is not None


def hot(core: Core, *, when: When) -> Callable[[Endpoint], Endpoint]:
    """Give an endpoint its hot twin; goes below the access declaration.

    `when` sends whatever is unusual the ordinary way, before anything is done.
    """

    def attach(endpoint: Endpoint) -> Endpoint:
        endpoint.__hot__ = (core, when)  # type: ignore[attr-defined]
        return endpoint

    return attach


@dataclass(frozen=True, slots=True)
class Entry:
    """A hot route."""

    core: Core
    when: When
    access: Access
    route: Any


Found = tuple[Entry, str, dict[bytes, bytes]]
"""A hot route, the last part of the path, and the headers by their names in lower case."""


class HotPaths:
    """Answers hot routes by itself, within the edge's limits; knows what it leaves to others.

    Paths are either fixed or end in one parameter (`/api/v1/applications/{application_id}`).
    """

    def __init__(self, application: Any, edge: Edge, *, passed_on: frozenset[bytes]) -> None:
        """Take the FastAPI application whose routes are to be looked through at first use.

        Requests with a header of `passed_on` go the ordinary way, whose middlewares know it.
        """
        self._application, self._edge = application, edge
        self._passed_on = passed_on
        self._table: dict[tuple[str, str, bool], Entry] | None = None

    def find(self, scope: Scope) -> Found | None:
        """Return the hot route of a request, None when the ordinary way has to serve it."""
        if self._table is None:
            self._table = _table(every_route(self._application))
        method, path = scope["method"], scope["path"]
        head, _, value = path.rpartition("/")
        entry = self._table.get((method, path, False)) or self._table.get((method, head, True))
        if entry is None or not entry.when(scope, value):
            return None
        headers = dict(scope["headers"])
        # What a header sent twice means is for the ordinary way to say.
        if len(headers) != len(scope["headers"]) or not self._passed_on.isdisjoint(headers):
            return None
        return entry, value, headers

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
                HotRequest(scope, exchange.receive, context, state.database, value)
            )
        except DomainError as error:
            response = problem(error, exchange.request_id)
            await response(scope, exchange.receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the same handlers as the framework's
            response = await _handle(Request(scope, exchange.receive), error)
            await response(scope, exchange.receive, exchange.send)
        else:
            await exchange.answer_json(status, body)


def _table(routes: Iterable[Any]) -> dict[tuple[str, str, bool], Entry]:
    table = {}
    routes = list(routes)
    for route in routes:
        hot_twin = getattr(getattr(route, "endpoint", None), "__hot__", None)
        if hot_twin is None:
            continue
        head, _, tail = route.path.rpartition("/")
        takes_value = tail.startswith("{")
        assert "{" not in head, f"{route.path}: a hot path has at most one parameter, at its end"
        for method in route.methods:
            shadowed = [r.path for r in routes if takes_value and _below(r, method, head)]
            assert not shadowed, f"{route.path} would hide {shadowed}: rename one"
            key = (method, head if takes_value else route.path, takes_value)
            core, when = hot_twin
            table[key] = Entry(core, when, route.endpoint.__access__, route)
    return table


def _below(route: Any, method: str, head: str) -> bool:
    """Tell whether a fixed path stands where the hot route takes a value."""
    above, _, tail = getattr(route, "path", "").rpartition("/")
    return above == head and "{" not in tail and method in (getattr(route, "methods", None) or ())


async def _handle(request: Request, error: Exception) -> Any:
    for kind in type(error).__mro__:
        if kind in HANDLERS:
            return await HANDLERS[kind](request, error)
    return await on_bug(request, error)
