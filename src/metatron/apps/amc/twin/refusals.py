"""Refusals as Amazon words them: `{code, details}`, and for the sign-in `{error, ...}`."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "ACCESS_DENIED",
    404: "RESOURCE_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    410: "GONE",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
}


class Refusal(Exception):
    """An answer that is not a success."""

    def __init__(
        self, status: int, details: str, *, retry_after_seconds: int | None = None
    ) -> None:
        """Describe the refusal in a sentence for the caller."""
        super().__init__(details)
        self.status, self.details = status, details
        self.retry_after_seconds = retry_after_seconds


class SignInRefusal(Exception):
    """A refusal of the token endpoint (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        """Name the error as the standard does."""
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def body(status: int, details: str) -> dict[str, Any]:
    """Return the document of a refusal."""
    return {"code": _CODES.get(status, HTTPStatus(status).name), "details": details}


def add_handlers(app: FastAPI) -> None:
    """Let every refusal of `app` be worded so."""

    async def refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refusal)
        wait = error.retry_after_seconds
        headers = None if wait is None else {"Retry-After": str(wait)}
        return JSONResponse(body(error.status, error.details), error.status, headers)

    async def sign_in_refused(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, SignInRefusal)
        content = {"error": error.error, "error_description": error.description}
        return JSONResponse(content, error.status, {"Cache-Control": "no-store"})

    async def not_valid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        told = [
            f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}"
            for item in error.errors()
        ]
        return JSONResponse(body(400, "; ".join(told)), 400)

    async def no_such_route(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return JSONResponse(body(error.status_code, str(error.detail)), error.status_code)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(SignInRefusal, sign_in_refused)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(HTTPException, no_such_route)
