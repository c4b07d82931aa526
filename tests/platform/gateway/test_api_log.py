"""What an organisation's keys have called: there within seconds, nobody else's, for ninety days."""

import asyncio
import time
from collections import deque
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from prometheus_client import REGISTRY

from metatron.kernel.clock import unix_now, utc_now
from metatron.kernel.context import system_context
from metatron.kernel.personal_data import Person, erase_rows, rows_of
from metatron.kernel.telemetry import api_calls
from metatron.kernel.telemetry.api_calls import ApiCall, note_api_call, take_api_calls
from metatron.platform.gateway.api_call_batches import BATCH_SECONDS
from metatron.platform.gateway.api_log import ApiLog, forget_api_calls
from metatron.platform.gateway.personal_data import PERSONAL_DATA
from tests.support.control import make_key, revoke_key
from tests.support.people import Door, new_email

DAY = 86_400


@pytest.fixture(autouse=True)
def held() -> None:
    """Nobody else's calls wait to be written."""
    take_api_calls(api_calls.MOST_HELD)


@pytest.fixture
async def reader(door: Door) -> httpx.AsyncClient:
    """An organisation's administrator."""
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("administrator",))
    client.headers["x-tenant-of-test"] = str(tenant.id)
    return client


def _tenant(client: httpx.AsyncClient) -> UUID:
    return UUID(client.headers["x-tenant-of-test"])


def _program(door: Door, key: str) -> httpx.AsyncClient:
    client = door.browser()
    client.headers["x-api-key"] = key
    return client


async def _listed(reader: httpx.AsyncClient, calls: int, **query: Any) -> list[dict[str, Any]]:
    """The log once so many calls are in it: the process writes each second."""
    async with asyncio.timeout(10):
        while True:
            answer = await reader.get("/api-log", params=query)
            assert answer.status_code == 200, answer.text
            items: list[dict[str, Any]] = answer.json()["items"]
            if len(items) >= calls:
                return items
            await asyncio.sleep(0.05)


def _call(tenant_id: UUID, *, days_ago: float = 0, status: int = 200) -> ApiCall:
    began = time.perf_counter() - days_ago * DAY
    return (tenant_id, uuid4()), None, "GET", "/x", status, None, began, 0.25, 12, "a-request"


async def test_a_call_with_a_key_appears_with_what_it_was(
    door: Door, reader: httpx.AsyncClient
) -> None:
    key = await make_key(door.database, _tenant(reader), "tenancy:members")
    program = _program(door, key.text)
    for path in ("/members?limit=3", f"/applications/{uuid4()}"):
        await program.get(path, headers={"x-request-id": "my-own-request"})
    answer = await program.get("/members?limit=1")
    calls = await _listed(reader, 3)
    assert len(calls) == 3, "the page's own requests are not in it"
    last, refused, first = calls
    assert refused["route"] == "/api/v1/applications/{application_id}"
    assert (refused["status"], refused["code"]) == (403, "permission_denied")
    assert (first["method"], first["route"], first["status"]) == ("GET", "/api/v1/members", 200)
    assert (first["request_id"], first["code"]) == ("my-own-request", None)
    assert last["request_id"] == answer.headers["x-request-id"]
    assert last["response_bytes"] == len(answer.content)
    assert {call["api_key_id"] for call in calls} == {str(key.id)}
    assert {call["user_id"] for call in calls} == {None}
    assert 0 < last["duration_ms"] < 10_000
    for text in (key.text, "limit=3"):
        assert text not in str(calls)


async def test_a_person_behind_a_key_is_named_and_nobody_elses_calls_are_told(
    door: Door, reader: httpx.AsyncClient
) -> None:
    key = await make_key(door.database, _tenant(reader), "tenancy:members")
    other = await door.organisation()
    stranger = await door.signed_in(new_email(), other.id, ("administrator",))
    both = await door.signed_in(new_email(), _tenant(reader), ("administrator",))
    both.headers["x-api-key"] = stranger.headers["x-api-key"] = key.text
    me = (await both.get("/auth/me")).json()
    assert (await both.get("/members")).status_code == 200
    assert (await stranger.get("/members")).json()["code"] == "tenant_mismatch"
    del stranger.headers["x-api-key"]
    calls = await _listed(reader, 2, route="/api/v1/members")
    assert [(call["code"], call["user_id"]) for call in calls] == [
        ("tenant_mismatch", None),
        (None, me["user"]["id"]),
    ]
    assert (await stranger.get("/api-log")).json()["items"] == []


async def test_refusals_before_the_door_have_their_code(
    door: Door, reader: httpx.AsyncClient
) -> None:
    key = await make_key(
        door.database, _tenant(reader), "tenancy:members", ip_allow_list=("10.99.0.0/24",)
    )
    program = _program(door, key.text)
    assert (await program.get("/members")).json()["code"] == "address_not_allowed"
    inside = door.browser("10.99.0.7")
    inside.headers["x-api-key"] = key.text
    wrong = await inside.get("/members?limit=nonsense")
    await _listed(reader, 2)
    await revoke_key(door.database, _tenant(reader), key.id)
    calls = await _listed(reader, 2)
    assert [call["code"] for call in calls] == [wrong.json()["code"], "address_not_allowed"]


async def test_the_list_is_narrowed_and_turned_over(door: Door, reader: httpx.AsyncClient) -> None:
    tenant_id = _tenant(reader)
    one = await make_key(door.database, tenant_id, "tenancy:members")
    two = await make_key(door.database, tenant_id, "tenancy:members")
    for key in (one, two, one):
        await _program(door, key.text).get("/members")
    await _program(door, two.text).get("/roles/unheard-of")
    await _program(door, two.text).get("/api-keys")
    everything = await _listed(reader, 4)
    assert len(everything) == 4, "an address that leads nowhere is nobody's call"
    assert len(await _listed(reader, 0, api_key_id=str(one.id))) == 2
    assert [c["route"] for c in await _listed(reader, 0, status="4xx")] == ["/api/v1/api-keys"]
    middle = everything[1]["called_at"]
    assert await _listed(reader, 0, since=middle) == everything[:2]
    assert await _listed(reader, 0, until=middle) == everything[2:]
    first = (await reader.get("/api-log", params={"limit": 3, "count": True})).json()
    rest = {"limit": 3, "cursor": first["next_cursor"]}
    second = (await reader.get("/api-log", params=rest)).json()
    assert first["items"] + second["items"] == everything
    assert (first["count"], second["next_cursor"]) == ({"value": 4, "capped": False}, None)
    naive = await reader.get("/api-log", params={"since": "2026-01-01T00:00:00"})
    assert naive.json()["errors"][0]["code"] == "naive_instant"


async def test_after_ninety_days_calls_are_told_no_more_and_then_gone(
    door: Door, reader: httpx.AsyncClient
) -> None:
    tenant_id, database = _tenant(reader), door.database
    into_week = unix_now() / DAY % 7
    # The day before yesterday's, the last that is told, one past it, the oldest there can be, and
    # one that a week without a worker left in this week's place.
    for days in (2, 89.9, 90.1, into_week + 13 * 7 + 0.1, into_week + 14 * 7 + 6):
        note_api_call(_call(tenant_id, days_ago=days))
    assert await ApiLog(database.system).write() == await _rows(door, tenant_id) == 5
    assert len(await _listed(reader, 0)) == 2
    await forget_api_calls(database, system_context(), now=utc_now())
    assert await _rows(door, tenant_id) == 3, "what is older goes with its week"
    assert len(await _listed(reader, 0)) == 2


async def test_what_finds_no_room_is_counted_and_the_newest_stay(
    door: Door, reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant_id = _tenant(reader)
    before = _forgotten()
    monkeypatch.setattr(api_calls, "MOST_HELD", 3)
    monkeypatch.setattr(api_calls, "_held", deque(maxlen=3))
    for status in (201, 202, 203, 204, 205):
        note_api_call(_call(tenant_id, status=status))
    assert _forgotten() - before == 2
    log = ApiLog(_Away())
    with pytest.raises(asyncpg.InterfaceError):
        await log.write()
    note_api_call(_call(tenant_id, status=206))
    assert _forgotten() - before == 3
    assert await ApiLog(door.database.system).write() == 3
    assert [call["status"] for call in await _listed(reader, 3)] == [206, 205, 204]
    api_calls.put_back_api_calls([_call(tenant_id, status=number) for number in range(4)])
    assert _forgotten() - before == 4
    assert [call[4] for call in take_api_calls(9)] == [1, 2, 3]


async def test_the_last_writing_waits_for_the_one_under_way(
    door: Door, reader: httpx.AsyncClient
) -> None:
    tenant_id = _tenant(reader)
    log = ApiLog(door.database.system)
    for _ in range(1_200):
        note_api_call(_call(tenant_id))
    first, second = await asyncio.gather(log.write(), log.write())
    assert (first, second) == (1_200, 0)
    assert len(await _listed(reader, 200, limit=200)) == 200


async def test_calls_share_a_row_and_are_told_one_by_one(
    door: Door, reader: httpx.AsyncClient
) -> None:
    tenant_id, people = _tenant(reader), [uuid4(), None]
    used = [(tenant_id, uuid4()), (tenant_id, uuid4())]
    expected = []
    # Not over the end of a minute of the steady clock, where another row begins.
    began = time.perf_counter() // BATCH_SECONDS * BATCH_SECONDS - 30
    for number in range(60):
        status = (200, 404, 504)[number % 3]
        key, person = used[number % 2], people[number % 5 % 2]
        size = 2**31 if number == 59 else number
        note_api_call(
            (key, person, "GET", f"/{number % 4}", status, None, began, number, size, f"r{number}")
        )
        code = (None, "not_found", "timeout")[number % 3]
        expected.append((f"r{number}", str(key[1]), person and str(person), status, code))
    assert await ApiLog(door.database.system).write() == 60
    assert await _rows(door, tenant_id) == 1
    found, query = [], {"limit": "7"}
    while True:
        page = (await reader.get("/api-log", params=query)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    names = ("request_id", "api_key_id", "user_id", "status", "code")
    assert sorted(tuple(call[name] for name in names) for call in found) == sorted(expected)
    assert len({call["id"] for call in found}) == 60
    [largest] = [call for call in found if call["request_id"] == "r59"]
    assert (largest["response_bytes"], largest["duration_ms"]) == (2**31 - 1, 59_000)


async def test_an_erased_person_is_in_no_call(door: Door, reader: httpx.AsyncClient) -> None:
    tenant_id, person, other = _tenant(reader), uuid4(), uuid4()
    used = tenant_id, uuid4()
    for somebody in (person, other, None, person):
        note_api_call((used, somebody, "GET", "/x", 200, None, time.perf_counter(), 0.1, 1, "r"))
    await ApiLog(door.database.system).write()
    [kind] = PERSONAL_DATA
    context, who = system_context(tenant_id), Person(person, "")
    async with door.database.transaction(context, door="home") as session:
        told = [row async for page in rows_of(session, context, kind, who) for row in page]
        assert [row["calls"] for row in told] == [["GET /x 200"]]
        assert await erase_rows(session, context, kind, who, utc_now()) > 0
        assert [page async for page in rows_of(session, context, kind, who)] in ([], [[]])
    calls = await _listed(reader, 4)
    assert sorted(call["user_id"] or "" for call in calls) == ["", "", "", str(other)]


class _Away:
    """A pool whose database is away."""

    async def execute(self, *_arguments: object) -> None:
        raise asyncpg.InterfaceError("away")


async def _rows(door: Door, tenant_id: UUID) -> int:
    counted = "select count(*) from gateway.api_call_batch where tenant_id = $1"
    return int(await door.database.system.fetchval(counted, tenant_id))


def _forgotten() -> float:
    return REGISTRY.get_sample_value("metatron_api_log_forgotten_total") or 0.0
