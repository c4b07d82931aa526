"""Writes: idempotency keys, commit before answer, versions."""

import asyncio
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from tests.doorkeeper import client_of
from tests.kernel.http.conftest import notes_of

KEY = {"Idempotency-Key": "key-1"}


async def test_same_key_same_body_replays_the_answer(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        first = await client.post("/api/v1/notes", json={"words": "one"}, headers=KEY)
        again = await client.post("/api/v1/notes", json={"words": "one"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await notes_of(database, writer) == ["one"]


async def test_same_key_other_request_is_refused(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        await client.post("/api/v1/notes", json={"words": "one"}, headers=KEY)
        for path, words in (("notes", "two"), ("payments", "one"), ("notes?x=1", "one")):
            answer = await client.post(f"/api/v1/{path}", json={"words": words}, headers=KEY)
            assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await notes_of(database, writer) == ["one"]


async def test_a_key_belongs_to_its_actor_and_tenant(
    app: FastAPI, database: Database, writer: Context
) -> None:
    ids = set()
    for name in ("writer", "other", "abroad"):
        async with client_of(app, name) as client:
            answer = await client.post("/api/v1/notes", json={"words": name}, headers=KEY)
            assert answer.status_code == 201
            ids.add(answer.json()["id"])
    assert len(ids) == 3
    assert await notes_of(database, writer) == ["writer", "other"]


async def test_while_the_first_runs_the_second_is_told_so(
    app: FastAPI, database: Database, writer: Context
) -> None:
    body = {"words": "slow", "seconds": 0.4}
    async with client_of(app, "writer") as client:
        first = asyncio.create_task(client.post("/api/v1/notes", json=body, headers=KEY))
        await asyncio.sleep(0.15)
        second = await client.post("/api/v1/notes", json=body, headers=KEY)
        assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
        assert (await first).status_code == 201
        third = await client.post("/api/v1/notes", json=body, headers=KEY)
        assert third.content == (await first).content
    assert await notes_of(database, writer) == ["slow"]


async def test_twenty_at_once_have_one_effect(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        answers = await asyncio.gather(
            *(client.post("/api/v1/payments", json={"words": "x"}, headers=KEY) for _ in range(20))
        )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({a.content for a in answers if a.status_code == 201}) == 1
    assert await notes_of(database, writer) == ["x"]


async def test_a_refusal_leaves_nothing_and_the_key_free(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        for _ in range(2):
            answer = await client.post("/api/v1/refused", json={"words": "no"}, headers=KEY)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert "idempotent-replayed" not in answer.headers
    assert await notes_of(database, writer) == []


async def test_money_needs_a_key(app: FastAPI, database: Database, writer: Context) -> None:
    async with client_of(app, "writer") as client:
        answer = await client.post("/api/v1/payments", json={"words": "x"})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
        for wrong in ("", "x" * 256, "tab\tbed"):
            headers = {"Idempotency-Key": wrong}
            answer = await client.post("/api/v1/payments", json={"words": "x"}, headers=headers)
            assert answer.status_code == 422, wrong
    assert await notes_of(database, writer) == []


async def test_a_key_is_free_again_after_a_day(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        first = await client.post("/api/v1/notes", json={"words": "one"}, headers=KEY)
        async with database.transaction(writer) as session:
            await session.execute(
                text(
                    "update kernel.idempotency_record"
                    " set created_at = created_at - interval '24 hours'"
                )
            )
        second = await client.post("/api/v1/notes", json={"words": "two"}, headers=KEY)
        third = await client.post("/api/v1/notes", json={"words": "two"}, headers=KEY)
    assert first.status_code == second.status_code == 201
    assert third.content == second.content
    assert await notes_of(database, writer) == ["one", "two"]


@pytest.mark.usefixtures("late_constraint")
@pytest.mark.parametrize("headers", [{}, KEY])
async def test_a_commit_that_fails_is_never_answered_with_success(
    app: FastAPI, headers: dict[str, str]
) -> None:
    async with client_of(app, "writer") as client:
        for _ in range(2):
            answer = await client.post(
                "/api/v1/fails-at-commit", json={"words": "x"}, headers=headers
            )
            assert answer.status_code == 500
            assert answer.json()["code"] == "internal_error"
            assert b"it is done" not in answer.content
            assert b"late" not in answer.content


async def test_the_answer_comes_after_the_commit(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        for number in range(10):
            answer = await client.post("/api/v1/notes", json={"words": str(number)})
            async with database.transaction(writer) as session:
                found = await session.execute(
                    text("select 1 from kernel.event where aggregate_id = :id"),
                    {"id": UUID(answer.json()["id"])},
                )
                assert found.first() is not None


async def test_versions(app: FastAPI) -> None:
    cases = [
        (None, 200), ('"7"', 200), ("*", 200), ('"3", "7"', 200),
        ('"6"', 412), ('"8"', 412), ("7", 422), ('W/"7"', 422), ("", 422),
    ]  # fmt: skip
    async with client_of(app, "writer") as client:
        for tag, expected in cases:
            headers = {} if tag is None else {"If-Match": tag}
            answer = await client.patch("/api/v1/versioned", headers=headers)
            assert answer.status_code == expected, tag
            if expected == 200:
                assert answer.headers["etag"] == '"8"'
            if expected == 412:
                assert answer.json()["code"] == "version_conflict"


async def test_writes_of_a_dead_client_do_not_linger(
    app: FastAPI, database: Database, writer: Context
) -> None:
    """The request is cut off in its middle: its transaction rolls back and the pool is whole."""
    async with client_of(app, "writer") as client:
        for _ in range(15):
            task = asyncio.create_task(
                client.post("/api/v1/notes", json={"words": "cut", "seconds": 5}, headers=KEY)
            )
            await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        answer = await client.post("/api/v1/notes", json={"words": "whole"}, headers=KEY)
        assert answer.status_code == 201
    assert await notes_of(database, writer) == ["whole"]
