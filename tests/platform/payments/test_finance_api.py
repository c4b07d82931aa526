"""Instructions, statements and breaks over the real API, by role."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.payments.statements.reading import LARGEST_FILE_BYTES
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.statement_steps import HEADER
from tests.platform.payments.steps import ask, connected, done, send
from tests.support.people import Door, new_email, running

TODAY = utc_now().date()


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture(scope="module")
async def door(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Door]:
    made = Door(app, settings, database)
    yield made
    await made.close()


@pytest.fixture(scope="module")
async def organisation(door: Door) -> Any:
    return await door.organisation()


@pytest.fixture
def here(organisation: Any) -> Context:
    return system_context(organisation.id)


# One for all tests: the organisation's plan has places for ten people.
@pytest.fixture(scope="module")
async def finance(door: Door, organisation: Any) -> httpx.AsyncClient:
    return await door.signed_in(new_email("finance"), organisation.id, ("finance",))


@pytest.fixture(autouse=True)
async def _connected(app: FastAPI, provider: ProviderProcess) -> AsyncIterator[None]:
    # After the application's own start, which connects to the address in the settings.
    async with connected(provider):
        yield


def csv(*rows: tuple[str, int]) -> bytes:
    lines = [f"{TODAY},EUR,{amount},{name},capture,{new_id().hex}\n" for name, amount in rows]
    return (HEADER + "".join(lines)).encode()


async def upload(client: httpx.AsyncClient, raw: bytes, **query: str) -> httpx.Response:
    return await client.post("/payments/statements", params={"format": "csv", **query}, content=raw)


async def every(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of a list, two at a time."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2, **query} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(path, params=params)).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


async def test_slow_senders_keep_no_connection(
    database: Database, finance: httpx.AsyncClient
) -> None:
    sending, done_waiting = asyncio.Semaphore(0), asyncio.Event()

    async def slow(raw: bytes) -> AsyncIterator[bytes]:
        yield raw[:10]
        sending.release()
        await done_waiting.wait()
        yield raw[10:]

    files = [csv((f"auth_{new_id().hex}", 77)) for _ in range(12)]
    sent = [
        asyncio.create_task(
            finance.post("/payments/statements", params={"format": "csv"}, content=slow(raw))
        )
        for raw in files
    ]
    async with asyncio.timeout(20):
        for _ in files:
            await sending.acquire()
    assert database.router.home.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    done_waiting.set()
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {201}


async def test_from_the_file_to_the_resolved_difference(
    database: Database, here: Context, finance: httpx.AsyncClient
) -> None:
    taken = await done(database, here, "capture")
    raw = csv((str(taken.provider_reference), 1000), ("auth_unknown_to_us", 77))
    answer = await upload(finance, raw, file_name="september.csv")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["is_new"], body["matched"], body["breaks_opened"]) == (True, 1, 1)
    again = await upload(finance, raw)
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert again.json()["statement_id"] == body["statement_id"]
    one = (await finance.get(f"/payments/statements/{body['statement_id']}")).json()
    assert (one["line_count"], one["unmatched_count"], one["file_name"]) == (2, 1, "september.csv")
    lines = await every(finance, "/payments/statement-lines", statement_id=one["id"])
    assert [line["match_state"] for line in lines] == ["matched", "unmatched"]
    assert lines[0]["movement_id"] == str(taken.id)
    [found] = [
        each
        for each in await every(finance, "/payments/breaks", state="open")
        if each["statement_line_id"] == lines[1]["id"]
    ]
    assert (found["kind"], found["found_minor"]) == ("missing_with_us", 77)
    path = f"/payments/breaks/{found['id']}"
    gone = await finance.post(
        f"{path}/resolve", json={"resolution": "ignored", "reason": " Not ours. "}
    )
    assert gone.status_code == 204, gone.text
    settled = (await finance.get(path)).json()
    me = (await finance.get("/auth/me")).json()["user"]["id"]
    assert (settled["state"], settled["resolution"], settled["reason"]) == (
        "resolved", "ignored", "Not ours."
    )  # fmt: skip
    assert settled["resolved_by"] == me
    twice = await finance.post(f"{path}/resolve", json={"resolution": "booked", "reason": "x"})
    assert (twice.status_code, twice.json()["code"]) == (409, "break_resolved")
    on = (TODAY + timedelta(days=1)).isoformat()
    [euro] = (await finance.get("/payments/position", params={"on": on})).json()["items"]
    assert (euro["currency"], euro["escrow_minor"]) == (
        "EUR",
        euro["statement_minor"] - euro["unmatched_minor"] + euro["in_transit_minor"],
    )


async def test_instructions_with_their_calls(
    database: Database, here: Context, provider: ProviderProcess, finance: httpx.AsyncClient
) -> None:
    provider.faults(
        {"operation": "authorise", "fault": "timeout_with_effect", "count": 1, "seconds": 1}
    )
    target = new_id()
    asked = await ask(database, here, "capture", target_id=target)
    assert (await send(database, here, asked.id)).state == "unknown"
    path = f"/payments/instructions/{asked.id}"
    shown = (await finance.get(path)).json()
    assert [(call["number"], call["outcome"], call["reason"]) for call in shown["calls"]] == [
        (1, "unknown", "ReadTimeout")
    ]
    [listed] = await every(finance, "/payments/instructions", state="unknown", target_id=target)
    assert listed["id"] == str(asked.id)
    waiting = await every(finance, "/payments/instructions", overdue=True, target_id=target)
    assert waiting == []
    await send(database, here, asked.id, now=utc_now() + timedelta(hours=1))
    shown = (await finance.get(path)).json()
    assert (shown["state"], shown["calls"][-1]["how"]) == ("confirmed", "ask_again")
    many = await every(finance, "/payments/instructions", kind="capture")
    assert [one["created_at"] for one in many] == sorted(one["created_at"] for one in many)
    unknown = await finance.get(f"/payments/instructions/{new_id()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "instruction_not_found")


async def test_overdue_instructions_are_found(
    database: Database, here: Context, finance: httpx.AsyncClient
) -> None:
    late = await ask(database, here, "capture", now=utc_now() - timedelta(minutes=5))
    overdue = await every(finance, "/payments/instructions", overdue=True)
    assert str(late.id) in [one["id"] for one in overdue]


async def test_roles_see_and_do_what_is_theirs(door: Door, organisation: Any) -> None:
    expected = {
        "finance": (200, 201, 404),
        "administrator": (200, 403, 403),
        "auditor": (200, 403, 403),
        "organiser": (403, 403, 403),
        "participant": (403, 403, 403),
    }
    for role, statuses in expected.items():
        client = await door.signed_in(new_email(role), organisation.id, (role,))
        body = {"resolution": "booked", "reason": "Looked."}
        assert (
            (await client.get("/payments/breaks")).status_code,
            (await upload(client, csv((f"auth_by_{role}_1234", 5)))).status_code,
            (await client.post(f"/payments/breaks/{new_id()}/resolve", json=body)).status_code,
        ) == statuses, role


async def test_others_see_nothing_of_it(
    door: Door, finance: httpx.AsyncClient, database: Database, here: Context
) -> None:
    other = await door.organisation()
    stranger = await door.signed_in(new_email("stranger"), other.id, ("finance",))
    await done(database, here, "capture")
    made = (await upload(finance, csv(("auth_private_1234", 5)))).json()["statement_id"]
    assert (await stranger.get(f"/payments/statements/{made}")).status_code == 404
    for path in ("instructions", "observations", "statements", "statement-lines", "breaks"):
        assert (await stranger.get(f"/payments/{path}")).json()["items"] == [], path


async def test_bad_uploads_are_refused(finance: httpx.AsyncClient) -> None:
    bad = await upload(finance, b"value_on,currency,amount\n2026-09-01,EUR,x\n")
    assert (bad.status_code, bad.json()["code"]) == (422, "statement_unreadable")
    assert bad.json()["errors"][0]["field"] == "line 2"
    large = await upload(finance, b"x" * (LARGEST_FILE_BYTES + 1))
    assert large.status_code == 413
    nobody = await upload(finance, csv(("auth_1", 1)), provider="nobody")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "provider_unknown")
    for query in ({"format": "exe"}, {"file_name": "../x"}, {"format": ""}):
        answer = await upload(finance, csv(("auth_1", 1)), **query)
        assert answer.status_code == 422, query
    far = await finance.get("/payments/position", params={"on": "0001-01-01"})
    assert far.status_code == 422


async def test_the_provider_says_who_holds_the_money(finance: httpx.AsyncClient) -> None:
    shown = (await finance.get("/payments/provider")).json()
    assert (shown["name"], shown["custody"]) == ("sandbox", "third_party_escrow")
    assert "statements" in shown["capabilities"]
    assert shown["custody_text"]
