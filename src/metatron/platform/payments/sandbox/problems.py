"""Refusals of the provider, as problem documents (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class Refusal(Exception):
    """An answer that is not a success; `resource` is the object it is about, when there is one."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        resource: dict[str, Any] | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        """Describe the refusal."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.resource = resource
        self.retry_after_seconds = retry_after_seconds

    def document(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body = problem(self.status, self.code, self.detail)
        if self.resource is not None:
            body["resource"] = self.resource
        return body


def problem(status: int, code: str, detail: str) -> dict[str, Any]:
    """Return the members every problem document has."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}


def answer(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return `body` with the media type its status asks for."""
    media = "application/json" if status < HTTPStatus.BAD_REQUEST else "application/problem+json"
    return JSONResponse(body, status, headers, media)


def add_problem_handlers(app: FastAPI) -> None:
    """Make every refusal of `app` a problem document."""

    async def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refusal)
        wait = error.retry_after_seconds
        headers = None if wait is None else {"Retry-After": str(wait)}
        return answer(error.status, error.document(), headers)

    async def not_valid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        body = problem(422, "invalid_request", "Some of the input is not valid.")
        body["errors"] = [
            {
                "field": ".".join(str(part) for part in item["loc"]),
                "code": item["type"],
                "hint": item["msg"],
            }
            for item in error.errors()
        ]
        return answer(422, body)

    async def no_such_route(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        body = problem(error.status_code, "no_such_route", str(error.detail))
        return answer(error.status_code, body)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(HTTPException, no_such_route)
