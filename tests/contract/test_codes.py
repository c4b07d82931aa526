"""The codes in the OpenAPI document are those of the refusals there are, and the reverse."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from metatron.kernel.errors import DomainError
from metatron.kernel.http.problems import _PLAIN
from tests.isolation.samples import operations

NOT_OVER_HTTP = {
    "refused", "precondition_required",
    "move_failed", "move_under_way", "owner_access_missing", "restore_failed",
    "ledger_input_invalid", "transfer_refused", "provider_unavailable",
    "provider_capability_missing", "instruction_invalid", "instruction_not_open",
    "instruction_not_found", "instruction_differs", "refund_exceeds_capture",
    "refund_exceeds_escrow", "ledger_busy", "ledger_closing", "dispute_evidence_given",
    "service_unavailable", "migration_under_way",
}  # fmt: skip
"""Bases; refusals of the command line alone; what ledger and payments tell other modules; and what
jobs hear of another service."""


def _refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("metatron.") and not each.__name__.startswith("_"):
            yield each
            yield from _refusals(each)


def _declared(app: FastAPI) -> Iterator[tuple[str, int, set[str]]]:
    for _, _, operation in operations(app.openapi()):
        for status, response in operation["responses"].items():
            if "application/problem+json" in response.get("content", {}):
                codes = set(response["description"].split(" | "))
                yield operation["operationId"], int(status), codes


def test_every_declared_code_is_a_refusals(app: FastAPI) -> None:
    known = {(each.status, each.code) for each in _refusals()}
    known |= {(status, code) for status, (code, _) in _PLAIN.items()}
    for name, status, codes in _declared(app):
        for code in codes:
            assert (status, code) in known, (name, status, code)


def test_every_refusal_is_declared_somewhere(app: FastAPI) -> None:
    declared = {code for _, _, codes in _declared(app) for code in codes}
    missing = {each.code for each in _refusals()} - declared
    assert missing <= NOT_OVER_HTTP, f"declare them on the routes that may answer so: {missing}"


def test_one_code_has_one_status() -> None:
    seen: dict[str, int] = {}
    for each in _refusals():
        assert seen.setdefault(each.code, each.status) == each.status, each


def test_what_a_route_says_it_raises_is_in_the_document(app: FastAPI) -> None:
    document: dict[str, Any] = app.openapi()
    for route in app.routes:
        access = getattr(getattr(route, "endpoint", None), "__access__", None)
        if access is None or route.path not in document["paths"]:
            continue
        for method in route.methods:
            responses = document["paths"][route.path][method.lower()]["responses"]
            for refusal in access.raises:
                words = responses[str(refusal.status)]["description"].split(" | ")
                assert refusal.code in words, (route.path, refusal)
