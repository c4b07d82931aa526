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


def _refusal(description: str, *models: type[BaseModel]) -> dict[str, Any]:
    """A route that answers with pages or files still refuses in JSON, so the type is named here."""
    schemas = [each.model_json_schema() for each in models]
    shown = {"anyOf": schemas} if len(schemas) > 1 else schemas[0]
    return {"description": description, "content": {"application/json": {"schema": shown}}}


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: _refusal("Not valid", AmazonProblem),
    401: _refusal("Not signed in", AmazonProblem),
    403: _refusal("Not allowed", AmazonProblem),
    404: _refusal("Not there", AmazonProblem),
    429: _refusal("Too many calls", AmazonProblem),
    500: _refusal("As the chaos switches say", AmazonProblem),
}
SIGN_IN_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: _refusal("Refused", SignInProblem, AmazonProblem) for status in (400, 401)
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}, "application/json": {}}, "description": "The file"},
    206: {"content": {"text/csv": {}, "application/json": {}}, "description": "A part of it"},
}
REDIRECT: dict[int | str, dict[str, Any]] = {302: {"description": "Back to the client"}}
NOT_THIS_WAY: dict[int | str, dict[str, Any]] = {
    405: _refusal("Cancelled in the other way", AmazonProblem)
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
