"""The outermost middleware: request id, limits of size and time, security headers, metrics."""

import asyncio
import re
import time
from collections.abc import Awaitable, Iterable
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from metatron.kernel.context import Context
from metatron.kernel.http.deadlines import Deadline, Deadlines
from metatron.kernel.http.problems import plain_problem
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_text_id
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.api_calls import KeyUsed, note_api_call
from metatron.kernel.telemetry.calls import Statements, begin_work
from metatron.kernel.telemetry.metrics import observe_request
from metatron.kernel.telemetry.tenant_traffic import observe_tenant

log = structlog.get_logger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' https: data:"
    " blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_JSON_HEADERS = [
    (b"content-type", b"application/json"),
    *_HEADERS,
    (b"cache-control", b"no-store"),
]
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


_NONE: dict[str, str] = {}


def _given_id(scope: Scope) -> str | None:
    """Return the request id the caller chose; of several the last counts."""
    found = None
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            found = value.decode("latin-1")
    return found if found is not None and _REQUEST_ID.fullmatch(found) else None


def answer_headers(scope: Scope) -> dict[str, str]:
    """Return the headers that whatever answers the request will carry; add to them freely."""
    headers: dict[str, str] = scope.setdefault("state", {}).setdefault("answer_headers", {})
    return headers


def answer_with(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Add headers that are written out already, names in lower case, to whatever answers."""
    scope["state"].setdefault("written_headers", []).extend(headers)


def lift_time_limit(scope: Scope) -> None:
    """Let the answer go on for as long as the caller listens; its duration is not measured."""
    scope["state"]["endless"] = True
    limit: Deadline | None = scope["state"].get("time_limit")
    if limit is not None:
        limit.lift()


class BodyTooLarge(HTTPException):
    """More bytes came than the route takes.

    FastAPI turns whatever the reading of a body raises into a 400, but for an HTTPException.
    """

    def __init__(self) -> None:
        """Close the connection: the rest of the body is not read."""
        super().__init__(413, headers={"connection": "close"})


class BodyTooSlow(HTTPException):
    """The body did not arrive in time."""

    def __init__(self) -> None:
        """Close the connection: the rest of the body is not read."""
        super().__init__(408, headers={"connection": "close"})


class Edge:
    """Pure ASGI, for it runs on every request."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Wrap the application."""
        self._app = app
        self._settings = settings
        self._https = settings.public_url.startswith("https://")
        self._deadlines = Deadlines(settings.request_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request within its limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = self.exchange(scope, receive, send)
        await self.within_limits(exchange, self._app(scope, exchange.receive, exchange.send))

    def exchange(self, scope: Scope, receive: Receive, send: Send) -> "Exchange":
        """Begin one request."""
        return Exchange(scope, receive, send, self._settings, secure=self._https)

    async def within_limits(self, exchange: "Exchange", work: Awaitable[None]) -> None:
        """Run the work of one request; answer for it when it goes over a limit, or fails."""
        try:
            exchange.statements = begin_work()
            with self._deadlines.one() as limit:
                exchange.limited_by(limit)
                await work
        except TimeoutError:
            await exchange.refuse(504)
        except BodyTooLarge:
            await exchange.refuse(413)
        except BodyTooSlow:
            await exchange.refuse(408)
        except Exception as error:
            # Here and not in the framework's outermost layer, which would answer past our headers.
            if exchange.answering:
                raise
            log.exception("internal_error", request_id=exchange.request_id, exc_info=error)
            await exchange.refuse(500)
        finally:
            exchange.measure()


class Exchange:
    """One request: counts its bytes, decorates its answer."""

    __slots__ = (
        "_begun", "_bytes", "_complete", "_receive", "_scope", "_secure", "_send", "_sent",
        "_settings", "_started", "_status", "request_id", "statements",
    )  # fmt: skip

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, settings: Settings, *, secure: bool
    ) -> None:
        self._scope, self._receive, self._send, self._settings = scope, receive, send, settings
        self._secure = secure
        self._started = self._begun = time.perf_counter()
        self._bytes = 0
        self._sent = 0
        self._status = 0
        self._complete = False
        self.statements: Statements | None = None
        self.request_id = _given_id(scope) or new_text_id()
        state = scope.setdefault("state", {})
        state["request_id"] = self.request_id
        state["max_body_bytes"] = settings.max_body_bytes

    def limited_by(self, limit: Deadline) -> None:
        """Note what ends the request, for `lift_time_limit`."""
        self._scope["state"]["time_limit"] = limit

    async def receive(self) -> Message:
        """Pass on one message; bound its time until the body is complete."""
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                message = await self._receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._bytes > self._scope["state"]["max_body_bytes"]:
                raise BodyTooLarge
        return message

    async def send(self, message: Message) -> None:
        """Pass on one message, with our headers on the first."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._begun = time.perf_counter()
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            present = {name for name, _ in headers}
            headers += [pair for pair in _HEADERS if pair[0] not in present]
            headers.append((b"x-request-id", self.request_id.encode()))
            self._add_headers(headers)
            if b"cache-control" not in present:
                headers.append((b"cache-control", b"no-store"))
            message["headers"] = headers
        else:
            self._sent += len(message.get("body", b""))
        await self._send(message)

    async def answer_json(self, status: int, body: bytes) -> None:
        """Send a whole answer of the API, with the same headers in fewer steps."""
        self._status, self._sent = status, len(body)
        headers = [
            *_JSON_HEADERS,
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", self.request_id.encode()),
        ]
        self._add_headers(headers)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _add_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Add what was put down for whatever answers."""
        state = self._scope["state"]
        headers += state.get("written_headers", ())
        for name, value in state.get("answer_headers", _NONE).items():
            headers.append((name.lower().encode(), value.encode("latin-1")))
        if self._secure:
            headers.append(_STRICT_TRANSPORT)

    @property
    def answering(self) -> bool:
        """Whether an answer has begun."""
        return self._status != 0

    async def refuse(self, status: int) -> None:
        """Answer a limit, unless an answer has begun."""
        if self._status:
            return
        headers = {"connection": "close"} if status in {408, 413} else {}
        response = plain_problem(status, self.request_id, headers=headers)
        await response(self._scope, self._receive, self.send)

    def measure(self) -> None:
        """Count the request under its route's template, never under its raw path."""
        route: Any = self._scope.get("route")
        template = getattr(route, "path", "unmatched")
        ended = self._begun if self._scope["state"].get("endless") else time.perf_counter()
        elapsed = ended - self._started
        sent = self.statements.count if self.statements is not None else 0
        observe_request(self._scope["method"], template, self._status, elapsed, statements=sent)
        state = self._scope["state"]
        context: Context | None = state.get("context")
        if context is not None and context.tenant_id != PLATFORM_TENANT_ID:
            observe_tenant(context.tenant_id, self._status, elapsed)
        used: KeyUsed | None = state.get("key_used")
        if used is not None:
            person = context.actor_id if context and context.actor_kind == "user" else None
            note_api_call((
                used, person, self._scope["method"], template, self._status, state.get("refusal"),
                self._started, elapsed, self._sent, self.request_id,
            ))  # fmt: skip
