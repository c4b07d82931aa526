"""The OpenAPI document: FastAPI's own, with what the gate takes and refuses by kind of route."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from metatron.kernel.errors import DomainError
from metatron.kernel.http.problems import PROBLEM_CONTENT, problem_schemas
from metatron.kernel.http.security import SCHEMES
from metatron.kernel.module import Module


def complete_document(app: FastAPI, modules: Iterable[Module]) -> None:
    """Let `app.openapi()` name the refusals of every module's manifest beside the routes' own.

    The responses of refusals are problem documents and of no other media type.
    """
    plain = app.openapi
    refusals = [module.refusals for module in modules]

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = plain()
        parts = document.setdefault("components", {})
        schemas = parts.get("schemas", {}) | problem_schemas()
        parts["schemas"] = dict(sorted(schemas.items()))
        parts["securitySchemes"] = SCHEMES
        for methods in document["paths"].values():
            for operation in methods.values():
                for each in refusals:
                    for key in (operation.get("x-access", ""), operation["operationId"]):
                        _add(operation["responses"], each.get(key, ()))
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _add(responses: dict[str, Any], refusals: Iterable[type[DomainError]]) -> None:
    for refusal in refusals:
        response = responses.setdefault(
            str(refusal.status), {"description": "", "content": PROBLEM_CONTENT}
        )
        codes = {*response["description"].split(" | "), refusal.code} - {""}
        response["description"] = " | ".join(sorted(codes))
    for response in responses.values():
        if "application/problem+json" in response.get("content", {}):
            response["content"] = PROBLEM_CONTENT
