"""Problem documents (RFC 9457) for every refusal, with a stable code and the request's id."""

from typing import Any

import asyncpg
import orjson
import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from metatron.kernel.context import Context
from metatron.kernel.errors import (
    DatabaseUnavailable,
    DomainError,
    FieldError,
    InvalidInput,
    TenantMoving,
)
from metatron.kernel.http.routes import methods_at

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"


class ProblemField(BaseModel):
    """One wrong input."""

    field: str
    code: str
    hint: str


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[ProblemField] = []


PROBLEM_CONTENT: dict[str, Any] = {
    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
}
"""How OpenAPI names a problem document as an answer.

By reference, for a route that is given the model makes a validator for each of its refusals:
several thousands in all, which take a second of a process' start and megabytes.
"""


def problem_schemas() -> dict[str, Any]:
    """Return the components of an OpenAPI document that `PROBLEM_CONTENT` refers to."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs"), "Problem": problem}


_PLAIN = {
    400: ("bad_request", "The request cannot be read"),
    401: ("unauthenticated", "Sign in first"),
    404: ("not_found", "Nothing here under this address"),
    405: ("method_not_allowed", "This address does not know the method"),
    408: ("request_timeout", "The request body took too long to arrive"),
    413: ("body_too_large", "The request body is too large"),
    415: ("unsupported_media_type", "Send JSON"),
    500: ("internal_error", "Something went wrong on our side"),
    504: ("timeout", "The answer took too long"),
}
_REFUSED = ("refused", "The request was refused")
UNSTORABLE = frozenset({"22021", "22P05"})
"""Text with characters that PostgreSQL does not store."""
Handled = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    PoolTimeout,
)


def problem(error: DomainError, request_id: str) -> Response:
    """Render a refusal."""
    body: dict[str, Any] = {
        "type": f"urn:metatron:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
        "errors": [
            {"field": item.field, "code": item.code, "hint": item.hint} for item in error.errors
        ],
        **error.extra,
    }
    return Response(
        orjson.dumps(body, default=str),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=error.headers,
    )


def plain_problem(
    status: int, request_id: str, detail: str = "", headers: dict[str, str] | None = None
) -> Response:
    """Render a refusal of the HTTP machinery itself (404 for no route, 405, 413, 500...)."""
    code, title = _PLAIN.get(status, _REFUSED)

    class _Plain(DomainError):
        pass

    _Plain.status, _Plain.code, _Plain.title = status, code, title
    return problem(_Plain(detail, headers=headers or {}), request_id)


def plain_code(status: int) -> str | None:
    """Return the code of a refusal of the HTTP machinery itself, None for what is no refusal."""
    return _PLAIN.get(status, _REFUSED)[0] if status >= 400 else None


def said(message: str) -> str:
    """Return a finding of pydantic without the kind of exception a validator of ours raised."""
    return message.removeprefix("Value error, ")


def request_id_of(request: Request) -> str:
    """Return the id given to the request by the edge middleware."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def note_refused(scope: Scope, error: DomainError) -> None:
    """Remember the code, and log who was refused for want of credentials or rights.

    Floods (429) are in metrics.
    """
    state = scope.setdefault("state", {})
    state["refusal"] = error.code
    if error.status not in {401, 403}:
        return
    asker: Context | None = state.get("asked_by")
    log.info(
        "refused",
        code=error.code,
        status=error.status,
        method=scope["method"],
        route=getattr(scope.get("route"), "path", "unmatched"),
        request_id=state.get("request_id"),
        address=asker.ip if asker else None,
        tenant_id=str(asker.tenant_id) if asker else None,
        actor=asker.actor_kind if asker else None,
        actor_id=str(asker.actor_id) if asker and asker.actor_id else None,
    )


def _refuse(request: Request, error: DomainError) -> Response:
    note_refused(request.scope, error)
    return problem(error, request_id_of(request))


async def on_domain_error(request: Request, error: Exception) -> Response:
    """Answer a typed refusal."""
    assert isinstance(error, DomainError)
    return _refuse(request, error)


async def on_invalid_request(request: Request, error: Exception) -> Response:
    """Answer pydantic's findings with field, code and hint; never echo the input."""
    assert isinstance(error, RequestValidationError)
    found = tuple(
        FieldError(".".join(str(part) for part in item["loc"]), item["type"], said(item["msg"]))
        for item in error.errors()
    )
    return _refuse(request, InvalidInput(errors=found[:50]))


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer Starlette's own refusals as problem documents."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(methods_at(request)))
    return plain_problem(error.status_code, request_id_of(request), headers=headers)


async def on_database_error(request: Request, error: Exception) -> Response:
    """Answer a lost or overloaded database with 503; anything else is our bug: 500."""
    request_id = request_id_of(request)
    original = getattr(error, "orig", error)
    state = getattr(original, "sqlstate", None) or ""
    if state in UNSTORABLE:
        return _refuse(request, InvalidInput("Leave out characters such as NUL."))
    lost = isinstance(error, (*Handled, InterfaceError)) or getattr(
        error, "connection_invalidated", False
    )
    if state == "25006":
        return _refuse(request, TenantMoving(retry_after_seconds=5))
    if lost or state[:2] in {"08", "40", "53", "57", "55"}:
        log.warning("database_unavailable", request_id=request_id, error=type(error).__name__)
        return _refuse(request, DatabaseUnavailable())
    return await on_bug(request, error)


async def on_bug(request: Request, error: Exception) -> Response:
    """Answer 500 without a word of the cause; the log has it under the request's id."""
    request_id = request_id_of(request)
    log.error("internal_error", request_id=request_id, exc_info=error)
    return plain_problem(500, request_id)


HANDLERS: dict[Any, Any] = {
    DomainError: on_domain_error,
    RequestValidationError: on_invalid_request,
    HTTPException: on_http_exception,
    DBAPIError: on_database_error,
    PoolTimeout: on_database_error,
    asyncpg.PostgresError: on_database_error,
    asyncpg.InterfaceError: on_database_error,
    asyncpg.InternalClientError: on_database_error,
    OSError: on_database_error,
    Exception: on_bug,
}
