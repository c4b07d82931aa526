"""Snapshots: frozen figures behind a link that expires, is revoked, and tells no ids."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from metatron.apps.amc.boards import answers, sweeping
from metatron.apps.amc.edge import Page
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.apps.amc.boards.collected import a_board
from tests.apps.amc.house import House
from tests.support.people import Door, running

_AHEAD = text("""
insert into kernel.tenant_clock (tenant_id, offset_seconds) values (:t, 7 * 86400 + 1)
on conflict (tenant_id) do update set offset_seconds = excluded.offset_seconds
""")


async def shared(house: House, board: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = {"expires_at": (utc_now() + timedelta(days=7)).isoformat()} | changes
    answer = await house.analyst.post(f"/amc/boards/{board['id']}/snapshots", json=body)
    assert answer.status_code == 201, answer.text
    answers.NewSnapshotAnswer.model_validate_json(answer.content)
    told: dict[str, Any] = answer.json()
    return told


async def opened(house: House, token: str) -> tuple[int, dict[str, Any]]:
    """As somebody without an account sees it."""
    answer = await house.door.browser().get(f"/public/amc/snapshots/{token}")
    return answer.status_code, answer.json()


async def test_a_link_shows_frozen_figures_without_ids(house: House, database: Database) -> None:
    board = await a_board(house, database)
    made = await shared(house, board, compare="previous", name="For the client")
    assert made["url"].endswith(f"/s/amc/{made['token']}")
    context = system_context(house.tenant.id)
    async with database.transaction(context) as session:
        await session.execute(
            text("update amc.segment_figure set sum = 1000 where tenant_id = :t"),
            {"t": house.tenant.id},
        )
    status, told = await opened(house, made["token"])
    assert status == 200
    snapshot = answers.SharedSnapshotAnswer.model_validate(told)
    assert snapshot.title == "For the client"
    clicks = snapshot.figures.measures[0]
    assert (clicks.label, clicks.total, clicks.clients[0].name) == ("Clicks", 21, "Client")
    assert snapshot.figures.layout[0].measure == 0
    known = {
        str(house.tenant.id), board["id"], board["collection"]["id"], made["id"],
        board["created_by"],
    }  # fmt: skip
    assert not any(each in str(told) for each in known)
    assert '"id"' not in str(told).replace("'", '"')


async def test_the_token_is_shown_once_and_only_its_hash_is_kept(
    house: House, database: Database
) -> None:
    board = await a_board(house, database)
    made = await shared(house, board)
    listed = await house.viewer.get(f"/amc/boards/{board['id']}/snapshots")
    page = Page[answers.SnapshotAnswer].model_validate_json(listed.content)
    assert [str(each.id) for each in page.items] == [made["id"]]
    assert made["token"] not in listed.text
    assert (await house.viewer.get(f"/amc/boards/{board['id']}")).json()["snapshots"] == 1
    secret = base64.urlsafe_b64decode(made["token"])[16:]
    context = system_context(house.tenant.id)
    for table in ("amc.board_snapshot", "kernel.event", "kernel.idempotency_record"):
        async with database.transaction(context) as session:
            kept = await session.execute(text(f"select x::text from {table} x"))
            rows = " ".join(kept.scalars())
        assert made["token"] not in rows
        assert secret.hex() not in rows


async def test_a_link_expires(house: House, database: Database) -> None:
    board = await a_board(house, database)
    made = await shared(house, board)
    assert (await opened(house, made["token"]))[0] == 200
    context = system_context(house.tenant.id)
    async with database.transaction(context) as session:
        await session.execute(_AHEAD, {"t": house.tenant.id})
    status, told = await opened(house, made["token"])
    assert (status, told["code"]) == (404, "amc_snapshot_not_found")


async def kept(house: House) -> set[str]:
    """The snapshots that are there, whatever the API shows of them."""
    async with house.door.database.transaction(system_context(house.tenant.id)) as session:
        rows = await session.scalars(text("select id::text from amc.board_snapshot"))
        return set(rows.all())


async def test_what_has_expired_is_swept(
    house: House, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 1)
    board = await a_board(house, database)
    now = utc_now()
    ends = [now + timedelta(days=days) for days in (1, 2, 30)]
    made = [await shared(house, board, expires_at=each.isoformat()) for each in ends]
    await sweeping.sweep(database, now=ends[0] - timedelta(seconds=1))
    assert await kept(house) == {each["id"] for each in made}
    await sweeping.sweep(database, now=ends[1])
    assert await kept(house) == {made[2]["id"]}
    assert (await opened(house, made[0]["token"]))[0] == 404
    assert (await opened(house, made[2]["token"]))[0] == 200
    listed = (await house.viewer.get(f"/amc/boards/{board['id']}/snapshots")).json()["items"]
    assert [each["id"] for each in listed] == [made[2]["id"]]


async def test_an_organisation_that_is_ahead_is_swept_by_its_own_clock(
    house: House, database: Database
) -> None:
    made = await shared(house, await a_board(house, database))
    await sweeping.sweep(database, now=utc_now())
    assert await kept(house) == {made["id"]}
    async with database.transaction(system_context(house.tenant.id)) as session:
        await session.execute(_AHEAD, {"t": house.tenant.id})
    await sweeping.sweep(database, now=utc_now())
    assert await kept(house) == set()


async def test_a_link_is_revoked(house: House, database: Database) -> None:
    board = await a_board(house, database)
    made = await shared(house, board)
    assert (await house.viewer.delete(f"/amc/snapshots/{made['id']}")).status_code == 403
    assert (await house.analyst.delete(f"/amc/snapshots/{made['id']}")).status_code == 204
    assert (await opened(house, made["token"]))[0] == 404
    assert (await house.analyst.delete(f"/amc/snapshots/{made['id']}")).status_code == 404
    other = await shared(house, board)
    assert (await house.analyst.delete(f"/amc/boards/{board['id']}")).status_code == 204
    assert (await opened(house, other["token"]))[0] == 404


async def test_tokens_that_open_nothing(house: House, database: Database) -> None:
    board = await a_board(house, database)
    made = await shared(house, board)
    genuine = base64.urlsafe_b64decode(made["token"])
    elsewhere = new_id().bytes + genuine[16:]
    guessed = genuine[:16] + bytes(32)
    told = []
    for token in (
        base64.urlsafe_b64encode(elsewhere).decode(), base64.urlsafe_b64encode(guessed).decode(),
        "nonsense", made["token"][:-1], made["token"] + "AAAA", "%00", "ä" * 64,
    ):  # fmt: skip
        status, answer = await opened(house, token)
        answer.pop("request_id", None)
        told.append((status, answer["code"], answer["detail"]))
    assert set(told) == {(404, "amc_snapshot_not_found", "There is no such snapshot")}


async def test_a_link_lasts_ninety_days_at_most(house: House, database: Database) -> None:
    board = await a_board(house, database)
    path = f"/amc/boards/{board['id']}/snapshots"
    for days in (-1, 91):
        body = {"expires_at": (utc_now() + timedelta(days=days)).isoformat()}
        assert (await house.analyst.post(path, json=body)).status_code == 422
    body = {"expires_at": (utc_now() + timedelta(days=1)).isoformat()}
    assert (await house.viewer.post(path, json=body)).status_code == 403


async def test_who_guesses_tokens_is_slowed_down(settings: Settings, database: Database) -> None:
    limits = settings.rate_limits | {"public": (3, 100)}
    strict = settings.model_copy(update={"rate_limits": limits})
    async with running(strict, database) as app:
        door = Door(app, strict, database)
        browser, other = door.browser(), door.browser()
        path = f"/public/amc/snapshots/{'A' * 64}"
        told = [(await browser.get(path)).status_code for _ in range(4)]
        assert told == [404, 404, 404, 429]
        assert (await other.get(path)).status_code == 404, "each address has its own"
        await door.close()
