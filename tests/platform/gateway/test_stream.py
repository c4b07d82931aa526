"""The stream of what changes: whom it tells what, how it resumes, when it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.feed import Feed, Told
from metatron.kernel.ids import new_id
from metatron.platform.gateway import stream
from tests.support.people import Door, new_email

MANY = 1_000


class Moved(Event):
    name = "campaigns.campaign_moved.v1"


class Booked(Event):
    name = "ledger.transfer_booked.v1"


@dataclass
class Open:
    """One open stream: its text so far, and whether the answer has ended."""

    status: int = 0
    text: str = ""
    ended: bool = False
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    hang_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, wanted: str) -> None:
        async with asyncio.timeout(10):
            while wanted not in self.text:
                self.grown.clear()
                await self.grown.wait()

    async def until_ended(self) -> None:
        async with asyncio.timeout(10):
            while not self.ended:
                self.grown.clear()
                await self.grown.wait()

    def told(self) -> list[dict[str, Any]]:
        lines = [line for line in self.text.splitlines() if line.startswith('data: {"id"')]
        return [orjson.loads(line.removeprefix("data: ")) for line in lines]


@asynccontextmanager
async def opened(
    app: FastAPI, client: httpx.AsyncClient, query: str = "", *, gone: bool = False, **headers: str
) -> AsyncIterator[Open]:
    """A stream as a browser holds it; the test client would wait for its end.

    With `gone` the browser is away before the answer's first line.
    """
    found = Open()
    if gone:
        found.hang_up.set()
    sent = {"authorization": client.headers["authorization"], "accept": "text/event-stream"}
    pairs = [(n.replace("_", "-").encode(), v.encode()) for n, v in (sent | headers).items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1",
        "method": "GET", "scheme": "http", "path": "/api/v1/events/stream",
        "raw_path": b"/api/v1/events/stream", "query_string": query.encode(), "headers": pairs,
        "client": ("10.9.9.9", 1), "server": ("testserver", 80), "root_path": "",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        if not found.status:
            return {"type": "http.request", "body": b"", "more_body": False}
        await found.hang_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if found.hang_up.is_set():
            raise OSError
        if message["type"] == "http.response.start":
            found.status = message["status"]
        else:
            found.text += message.get("body", b"").decode()
            found.ended = not message.get("more_body", False)
        found.grown.set()

    task = asyncio.create_task(app(scope, receive, send))
    try:
        async with asyncio.timeout(1 if gone else 10):
            while not found.status or (found.status == 200 and "retry:" not in found.text):
                found.grown.clear()
                await found.grown.wait()
        yield found
    finally:
        found.hang_up.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def note(database: Database, tenant: UUID, event: Event) -> str:
    context = system_context(tenant)
    async with database.transaction(context) as session:
        return str(await publish(session, context, event, now=utc_now()))


async def test_it_tells_what_one_may_see_and_of_ones_own_organisation(
    door: Door, app: FastAPI, database: Database
) -> None:
    mine, other = await door.organisation(), await door.organisation()
    organiser = await door.signed_in(new_email(), mine.id, ("organiser",))
    auditor = await door.signed_in(new_email(), mine.id, ("auditor",))
    record = new_id()
    async with opened(app, organiser) as some, opened(app, auditor) as everything:
        foreign = await note(database, other.id, Moved(aggregate_id=record))
        hidden = await note(database, mine.id, Booked(aggregate_id=record))
        moved = await note(database, mine.id, Moved(aggregate_id=record))
        await some.until(moved)
        await everything.until(moved)
        assert hidden in everything.text
        assert hidden not in some.text
        assert foreign not in some.text + everything.text
        assert some.told()[-1] | {"occurred_at": ""} == {
            "id": moved, "name": Moved.name, "aggregate_id": str(record), "occurred_at": "",
        }  # fmt: skip


async def test_what_came_between_reading_and_listening_is_told(
    door: Door, app: FastAPI, database: Database
) -> None:
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    moved = await note(database, tenant.id, Moved(aggregate_id=new_id()))
    hidden = await note(database, tenant.id, Booked(aggregate_id=new_id()))
    async with opened(app, organiser) as found:
        await found.until(moved)
        assert hidden not in found.text
    # Who asks once and listens no further is told what they name, and nothing without it.
    headers = {"authorization": organiser.headers["authorization"]}
    assert moved not in (await organiser.get("/events/stream", headers=headers)).text


async def test_a_participant_is_told_nothing(door: Door) -> None:
    tenant = await door.organisation()
    participant = await door.signed_in(new_email(), tenant.id, ("participant",))
    answer = await participant.get("/events/stream")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert (await door.browser().get("/events/stream")).status_code == 401


async def test_it_tells_of_the_records_asked_for(
    door: Door, app: FastAPI, database: Database
) -> None:
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    wanted = new_id()
    async with opened(app, organiser, f"aggregate_id={wanted}") as found:
        other = await note(database, tenant.id, Moved(aggregate_id=new_id()))
        last = await note(database, tenant.id, Moved(aggregate_id=wanted))
        await found.until(last)
        assert other not in found.text


async def test_it_resumes_after_the_last_event_heard(
    door: Door, app: FastAPI, database: Database
) -> None:
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    heard = await note(database, tenant.id, Moved(aggregate_id=new_id()))
    missed = await note(database, tenant.id, Moved(aggregate_id=new_id()))
    async with opened(app, organiser, last_event_id=heard) as found:
        await found.until(missed)
    async with opened(app, organiser) as fresh:
        new = await note(database, tenant.id, Moved(aggregate_id=new_id()))
        await fresh.until(new)
        # It begins a little back: what was told before is told once more, in its order.
        assert [told["id"] for told in fresh.told()][-3:] == [heard, missed, new]
    # Whoever does not stream is told the same and the end of it.
    answer = await organiser.get("/events/stream", headers={"last-event-id": heard})
    assert answer.status_code == 200
    assert missed in answer.text


async def test_it_ends_with_the_session(door: Door, app: FastAPI) -> None:
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    async with opened(app, organiser) as found:
        assert (await organiser.post("/auth/logout")).status_code == 204
        await found.until_ended()
    assert len(app.state.feed) == 0


async def test_who_hangs_up_before_the_first_line_leaves_nothing(door: Door, app: FastAPI) -> None:
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with opened(app, organiser, gone=True):
                pass
    assert len(app.state.feed) == 0


async def test_it_ends_with_the_right(door: Door, app: FastAPI) -> None:
    owner_email = new_email("owner")
    tenant = await door.organisation(owner_email)
    owner = await door.signed_in(owner_email, tenant.id, ("owner",))
    organiser_email = new_email()
    organiser = await door.signed_in(organiser_email, tenant.id, ("organiser",))
    members = (await owner.get("/members")).json()["items"]
    member = next(each["id"] for each in members if each["email"] == organiser_email)
    async with opened(app, organiser) as found:
        assert (await owner.delete(f"/members/{member}")).status_code == 204
        await found.until_ended()


async def test_a_quiet_stream_beats_and_outlives_the_limit_of_a_request(
    door: Door, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(app.state.settings, "request_seconds", 0.3)
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    async with opened(app, organiser) as found:
        await asyncio.sleep(0.6)
        assert not found.ended
        assert found.text.count(": still here") > 3


async def test_a_session_holds_few_streams(door: Door, app: FastAPI) -> None:
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email(), tenant.id, ("organiser",))
    session_id = new_id()
    feed: Feed = app.state.feed
    kept = [
        await feed.watch(tenant.id, session_id=session_id, actor_id=None, after=None)
        for _ in range(6)
    ]
    with pytest.raises(Exception, match="Too many open streams"):
        await feed.watch(tenant.id, session_id=session_id, actor_id=None, after=None)
    assert (await organiser.get("/events/stream")).status_code == 200
    for watch in kept:
        feed.end(watch)
    assert len(feed) == 0


async def test_a_thousand_idle_watches_cost_one_look_at_the_log() -> None:
    looks = 0
    event = Told(new_id(), Moved.name, new_id(), utc_now())
    log: list[Told] = []

    async def read(_tenant: UUID, _after: UUID, _most: int) -> list[Told]:
        nonlocal looks
        looks += 1
        return list(log)

    feed, tenant = Feed(read), new_id()
    watches = [
        await feed.watch(tenant, session_id=new_id(), actor_id=None, after=None)
        for _ in range(MANY)
    ]
    looks = 0
    log.append(event)
    for _ in range(20):
        feed.heard(f"{tenant},{new_id()}")
    assert all([await watch.wait(5) for watch in watches])
    assert [watch.take() for watch in watches] == [[event]] * MANY
    assert looks <= 2
    feed.heard(str(tenant))
    await asyncio.sleep(0.2)
    assert watches[0].take() == []
    for watch in watches:
        feed.end(watch)
    assert len(feed) == 0


async def test_who_does_not_keep_up_is_told_to_read_anew() -> None:
    log = [Told(new_id(), Moved.name, new_id(), utc_now()) for _ in range(101)]

    async def read(_tenant: UUID, _after: UUID, _most: int) -> list[Told]:
        return log if len(feed) else []

    feed, tenant = Feed(read), new_id()
    log, later = [], log
    watch = await feed.watch(tenant, session_id=None, actor_id=None, after=None)
    log = later
    feed.heard(str(tenant))
    assert await watch.wait(5)
    assert (watch.missed, watch.take()) == (True, [])
    feed.close()
    assert watch.ended


async def test_who_begins_to_listen_takes_nothing_from_those_who_do() -> None:
    log: list[Told] = []

    async def read(_tenant: UUID, after: UUID, _most: int) -> list[Told]:
        return [each for each in log if each.id > after]

    feed, tenant = Feed(read), new_id()
    first = await feed.watch(tenant, session_id=None, actor_id=None, after=None)
    event = Told(new_id(), Moved.name, new_id(), utc_now())
    log.append(event)
    second = await feed.watch(tenant, session_id=None, actor_id=None, after=None, begin_back=True)
    feed.heard(str(tenant))
    assert await first.wait(5)
    await asyncio.sleep(0.2)
    assert (first.take(), second.take()) == ([event], [event])
    feed.close()


@pytest.mark.parametrize("number", [0, 2**128 - 1, 253_402_300_800_000 << 80])
async def test_any_id_may_be_resumed_after(door: Door, number: int) -> None:
    """The last two are of years that no calendar has: they were answered with a fault of ours."""
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("owner",))
    answer = await client.get("/events/stream", headers={"last-event-id": str(UUID(int=number))})
    assert answer.status_code == 200, answer.text
