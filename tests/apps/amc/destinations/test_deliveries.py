"""Deliveries that fail, die, wait, are asked for by hand; the run stays successful."""

import asyncio
import logging
from collections import Counter
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import text

from metatron.apps.amc.destinations import delivering
from metatron.apps.amc.destinations.claiming import MOST_OF_ONE
from metatron.apps.amc.destinations.delivering import deliver
from metatron.apps.amc.destinations.ending import DELIVER_JOB
from metatron.apps.amc.destinations.targets import folder, part, postgresql, s3, sending
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.errors import Busy
from tests.apps.amc.destinations.desk import Desk, key
from tests.apps.amc.destinations.pg_target import Target
from tests.apps.amc.destinations.test_postgresql import SEPTEMBER
from tests.apps.amc.runs.stage import MONTH, REACH
from tests.support.s3_store import Store

ROWS = [["campaign", "reach"], ["Alpha", "120"], ["Beta", "240"]]


class Killed(BaseException):
    """The worker's process is gone."""


async def test_a_target_that_is_down_gets_it_when_it_is_back(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    await target.close()
    assert await desk.tried(place) == {"ok": False, "problem": "The server cannot be reached."}
    before = utc_now()
    run = await desk.run(place, rows=ROWS)
    told = await desk.settled(run)
    assert (told["state"], told["tries"]) == ("pending", 1)
    assert 55 <= (_instant(told["next_at"]) - before).total_seconds() <= 75
    told = await desk.later(told, run)
    assert (told["state"], told["tries"]) == ("pending", 2)
    await target.open()
    told = await desk.later(told, run)
    assert (told["state"], told["tries"], told["problem"]) == ("delivered", 3, None)
    assert len(await target.rows("campaign, reach")) == 2


async def test_three_tries_and_then_by_hand(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    await target.close()
    run = await desk.run(place, rows=ROWS)
    told = await desk.settled(run)
    for _ in range(2):
        told = await desk.later(told, run)
    assert (told["state"], told["tries"]) == ("failed", 3)
    assert (await desk.stage.run(run.id)).state == "succeeded"
    assert [each["id"] for each in await desk.deliveries(state="failed")] == [told["id"]]
    await target.open()
    retried = await desk.client.post(f"/deliveries/{told['id']}/retry")
    assert (retried.status_code, retried.json()["state"]) == (202, "pending")
    twice = await desk.client.post(f"/deliveries/{told['id']}/retry")
    assert (twice.status_code, twice.json()["code"]) == (409, "amc_delivery_under_way")
    assert (await desk.settled(run))["state"] == "delivered"


async def test_a_wrong_password_is_told_and_not_shown(
    desk: Desk, target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "a-wrong-pass-w0rd"
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        place = await desk.destination("postgresql", target.settings(password=wrong))
        tried = await desk.tried(place)
        run = await desk.run(place, rows=ROWS)
        told = await desk.settled(run)
    said = "The server does not take this user and password."
    assert (tried["problem"], told["problem"]) == (said, said)
    assert (told["state"], told["tries"]) == ("failed", 1), "a locked account helps nobody"
    written = [str(lines), caplog.text, str(tried), str(await desk.deliveries())]
    paths = ("/destinations", f"/destinations/{place}")
    written += [(await desk.client.get(path)).text for path in paths]
    async with desk.stage.database.transaction(desk.stage.owner) as session:
        for table in ("kernel.event", "kernel.outbox", "amc.destination", "amc.delivery"):
            rows = await session.execute(text(f"select t::text from {table} t"))
            written += rows.scalars()
    assert not [each for each in written if wrong in each]


async def test_an_older_run_does_not_replace_a_newer_one(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    older = await desk.run(rows=ROWS)
    newer = await desk.run(place, rows=[ROWS[0], ["Gamma", "1"]])
    assert (await desk.settled(newer))["state"] == "delivered"
    await desk.stage.change(
        "insert into amc.delivery (tenant_id, id, destination_id, run_id, state, created_at)"
        " values (:t, :id, :place, :id, 'pending', now())", id=older.id, place=place,
    )  # fmt: skip
    await desk.stage.again(DELIVER_JOB, delivery_id=older.id)
    told = await desk.settled(older)
    assert (told["state"], "newer run" in told["problem"]) == ("skipped", True)
    assert await target.rows("campaign, reach") == [("Gamma", 1)]
    asked = await desk.deliver(older, place)
    assert asked.status_code == 202, asked.text
    assert (await desk.settled(older))["state"] == "delivered", "somebody wants this one"
    assert len(await target.rows("campaign, reach")) == 2


STEPS: dict[str, tuple[str, Any, str, bool]] = {
    "before anything": ("postgresql", sending, "send", False),
    "after the rows are there": ("postgresql", sending, "send", True),
    "before it is told": ("postgresql", delivering, "_close", False),
    "before the table": ("postgresql", postgresql, "hold", False),
    "after the table": ("postgresql", postgresql, "hold", True),
    "before the part is written": ("folder", part, "write_part", False),
    "after the part is written": ("folder", part, "write_part", True),
    "before it is in its place": ("folder", folder, "_put", False),
    "after it is in its place": ("folder", folder, "_put", True),
    "before others are cleared": ("s3", s3, "_clear_others", False),
    "after others are cleared": ("s3", s3, "_clear_others", True),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_that_dies_at_any_step(
    desk: Desk, target: Target, store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    kind, owner, name, is_after = STEPS[step]
    settings = {"postgresql": target.settings(), "folder": {}, "s3": store.settings()}[kind]
    real, killed = getattr(owner, name), []

    def stops() -> bool:
        killed.append(step)
        return len(killed) == 1

    async def die(*given: Any, **named: Any) -> Any:
        if not stops():
            return await real(*given, **named)
        if is_after:
            await real(*given, **named)
        raise Killed

    def die_at_once(*given: Any, **named: Any) -> Any:
        if not stops():
            return real(*given, **named)
        if is_after:
            real(*given, **named)
        raise Killed

    monkeypatch.setattr(owner, name, die_at_once if name == "_put" else die)
    place = await desk.destination(kind, settings)
    with pytest.raises(Killed):
        await desk.settled(await desk.run(place, rows=ROWS))
    run_id = (await desk.deliveries())[0]["run_id"]
    run = await desk.stage.run(run_id)
    assert (await desk.deliveries())[0]["state"] == "delivering"
    await desk.stage.again(DELIVER_JOB, delivery_id=(await desk.deliveries())[0]["id"])
    await desk.stage.step()
    assert (await desk.deliveries())[0]["tries"] == 1, "the dead worker's lease holds"
    await desk.lease_ends(run)
    told = await desk.settled(run)
    assert (told["state"], told["tries"], told["rows"]) == ("delivered", 2, 2)
    if kind == "postgresql":
        assert len(await target.rows("campaign, reach")) == 2


async def test_a_connection_that_breaks_changes_nothing(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    await desk.settled(await desk.run(place, rows=ROWS))
    many = [["campaign", "reach"], *([f"{'x' * 200}{n}", str(n)] for n in range(5_000))]
    target.cut_after = 400_000
    broken = await desk.run(place, rows=many)
    told = await desk.settled(broken)
    assert (told["state"], told["tries"]) == ("pending", 1)
    assert await target.rows("campaign, reach") == [("Alpha", 120), ("Beta", 240)]
    target.cut_after = None
    assert (await desk.later(told, broken))["rows"] == 5_000
    assert len(await target.rows("campaign, reach")) == 5_000


async def test_a_crowded_machine_costs_no_try(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await desk.destination("folder", {})
    real, asked = sending.send, []

    async def no_room(*given: Any) -> Any:
        asked.append(given)
        if len(asked) == 1:
            raise Busy
        return await real(*given)

    monkeypatch.setattr(sending, "send", no_room)
    run = await desk.run(place, rows=ROWS)
    while not asked:
        await desk.stage.step()
    waiting = (await desk.deliveries(run_id=run.id))[0]
    assert (waiting["state"], waiting["tries"]) == ("pending", 0)
    told = await desk.later(waiting, run)
    assert (told["state"], told["tries"]) == ("delivered", 1)


async def test_a_destination_takes_one_at_a_time(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings())
    windows = [MONTH, SEPTEMBER]
    runs = [await desk.run(rows=ROWS, rule=rule) for rule in windows]
    for run in runs:
        assert (await desk.deliver(run, place)).status_code == 202
    ids = [each["id"] for each in await desk.deliveries()]
    context = system_context(desk.stage.tenant_id)
    database = desk.stage.database
    await asyncio.gather(*(deliver(database, context, delivery_id=UUID(each)) for each in ids))
    states = sorted(each["state"] for each in await desk.deliveries())
    assert states == ["delivered", "pending"]
    for each in ids:
        await deliver(database, context, delivery_id=UUID(each))
    assert {each["state"] for each in await desk.deliveries()} == {"delivered"}
    assert len(await target.rows("campaign, reach")) == 4


async def test_slow_servers_of_one_organisation_leave_the_worker_to_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of somebody's own may take an hour over each delivery."""
    places = [await desk.destination("folder", {}) for _ in range(MOST_OF_ONE + 2)]
    run = await desk.run(rows=ROWS)
    for place in places:
        assert (await desk.deliver(run, place)).status_code == 202
    ids = [UUID(each["id"]) for each in await desk.deliveries()]
    held, done = asyncio.Semaphore(0), asyncio.Event()

    async def slow(*_given: Any) -> int:
        held.release()
        await done.wait()
        return 2

    monkeypatch.setattr(sending, "send", slow)
    context, database = system_context(desk.stage.tenant_id), desk.stage.database
    tries = [asyncio.create_task(deliver(database, context, delivery_id=each)) for each in ids]
    async with asyncio.timeout(30):
        for _ in range(MOST_OF_ONE):
            await held.acquire()
        for put_off in islice(asyncio.as_completed(tries), 2):
            await put_off
        done.set()
        await asyncio.gather(*tries)
    states = Counter(each["state"] for each in await desk.deliveries())
    assert states == {"delivered": MOST_OF_ONE, "pending": 2}
    assert desk.stage.runtime.registry.jobs[DELIVER_JOB].waits, "it would keep a worker's seat"
    for each in ids:
        await deliver(database, context, delivery_id=each)
    assert {each["state"] for each in await desk.deliveries()} == {"delivered"}


async def test_what_cannot_be_delivered_is_refused(desk: Desk) -> None:
    place = await desk.destination("folder", {})
    run_id = await desk.stage.ask(REACH.format("none"))
    body = {"destination_id": str(place)}
    early = await desk.client.post(f"/runs/{run_id}/deliver", json=body, headers=key())
    assert (early.status_code, early.json()["code"]) == (409, "no_result")
    run = await desk.stage.ended(run_id)
    assert await desk.deliveries() == [], "nobody wanted it anywhere"
    assert (await desk.deliver(run, run.id)).status_code == 404
    assert (await desk.deliver(run, place)).status_code == 202
    assert (await desk.deliver(run, place)).status_code == 409
    await desk.client.delete(f"/destinations/{place}")
    told = await desk.settled(run)
    assert (told["state"], told["destination"]["name"]) == ("skipped", "A folder")


def _instant(text_: str) -> Any:
    return type(utc_now()).fromisoformat(text_)
