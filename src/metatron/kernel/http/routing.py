"""Routes that admit, run in one transaction, and answer only after its commit.

No `yield` dependency is used: FastAPI would commit after the answer has left.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.database.database import Door
from metatron.kernel.errors import (
    Busy,
    DatabaseUnavailable,
    DomainError,
    IdempotencyInFlight,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
    InvalidInput,
    PermissionDenied,
    TenantInactive,
    TenantMaintenance,
    TenantMigrating,
    TenantMismatch,
    TenantMoving,
    TooManyRequests,
    Unauthenticated,
)
from metatron.kernel.http.access import Access, Gate, limit_body
from metatron.kernel.http.deprecation import Deprecation, announce
from metatron.kernel.http.idempotency import (
    Keyed,
    checked_key,
    replay,
    request_hash,
    store,
)
from metatron.kernel.http.plain_text import refuse_unkept
from metatron.kernel.http.problems import PROBLEM_CONTENT
from metatron.kernel.http.security import security
from metatron.kernel.http.unit import current_context, current_unit, database_of
from metatron.kernel.http.unread import HEADER, parameters_of, unread

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_OF_THE_EDGE = {400: "bad_request", 408: "request_timeout", 413: "body_too_large", 504: "timeout"}


class Route(APIRoute):
    """A route with an `Access` declaration; refuses to exist without one."""

    door: Door = "tenant"

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Read the declaration and add its refusals to the OpenAPI document."""
        access = getattr(endpoint, "__access__", None)
        assert isinstance(access, Access), (
            f"{path}: declare who may call it, with requires/signed_in/public/operator"
        )
        self.access = access
        declared = _responses(access, frozenset(options.get("methods") or ()))
        options["responses"] = {**declared, **(options.get("responses") or {})}
        extra: dict[str, Any] = {
            "x-access": access.kind,
            "x-permission": access.permission,
            "security": security(access.kind),
        }
        options["openapi_extra"] = {**extra, **(options.get("openapi_extra") or {})}
        self.deprecation: Deprecation | None = getattr(endpoint, "__deprecation__", None)
        if self.deprecation is not None:
            options["deprecated"] = True
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler."""
        inner = super().get_route_handler()
        door, deprecation = self.door, self.deprecation
        takes_json = self.body_field is not None
        known = parameters_of(self.dependant)

        async def handle(request: Request) -> Response:
            gate: Gate = request.app.state.gate
            access = self.access
            limit_body(request.scope, access)
            request.state.context = await gate.admit(request, access)
            request.state.session, request.state.door = None, door
            if deprecation is not None:
                announce(request, deprecation, request.state.context)
            await refuse_unkept(request, takes_json=takes_json)
            try:
                if request.method in UNSAFE:
                    answer = await _write(request, inner, access)
                else:
                    answer = await _finish(request, await inner(request))
                return _tell_unread(request, answer, known)
            finally:
                if request.state.session is not None:
                    await request.state.session.close()

        return handle


def _tell_unread(request: Request, response: Response, known: frozenset[str]) -> Response:
    query: bytes = request.scope["query_string"]
    if query and (told := unread(query, known)) is not None:
        response.headers[HEADER] = told
    return response


async def _write(request: Request, inner: Handler, access: Access) -> Response:
    key = request.headers.get("idempotency-key")
    if key is None or access.idempotency == "ignored":
        if access.idempotency in {"required", "own"}:
            raise IdempotencyKeyRequired
        return await _finish(request, await inner(request))
    key = checked_key(key)
    digest = await request_hash(request)
    if access.idempotency == "own":
        request.state.keyed = Keyed(current_context(request), key, digest)
        return await _finish(request, await inner(request))
    unit = await current_unit(request)
    answer = await replay(unit.session, unit.context, key, digest)
    if answer is not None:
        return answer
    answer = await inner(request)
    await store(unit.session, unit.context, key, digest, answer)
    return await _finish(request, answer)


async def _finish(request: Request, response: Response) -> Response:
    if request.state.session is not None:
        await request.state.session.commit()
        if request.method in UNSAFE:
            database_of(request).waker.wake(request.state.context.tenant_id)
    return response


def _responses(access: Access, methods: frozenset[str]) -> dict[int | str, dict[str, Any]]:
    refusals: list[type[DomainError]] = [
        InvalidInput, TooManyRequests, Busy, DatabaseUnavailable, TenantMigrating, *access.raises,
    ]  # fmt: skip
    if access.kind != "public":
        refusals += [
            Unauthenticated, PermissionDenied, TenantInactive, TenantMaintenance, TenantMismatch,
        ]  # fmt: skip
    if methods & UNSAFE:
        refusals += [
            IdempotencyInFlight, IdempotencyKeyReused, IdempotencyKeyRequired, TenantMoving,
        ]  # fmt: skip
    codes: dict[int, set[str]] = {status: {code} for status, code in _OF_THE_EDGE.items()}
    for refusal in refusals:
        codes.setdefault(refusal.status, set()).add(refusal.code)
    return {
        status: {"description": " | ".join(sorted(names)), "content": PROBLEM_CONTENT}
        for status, names in sorted(codes.items())
    }


class HomeRoute(Route):
    """A route on tables that stay in the home database."""

    door = "home"


class SystemRoute(Route):
    """A route on all tenants' control tables, as the system role."""

    door = "system"


_ROUTES = {"tenant": Route, "home": HomeRoute, "system": SystemRoute}


class Router(APIRouter):
    """Routes of one kind, made when an application takes them, under their whole path.

    FastAPI would make them here and once more when they are included. `door` says which database
    `unit` and `read` lead to.
    """

    def __init__(
        self, *, door: Door = "tenant", prefix: str = "", tags: Sequence[str | Enum] = ()
    ) -> None:
        """Declare nothing yet."""
        super().__init__(prefix=prefix, tags=list(tags), route_class=_ROUTES[door])
        self._declared: list[tuple[str, Callable[..., Any], dict[str, Any]]] = []

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Declare a route; takes FastAPI's options."""
        self._declared.append((path, endpoint, options))

    def belong(self, module: str) -> None:
        """Let the gate know whose routes these are: the module can be switched off."""
        for _, endpoint, _ in self._declared:
            owned = replace(endpoint.__access__, module=module)  # type: ignore[attr-defined]
            endpoint.__access__ = owned  # type: ignore[attr-defined]

    def place(self, application: FastAPI, prefix: str) -> list[str]:
        """Make the routes in the application, under `prefix`; returns their paths."""
        paths = []
        for path, endpoint, options in self._declared:
            paths.append(prefix + self.prefix + path)
            tags = [*self.tags, *(options.get("tags") or ())]
            kind = {"route_class_override": self.route_class}
            application.router.add_api_route(paths[-1], endpoint, **options | {"tags": tags} | kind)
        return paths
