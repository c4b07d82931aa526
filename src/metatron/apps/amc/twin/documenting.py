"""The local AMC's own OpenAPI document: every refusal that a route may answer with."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel


class AmazonProblem(BaseModel):
    """A refusal of the API."""

    code: str
    details: str


class SignInProblem(BaseModel):
    """A refusal of the token endpoint (RFC 6749, 5.2)."""

    error: str
    error_description: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": AmazonProblem, "description": word}
    for status, word in {
        400: "Not valid", 401: "Not signed in", 403: "Not allowed", 404: "Not there",
        429: "Too many calls", 500: "As the chaos switches say",
    }.items()
}  # fmt: skip
SIGN_IN_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": SignInProblem | AmazonProblem, "description": "Refused"}
    for status in (400, 401)
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}, "application/json": {}}, "description": "The file"},
    206: {"content": {"text/csv": {}, "application/json": {}}, "description": "A part of it"},
}
REDIRECT: dict[int | str, dict[str, Any]] = {302: {"description": "Back to the client"}}
NOT_THIS_WAY: dict[int | str, dict[str, Any]] = {
    405: {"model": AmazonProblem, "description": "Cancelled in the other way"}
}


def describe(app: FastAPI) -> None:
    """Let the application tell its document: what FastAPI would call 422 is a 400 here."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            for path in made["paths"].values():
                for operation in path.values():
                    operation["responses"].pop("422", None)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
