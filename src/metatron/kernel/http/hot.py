"""The hottest routes, dispatched before the framework: same gate, same core function, less way.

An endpoint names its hot twin with `@hot(core)`. The ordinary endpoint stays: it documents the
route, and serves it when a request carries what only the ordinary way knows (an Idempotency-Key).
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError, FieldError, InvalidInput, NotFound
from metatron.kernel.http.access import Access, limit_body
from metatron.kernel.http.problems import HANDLERS, on_bug, problem, request_id_of
from metatron.kernel.http.routes import every_route

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
Body = TypeVar("Body", bound=BaseModel)
_JSON = (b"content-type", b"application/json")


@dataclass(slots=True)
class HotRequest:
    """What a hot core is given."""

    request: Request
    context: Context
    database: Database
    path_value: str | None

    def path_id(self) -> UUID:
        """Return the id in the path; what is no UUID names nothing."""
        try:
            return UUID(self.path_value or "")
        except ValueError as error:
            raise NotFound from error

    def query(self) -> dict[str, str]:
        """Return the query parameters; the last of a repeated name counts."""
        raw: bytes = self.request.scope["query_string"]
        return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True)) if raw else {}

    async def body(self, model: type[Body]) -> Body:
        """Return the validated JSON body."""
        try:
            return model.model_validate_json(await self.request.body())
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
            raise InvalidInput(
                errors=tuple(
                    FieldError(
                        ".".join(["body", *(str(part) for part in item["loc"])]),
                        item["type"],
                        item["msg"],
                    )
                    for item in found[:50]
                )
            ) from error


Core = Callable[[HotRequest], Awaitable[tuple[int, bytes]]]


def hot(core: Core) -> Callable[[Endpoint], Endpoint]:
    """Give an endpoint its hot twin; goes below the access declaration."""

    def attach(endpoint: Endpoint) -> Endpoint:
        endpoint.__hot__ = core  # type: ignore[attr-defined]
        return endpoint

    return attach


@dataclass(frozen=True, slots=True)
class _Entry:
    core: Core
    access: Access
    route: Any


class HotPaths:
    """ASGI middleware that answers hot routes itself and passes everything else on.

    Paths are either fixed or end in one parameter (`/api/v1/applications/{application_id}`).
    """

    def __init__(self, app: ASGIApp, application: Any) -> None:
        """Take the FastAPI application whose routes are to be looked through at first use."""
        self._app = app
        self._application = application
        self._table: dict[tuple[str, str, bool], _Entry] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        entry, value = self._find(scope["method"], scope["path"])
        if entry is None or any(name == b"idempotency-key" for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        scope["app"], scope["route"] = self._application, entry.route
        request = Request(scope, receive)
        try:
            state = self._application.state
            limit_body(scope, entry.access)
            context = await state.gate.admit(request, entry.access)
            exchange = HotRequest(request, context, state.database, value)
            status, body = await entry.core(exchange)
        except DomainError as error:
            await problem(error, request_id_of(request))(scope, receive, send)
            return
        except Exception as error:  # noqa: BLE001 - the same handlers as the framework's
            await (await _handle(request, error))(scope, receive, send)
            return
        length = (b"content-length", str(len(body)).encode())
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [_JSON, length],
            }
        )
        await send({"type": "http.response.body", "body": body})

    def _find(self, method: str, path: str) -> tuple[_Entry | None, str | None]:
        if self._table is None:
            self._table = _table(every_route(self._application))
        entry = self._table.get((method, path, False))
        if entry is not None:
            return entry, None
        head, _, tail = path.rpartition("/")
        return self._table.get((method, head, True)), tail


def _table(routes: Iterable[Any]) -> dict[tuple[str, str, bool], _Entry]:
    table = {}
    routes = list(routes)
    for route in routes:
        core = getattr(getattr(route, "endpoint", None), "__hot__", None)
        if core is None:
            continue
        head, _, tail = route.path.rpartition("/")
        takes_value = tail.startswith("{")
        assert "{" not in head, f"{route.path}: a hot path has at most one parameter, at its end"
        for method in route.methods:
            shadowed = [r.path for r in routes if takes_value and _below(r, method, head)]
            assert not shadowed, f"{route.path} would hide {shadowed}: rename one"
            key = (method, head if takes_value else route.path, takes_value)
            table[key] = _Entry(core, route.endpoint.__access__, route)
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
