"""The hot and the ordinary way of the same routes answer and refuse alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.http.application import Application
from metatron.kernel.settings import Settings
from metatron.processes import all_modules
from tests.doorkeeper import application, client_of
from tests.platform.tenancy.conftest import Found

PATH = "/api/v1/applications"
SAID = {"content-type": "application/json"}


@contextmanager
def ordinary(app: FastAPI) -> Iterator[None]:
    """Let nothing go the hot way."""
    assert isinstance(app, Application)
    kept, app.hot = app.hot, None
    yield
    app.hot = kept


@pytest.fixture
async def site(settings: Settings, database: Database, prepared: None, found: Found) -> FastAPI:
    """The application behind a doorkeeper: both ways are asked as the same people."""
    site = application(settings, database, all_modules())
    owner, stranger = await found(), await found()
    lesser = Context(owner.tenant_id, "user", actor_id=owner.actor_id)
    site.state.gate.known |= {"owner": owner, "stranger": stranger, "lesser": lesser}
    return site


def _without_ids(answer: httpx.Response) -> Any:
    body = answer.json()
    for name in ("id", "created_at", "request_id"):
        body.pop(name, None)
    headers = {n: v for n, v in answer.headers.items() if n != "x-request-id"}
    headers.pop("content-length")
    return answer.status_code, body, headers


async def test_reading_is_alike_to_the_byte(site: FastAPI) -> None:
    async with client_of(site, "owner") as client:
        made = [(await client.post(PATH, json={"name": f"n {i}"})).json() for i in range(3)]
        paths = [
            f"{PATH}/{made[0]['id']}", f"{PATH}/{made[0]['id'].upper()}", PATH,
            f"{PATH}?limit=2", f"{PATH}?limit=3", f"{PATH}?limit=200",
        ]  # fmt: skip
        hot = [await client.get(path) for path in paths]
        with ordinary(site):
            usual = [await client.get(path) for path in paths]
        assert [answer.content for answer in hot] == [answer.content for answer in usual]
        assert all(answer.status_code == 200 for answer in hot)
        page = hot[3].json()
        assert [item["id"] for item in page["items"]] == [made[0]["id"], made[1]["id"]]
        rest = await client.get(PATH, params={"cursor": page["next_cursor"], "count": True})
        assert [item["id"] for item in rest.json()["items"]] == [made[2]["id"]]
        assert (rest.json()["next_cursor"], rest.json()["count"]["value"]) == (None, 3)


@pytest.mark.parametrize(
    "path", [f"{PATH}/{UUID(int=5)}", f"{PATH}/none", f"{PATH}?limit=0", f"{PATH}?limit=201",
             f"{PATH}?cursor=x"],
)  # fmt: skip
async def test_reading_is_refused_alike(site: FastAPI, path: str) -> None:
    for name in ("owner", "lesser", ""):
        async with client_of(site, name) as client:
            hot = await client.get(path)
            with ordinary(site):
                usual = await client.get(path)
        assert hot.status_code >= 400
        assert _without_ids(hot) == _without_ids(usual)


async def test_another_organisation_finds_nothing(site: FastAPI) -> None:
    async with client_of(site, "owner") as client:
        made = (await client.post(PATH, json={"name": "ours"})).json()
    async with client_of(site, "stranger") as client:
        assert (await client.get(f"{PATH}/{made['id']}")).status_code == 404
        assert (await client.get(PATH)).json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [b'{"name": "  a   name  "}', b'{"name": ""}', b'{"name": "   "}', b'{"name": 5}', b"{}", b"",
     b"[]", b"{", b'{"name": "x", "more": 1}', b'{"name": "\\ud800"}', b'{"name": "\\u0000"}',
     b"\xff", b'{"name": "' + b"x" * 101 + b'"}', b"[" * 100_000,
     b'{"name": ' + b"9" * 9_000 + b"}"],
)  # fmt: skip
async def test_writing_is_alike(site: FastAPI, body: bytes) -> None:
    async with client_of(site, "owner") as client:
        hot = await client.post(PATH, content=body, headers=SAID)
    async with client_of(site, "stranger") as client:
        with ordinary(site):
            usual = await client.post(PATH, content=body, headers=SAID)
    assert _without_ids(hot) == _without_ids(usual)
    async with client_of(site, "lesser") as client:
        assert (await client.post(PATH, content=body, headers=SAID)).status_code == 403


async def test_a_name_is_taken_whichever_way(site: FastAPI) -> None:
    async with client_of(site, "owner") as client:
        assert (await client.post(PATH, json={"name": "Same"})).status_code == 201
        hot = await client.post(PATH, json={"name": "same"})
        with ordinary(site):
            usual = await client.post(PATH, json={"name": "same"})
        assert hot.status_code == 409
        assert _without_ids(hot) == _without_ids(usual)


async def test_both_ways_leave_the_same_event(site: FastAPI, database: Database) -> None:
    async with client_of(site, "owner") as client:
        hot = (await client.post(PATH, json={"name": "hot"})).json()
        with ordinary(site):
            usual = (await client.post(PATH, json={"name": "usual"})).json()
    owner: Context = site.state.gate.known["owner"]
    select = text(
        "select e.name, e.actor_kind, e.actor_id, e.impersonator_id,"
        " e.payload ->> 'aggregate_id' = cast(e.aggregate_id as text) as named,"
        " e.occurred_at = a.created_at as same_instant, o.kind, o.name as sent"
        " from kernel.event e join tenancy.application a on a.id = e.aggregate_id"
        " join kernel.outbox o on o.id = e.id where e.aggregate_id = :id"
    )
    async with database.transaction(owner) as session:
        rows = [(await session.execute(select, {"id": made["id"]})).one() for made in (hot, usual)]
    assert rows[0] == rows[1]
    assert rows[0].named
    assert rows[0].same_instant
