"""The look through rows and refusals finds what it is for."""

from uuid import uuid4

import asyncpg
import httpx
import pytest

from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres
from tests.apps.amc import log_scan, row_scan
from tests.apps.amc.test_log_scan import PLANTED


@pytest.fixture
async def aside(server: EmbeddedPostgres) -> str:
    """A database that the look at the end of the run does not see."""
    name = f"scanned_{uuid4().hex}"
    hand = await asyncpg.connect(server.dsn(SUPERUSER, "postgres"))
    await hand.execute(f"create database {name}")
    await hand.close()
    return server.dsn(SUPERUSER, name)


async def test_texts_lists_and_documents_are_read_and_sealed_bytes_are_not(aside: str) -> None:
    hand = await asyncpg.connect(aside)
    await hand.execute(
        "create schema kernel; create table kernel.event (payload jsonb, sealed bytea);"
        " create table kernel.other (said text); create table kernel.third (said text[])"
    )
    secret = PLANTED["sealed secret"]
    await hand.execute("insert into kernel.event values ('{}', $1)", secret.encode())
    assert await row_scan.in_rows(aside) == set()
    await hand.execute(
        "insert into kernel.event values (jsonb_build_object('a', $1::text))", secret
    )
    await hand.execute("insert into kernel.other values ($1)", PLANTED["access token"])
    await hand.execute("insert into kernel.third values (array['x', $1])", PLANTED["signed link"])
    await hand.close()
    told = {("sealed secret", "kernel.event")}
    assert await row_scan.in_rows(aside, row_scan.TOLD) == told
    assert await row_scan.in_rows(aside) == told | {
        ("access token", "kernel.other"), ("signed link", "kernel.third"),
    }  # fmt: skip


async def test_a_refusal_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    monkeypatch.setattr(log_scan, "note", lambda _, texts: noted.extend(texts))

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403 if request.url.path == "/no" else 200, text="words")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await client.get("http://amc.test/yes")
        assert noted == []
        await client.get("http://amc.test/no")
    assert noted == ["words"]


async def test_what_others_seal_is_theirs_and_what_amc_tells_is_not(aside: str) -> None:
    hand = await asyncpg.connect(aside)
    await hand.execute(
        "create schema kernel; create schema amc; create table amc.run (said text);"
        " create table kernel.event (name text, said text);"
        " create table kernel.outbox (name text, said text)"
    )
    row = "insert into kernel.outbox values ($1, $2)"
    await hand.execute(row, "tenancy.welcome", PLANTED["sealed secret"])
    assert await row_scan.in_whole_database(aside) == set()
    await hand.execute(row, "tenancy.welcome", PLANTED["access token"])
    await hand.execute(row, "amc.run", PLANTED["sealed secret"])
    await hand.execute("insert into amc.run values ($1)", PLANTED["sealed secret"])
    await hand.close()
    assert await row_scan.in_whole_database(aside) == {
        ("access token", "kernel.outbox"), ("sealed secret", "kernel.outbox"),
        ("sealed secret", "amc.run"),
    }  # fmt: skip
