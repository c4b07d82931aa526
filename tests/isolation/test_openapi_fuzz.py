"""Every operation of the API, called with another organisation's ids.

Written over `app.openapi()`, so that it takes up the routes of every module there is.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from tests.isolation.conftest import Organisation
from tests.isolation.test_direct_sql import _content, _tables
from tests.support.people import new_email

METHODS = ("get", "post", "patch", "put", "delete")
KINDS = {"signed_in", "permission", "operator", "service"}
# Lists below a record answer an empty list for any id that is not there, theirs or nobody's.
EMPTY_LISTS = {
    "/api/v1/campaigns/{campaign_id}/commitments",
    "/api/v1/campaigns/{campaign_id}/history",
    "/api/v1/campaigns/{campaign_id}/issues",
}
EMPTY = ("[]", '{"items":[],"next_cursor":null}')
# They end the session with which the test calls everything else, or are the attacker's own.
OWN_ACCESS = re.compile(r"/auth/(logout|refresh|revoke|sessions/revoke-others|password|switch)$")


def operations(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method in METHODS:
            if method in methods and methods[method].get("x-access") is not None:
                yield method, path, methods[method]


def _url(client: httpx.AsyncClient, path: str, target: str) -> httpx.URL:
    return client.base_url.copy_with(path=re.sub(r"\{[^}]+\}", target, path))


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)
    elif isinstance(value, str):
        try:
            yield str(UUID(value))
        except ValueError:
            return


def _body(schema: dict[str, Any], document: dict[str, Any], foreign: str) -> Any:
    """A body of the right shape in which every id is theirs."""
    if "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _body(target, document, foreign)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _body(schema[choice][0], document, foreign)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {
            name: _body(part, document, foreign)
            for name, part in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [_body(schema["items"], document, foreign)] if "items" in schema else []
    if kind == "string":
        return _text(schema, foreign)
    if kind in {"integer", "number"}:
        return max(int(schema.get("minimum", 1)), 1)
    return kind == "boolean"


def _text(schema: dict[str, Any], foreign: str) -> str:
    match schema.get("format"):
        case "uuid":
            return foreign
        case "email":
            return "fuzz@example.com"
        case "date-time":
            return "2031-01-01T00:00:00Z"
        case "date":
            return "2031-01-01"
    return (
        "EUR" if "A-Z]{3}" in schema.get("pattern", "") else foreign[: schema.get("maxLength", 99)]
    )


async def _their_ids(
    theirs: Organisation, connections: list[asyncpg.Connection], tables: list[str]
) -> dict[str, list[str]]:
    """Ids of the other organisation's rows by table: straight from its databases."""
    found: dict[str, list[str]] = {}
    for connection in connections:
        async with connection.transaction():
            await connection.execute(
                "select set_config('app.tenant_id', $1, true)", str(theirs.tenant_id)
            )
            for table in tables:
                rows = await connection.fetch(f"select to_jsonb(r)::text from {table} r limit 20")
                ids = {i for row in rows for i in _ids(orjson.loads(row[0]))}
                found.setdefault(table, []).extend(sorted(ids - {str(theirs.tenant_id)}))
    return found


async def _furnish(theirs: Organisation) -> None:
    """Something under as many routes as one owner can fill."""
    client, marker = theirs.client, theirs.marker
    application = await client.post("/applications", json={"name": marker})
    assert application.status_code == 201, application.text
    role = await client.post("/roles", json={"name": marker, "permissions": ["tenancy:members"]})
    assert role.status_code == 201, role.text
    key = {
        "name": marker,
        "application_id": application.json()["id"],
        "scopes": ["tenancy:members"],
    }
    assert (await client.post("/api-keys", json=key)).status_code == 201
    invitation = {"email": new_email(marker[:20]), "role_ids": [role.json()["id"]]}
    assert (await client.post("/invitations", json=invitation)).status_code == 201
    await client.post("/campaigns", json={"title": marker})


@pytest.mark.timeout(300)
async def test_foreign_ids_find_nothing_and_change_nothing(
    app: FastAPI,
    database: Database,
    ours: Organisation,
    theirs: Organisation,
    owner_connection: asyncpg.Connection,
) -> None:
    from metatron.platform.tenancy.site import site

    await _furnish(theirs)
    home = await asyncpg.connect(site().owner_dsn())
    try:
        tables = await _tables(owner_connection)
        by_table = await _their_ids(theirs, [owner_connection, home], tables)
        foreign = sorted({i for ids in by_table.values() for i in ids})
        assert len(foreign) > 10
        quiet = [table for table in tables if not table.startswith(("audit.", "kernel."))]
        before = [await _content(c, theirs.tenant_id, quiet) for c in (owner_connection, home)]
        wrong = await _call_everything(app, ours, theirs, foreign, by_table)
        after = [await _content(c, theirs.tenant_id, quiet) for c in (owner_connection, home)]
    finally:
        await home.close()
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert after == before


async def _call_everything(
    app: FastAPI,
    ours: Organisation,
    theirs: Organisation,
    foreign: list[str],
    by_table: dict[str, list[str]],
) -> list[str]:
    wrong = []
    document = app.openapi()
    called = 0
    for method, path, operation in operations(app):
        if operation["x-access"] == "public" or OWN_ACCESS.search(path):
            continue
        parameters = operation.get("parameters", [])
        for target in _targets(path, foreign, by_table):
            url = _url(ours.client, path, target)
            query = {
                p["name"]: _text({"format": "uuid"}, target)
                for p in parameters
                if p["in"] == "query" and p["name"].endswith("_id")
            }
            options: dict[str, Any] = {"params": query}
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None:
                options["json"] = _body(content["schema"], document, target)
            headers = {"idempotency-key": str(new_id())} if method != "get" else {}
            answer = await ours.client.request(method.upper(), url, headers=headers, **options)
            called += 1
            wrong += _judge(method, path, answer, theirs, named="{" in path)
    assert called > 60
    return wrong


def _targets(path: str, foreign: list[str], by_table: dict[str, list[str]]) -> list[str]:
    """A few of their ids: first those of tables that the path may be about."""
    words = {word.rstrip("s").replace("-", "_") for word in path.split("/")}
    likely = [i for table, ids in by_table.items() if table.split(".")[1] in words for i in ids]
    return [*dict.fromkeys(likely)][:6] + foreign[:2] if "{" in path else foreign[:1]


def _judge(method: str, path: str, answer: Any, theirs: Organisation, *, named: bool) -> list[str]:
    said = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
    if answer.status_code >= 500:
        return [f"{said} (our bug)"]
    if theirs.marker in answer.text or str(theirs.tenant_id) in answer.text:
        return [f"{said} (their data)"]
    is_empty_list = method == "get" and path in EMPTY_LISTS and answer.text in EMPTY
    if named and answer.status_code < 300 and not is_empty_list:
        return [f"{said} (a foreign id was accepted)"]
    if named and answer.status_code == 403 and theirs.marker in answer.text:
        return [f"{said} (403 with detail)"]
    return []


async def test_nothing_answers_without_credentials(app: FastAPI, door: Any) -> None:
    client = door.browser()
    wrong = []
    checked = 0
    for method, path, operation in operations(app):
        assert operation["x-access"] in KINDS | {"public"}, path
        if operation["x-access"] == "public":
            continue
        url = _url(client, path, str(new_id()))
        answer = await client.request(method.upper(), url)
        checked += 1
        if answer.status_code not in {401, 503} or "internal" in answer.text:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert checked > 60
