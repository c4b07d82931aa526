"""Whatever is sent, by whomever: no 5xx, and every answer is one that the document declares.

`METATRON_TEST_EXAMPLES` sets how many requests an operation gets, `METATRON_TEST_SEED` repeats a
run.
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
from metatron.processes import all_modules

from .cast import ROLES, Cast

EXAMPLES = int(os.environ.get("METATRON_TEST_EXAMPLES", "8"))
SEED = int(os.environ.get("METATRON_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
LONGEST_URL = 65_536
"""What httpx sends at most."""
DOCUMENT = create_application(Settings(environment="test"), all_modules()).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    each.ok().definition.raw["operationId"]: each.ok() for each in SCHEMA.get_all_operations()
}
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
UNBOUNDED = {"read_all_logs", "export_audit_log", "metrics"}
"""Answers that grow with all that the other tests do: asked less often."""


@st.composite
def _calls(draw: Any, operation: Any, ids: dict[str, list[str]]) -> tuple[str, Any]:
    role = draw(st.sampled_from(ROLES))
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
    return role, case


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_answers_are_as_declared(name: str, app: FastAPI, cast: Cast) -> None:
    operation = OPERATIONS[name]
    clients = await cast.ready()
    loop = asyncio.get_running_loop()
    examples = min(EXAMPLES, 10) if name in UNBOUNDED else EXAMPLES

    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(call=_calls(operation, cast.realm.ids))
    def check(call: tuple[str, Any]) -> None:
        role, case = call
        request = _prepared(case)
        if request is None:
            return
        future = asyncio.run_coroutine_threadsafe(_send(clients[role], request), loop)
        answer = future.result()
        words = f"seed {SEED}: {role} {request.method} {request.url} {request.body!r}"
        _judge(case, answer, words)

    await asyncio.to_thread(check)
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
