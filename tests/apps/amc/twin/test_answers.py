"""Whatever is sent to the local AMC: no 5xx, and every answer is one its document declares.

`METATRON_TEST_EXAMPLES` sets how many requests an operation gets, `METATRON_TEST_SEED` repeats a
run.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from metatron.apps.amc.twin.app import create_app
from metatron.apps.amc.twin.settings import TwinSettings
from tests.apps.amc.twin.conftest import BASE, REPORTING, Idle, Visitor

EXAMPLES = int(os.environ.get("METATRON_TEST_EXAMPLES", "40"))
SEED = int(os.environ.get("METATRON_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
DOCUMENT = create_app(TwinSettings(Path("/nowhere"), BASE, "key", "link"), Idle()).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    each.ok().definition.raw["operationId"]: each.ok() for each in SCHEMA.get_all_operations()
}
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
KNOWN = {
    "instance_id": ["amclocal0001", "amclocal0002", "amclocal0003"],
    "workflow_id": ["reach", "w"],
    "schedule_id": ["s"],
    "data_source_id": ["dsp_views"],
    "client_id": ["cid"],
}
WINDOW = {
    "timeWindowType": "EXPLICIT",
    "timeWindowStart": "2026-09-01T00:00:00",
    "timeWindowEnd": "2026-09-02T00:00:00",
}


@st.composite
def _calls(draw: Any, operation: Any, known: dict[str, list[str]]) -> tuple[bool, Any]:
    modes = [GenerationMode.POSITIVE]
    raw = operation.definition.raw
    if raw.get("parameters") or raw.get("requestBody"):
        modes.append(GenerationMode.NEGATIVE)
    case = draw(operation.as_strategy(generation_mode=draw(st.sampled_from(modes))))
    for name in list(case.path_parameters or {}):
        if name in known and draw(st.integers(0, 5)):
            case.path_parameters[name] = draw(st.sampled_from(known[name]))
    return draw(st.integers(0, 5)) > 0, case


async def furnished(visitor: Visitor) -> dict[str, list[str]]:
    """One of everything, so that calls find something."""
    await visitor.sign_in()
    workflow = {"workflowId": "reach", "sqlQuery": "SELECT COUNT(*) AS n FROM dsp_views"}
    await visitor.call("POST", f"{REPORTING}/workflows", json=workflow)
    schedule = {"scheduleId": "s", "workflowId": "reach", "aggregationPeriod": "Daily"}
    await visitor.call("POST", f"{REPORTING}/schedules", json=schedule)
    body = {"workflowId": "reach", **WINDOW}
    made = await visitor.call("POST", f"{REPORTING}/workflowExecutions", json=body)
    return KNOWN | {"execution_id": [made.json()["workflowExecutionId"]]}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_answers_are_as_declared(name: str, visitor: Visitor) -> None:
    known = await furnished(visitor)
    operation, loop = OPERATIONS[name], asyncio.get_running_loop()

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(call=_calls(operation, known))
    def check(call: tuple[bool, Any]) -> None:
        is_signed_in, case = call
        request = _prepared(case)
        if request is not None:
            sent = _send(visitor, request, is_signed_in=is_signed_in)
            answer = asyncio.run_coroutine_threadsafe(sent, loop).result()
            words = f"seed {SEED}: {request.method} {request.url} {request.body!r}"
            _judge(case, answer, f"{words}\n{answer.status_code} {answer.text[:2000]}")

    await asyncio.to_thread(check)


def _prepared(case: Any) -> requests.PreparedRequest | None:
    given = case.as_transport_kwargs(base_url=BASE)
    known = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
    try:
        made = requests.Request(**{key: given[key] for key in known if key in given}).prepare()
    except (requests.RequestException, ValueError):
        return None  # no HTTP client could send it
    return made if len(str(made.url)) <= 65_536 else None


async def _send(
    visitor: Visitor, request: requests.PreparedRequest, *, is_signed_in: bool
) -> httpx.Response:
    headers = {
        key: value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        for key, value in request.headers.items()
        if key.lower() not in {"content-length", "user-agent"}
    }
    if is_signed_in:
        headers |= {key: value.encode() for key, value in visitor.headers.items()}
        headers["Amazon-Advertising-API-Scope"] = str(visitor.profile_id).encode()
    body = request.body.encode() if isinstance(request.body, str) else request.body
    target = httpx.URL(str(request.url))
    return await visitor.http.request(str(request.method), target, content=body, headers=headers)


def _judge(case: Any, answer: httpx.Response, words: str) -> None:
    assert answer.status_code < 500, words
    try:
        case.validate_response(answer, checks=CHECKS)
    except Exception as error:
        raise AssertionError(f"{words}\n{error}") from error
