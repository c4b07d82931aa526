"""Whatever is sent, by whomever: no 5xx, and every answer is one that the document declares.

Each role asks each operation at least once. `METATRON_TEST_EXAMPLES` sets how many requests are
made up for an operation, `METATRON_TEST_SEED` repeats a run.
"""

import asyncio
import os
import random
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from metatron.kernel.http.application import create_application
from metatron.kernel.http.problems import Problem
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.rights import SYSTEM_ROLES
from metatron.processes import all_modules

from .cast import ROLES, Cast

EXAMPLES = int(os.environ.get("METATRON_TEST_EXAMPLES", "6"))
SEED = int(os.environ.get("METATRON_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
LONGEST_URL = 65_536
"""What httpx sends at most."""
DOCUMENT = create_application(Settings(environment="test"), all_modules()).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
# Everybody in the cast comes with credentials of their own.
SCHEMA.config.generation.with_security_parameters = False
OPERATIONS = {
    each.ok().definition.raw["operationId"]: each.ok() for each in SCHEMA.get_all_operations()
}
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
UNBOUNDED = {"read_all_logs", "export_audit_log", "metrics"}
"""Answers that grow with all that the other tests do: asked less often."""


@st.composite
def _cases(draw: Any, operation: Any, ids: dict[str, list[str]]) -> Any:
    raw = operation.definition.raw
    takes_anything = bool(raw.get("parameters") or raw.get("requestBody"))
    modes = [GenerationMode.POSITIVE]
    if takes_anything:
        modes.append(GenerationMode.NEGATIVE)
    case = draw(operation.as_strategy(generation_mode=draw(st.sampled_from(modes))))
    for name in list(case.path_parameters or {}):
        if name in ids and draw(st.integers(0, 3)):
            case.path_parameters[name] = draw(st.sampled_from(ids[name]))
    if isinstance(case.body, dict):
        for name in case.body:
            if name in ids and draw(st.booleans()):
                case.body[name] = draw(st.sampled_from(ids[name]))
    return case


def _made_up(operation: Any, ids: dict[str, list[str]]) -> list[Any]:
    """Cases of an operation that an HTTP client could send, each with its request."""
    name = operation.definition.raw["operationId"]
    found = []

    @seed(SEED)
    @settings(
        max_examples=min(EXAMPLES, 10) if name in UNBOUNDED else EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_cases(operation, ids))
    def note(case: Any) -> None:
        request = _prepared(case)
        if request is not None:
            found.append((case, request))

    note()
    return found


def test_the_cast_has_every_role() -> None:
    assert set(SYSTEM_ROLES) <= set(ROLES)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_answers_are_as_declared(name: str, app: FastAPI, cast: Cast) -> None:
    operation = OPERATIONS[name]
    clients = await cast.ready()
    cases = await asyncio.to_thread(_made_up, operation, cast.realm.ids)
    assert cases, "nothing could be made up"
    roles = list(ROLES)
    random.Random(f"{SEED} {name}").shuffle(roles)
    for number in range(max(len(cases), len(roles))):
        role, (case, request) = roles[number % len(roles)], cases[number % len(cases)]
        answer = await _send(clients[role], request)
        words = f"seed {SEED}: {role} {request.method} {request.url} {request.body!r}"
        _judge(case, answer, words)
        await cast.open_again(operation.definition.raw)
    cast.upset(operation.definition.raw)


def _prepared(case: Any) -> requests.PreparedRequest | None:
    given = case.as_transport_kwargs(base_url="http://localhost:3000")
    known = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
    try:
        made = requests.Request(**{key: given[key] for key in known if key in given}).prepare()
    except (requests.RequestException, ValueError):
        return None  # no HTTP client could send it
    return made if len(str(made.url)) <= LONGEST_URL else None  # nor this one


async def _send(client: httpx.AsyncClient, request: requests.PreparedRequest) -> httpx.Response:
    headers = {
        key: value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        for key, value in request.headers.items()
        if key.lower() not in {"content-length", "user-agent"}
    }
    headers.setdefault("Idempotency-Key", uuid4().hex.encode())
    body = request.body.encode() if isinstance(request.body, str) else request.body
    target = httpx.URL(str(request.url))
    answer = await client.request(str(request.method), target, content=body, headers=headers)
    client.cookies.clear()
    return answer


def _judge(case: Any, answer: httpx.Response, words: str) -> None:
    words = f"{words}\n{answer.status_code} {answer.text[:2000]}"
    may_fail = case.operation.definition.raw["operationId"] in {"ready", "health"}
    assert answer.status_code < 500 or (may_fail and answer.status_code == 503), words
    try:
        case.validate_response(answer, checks=CHECKS)
    except Exception as error:
        raise AssertionError(f"{words}\n{error}") from error
    if "problem+json" in answer.headers.get("content-type", ""):
        problem = Problem.model_validate_json(answer.content)
        declared = case.operation.definition.raw["responses"][str(answer.status_code)]
        codes = set(re.split(r" \| ", declared["description"]))
        assert problem.code in codes, f"{words}\n{problem.code} is not among {codes}"
        assert problem.status == answer.status_code, words
