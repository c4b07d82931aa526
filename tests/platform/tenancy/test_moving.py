"""Moving between the home database and one of its own: nothing is lost, nothing is changed."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from metatron.apps.campaigns.rules.drafts import create_campaign
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.tenancy import clearing, copying
from metatron.platform.tenancy.clock import advance_clock
from metatron.platform.tenancy.dedicated import drop_database
from metatron.platform.tenancy.errors import MoveFailed, TransitionRefused
from metatron.platform.tenancy.interface import add_member, tenant_by_id
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.site import site

from .conftest import Found


class Noted(Event):
    name = "tenancy.thing_noted.v1"
    words: str


async def _note(database: Database, context: Context, words: str) -> None:
    async with database.transaction(context) as session:
        await publish(session, context, Noted(aggregate_id=new_id(), words=words), now=utc_now())


async def _log(database: Database, context: Context) -> list[tuple[int, str]]:
    async with database.transaction(context) as session:
        rows = await session.execute(
            text("select position, coalesce(payload->>'words', name) from kernel.event order by 1")
        )
        return [tuple(row) for row in rows]


async def _where(database: Database, context: Context) -> str:
    async with database.transaction(context) as session:
        return str((await session.execute(text("select current_database()"))).scalar_one())


async def _owner(settings: Settings, name: str | None = None) -> asyncpg.Connection:
    return await asyncpg.connect(site().owner_dsn(name))


async def test_there_and_back_again(database: Database, settings: Settings, found: Found) -> None:
    context = await found(is_sandbox=True)
    bystander = await found()
    await _note(database, bystander, "bystander")
    async with database.transaction(context) as session:
        await advance_clock(session, context, seconds=3600, now=utc_now())
    for number in range(5):
        await _note(database, context, f"n{number}")
    before, home = await _log(database, context), await _where(database, context)

    moved = await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    assert moved.rows >= len(before)
    assert await _where(database, context) == moved.database_name != home
    assert await _log(database, context) == before
    assert await _where(database, bystander) == home

    # The log goes on after what was copied; organisation events follow the tenant.
    await _note(database, context, "over there")
    after = await _log(database, context)
    assert after[:-1] == before
    assert after[-1][0] > before[-1][0]
    async with database.transaction(context) as session:
        assert await advance_clock(session, context, seconds=60, now=utc_now()) == 3660
        await add_member(
            session, context, user_id=new_id(), role_names=("organiser",), now=utc_now()
        )
    facts = await tenant_by_id(database, context.tenant_id)
    assert facts is not None
    assert (facts.state, facts.clock_offset_seconds) == ("active", 3660)

    there = await _log(database, context)
    await move_tenant(database, tenant_id=context.tenant_id, to="pooled", now=utc_now())
    assert await _where(database, context) == home
    assert await _log(database, context) == there
    await _note(database, context, "home again")
    assert (await _log(database, context))[-1][0] > there[-1][0]
    assert (await _log(database, bystander))[-1][1] == "bystander"


async def test_writes_wait_and_reads_go_on_while_moving(
    database: Database, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = await found()
    await _note(database, context, "before")
    seen: dict[str, Any] = {}
    original = copying.copy_table

    async def slow(*arguments: Any) -> int:
        if arguments[2] == "kernel.event":
            seen["log"] = [words for _, words in await _log(database, context)]
            try:
                await _note(database, context, "too late")
            except DBAPIError as error:
                seen["refusal"] = getattr(error.orig, "sqlstate", error)
            facts = await tenant_by_id(database, context.tenant_id)
            seen["state"] = facts.state if facts else None
        return await original(*arguments)

    monkeypatch.setattr(copying, "copy_table", slow)
    await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    assert "before" in seen["log"]
    assert seen["refusal"] == "25006"
    assert seen["state"] == "moving"
    assert "too late" not in [words for _, words in await _log(database, context)]


async def test_coming_home_holds_up_nobody_else(
    database: Database, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, bystander = await found(), await found()
    kept = await _draft(database, context)
    await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    original, written = copying.copy_table, []

    async def watched(*arguments: Any) -> int:
        rows = await original(*arguments)
        if arguments[2] in {"campaigns.campaign", "kernel.event"}:
            # Rows are in, uncommitted: somebody else writes to the same table meanwhile.
            async with asyncio.timeout(20):
                written.append(await _draft(database, bystander))
        return rows

    monkeypatch.setattr(copying, "copy_table", watched)
    before = await _history(database, context)
    await move_tenant(database, tenant_id=context.tenant_id, to="pooled", now=utc_now())
    assert len(written) == 2
    assert await _history(database, context) == before == [(kept, 1)]
    assert await _history(database, bystander) == [(each, 1) for each in sorted(written)]
    # The setting that lets copied rows pass is worth nothing in the application's hand.
    async with database.transaction(bystander) as session:
        await session.execute(text("select set_config('app.copying', 'on', true)"))
        with pytest.raises(DBAPIError, match="without a transition"):
            await session.execute(text("update campaigns.campaign set state = 'live'"))


async def _draft(database: Database, context: Context) -> UUID:
    async with database.transaction(context) as session:
        made = await create_campaign(session, context, fields={"title": "A"}, now=utc_now())
        return made.id


async def _history(database: Database, context: Context) -> list[tuple[UUID, int]]:
    async with database.transaction(context) as session:
        rows = await session.execute(
            text("select subject_id, ordinal from campaigns.transition order by 1, 2")
        )
        return [(UUID(str(row[0])), row[1]) for row in rows]


async def test_the_mover_waits_for_a_writer(database: Database, found: Found) -> None:
    context = await found()
    session = await database.session(context)
    async with session:
        await publish(session, context, Noted(aggregate_id=new_id(), words="late"), now=utc_now())
        move = asyncio.create_task(
            move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
        )
        done, _ = await asyncio.wait([move], timeout=1.5)
        assert not done
        await session.commit()
    await move
    assert "late" in [words for _, words in await _log(database, context)]


async def test_a_failed_copy_leaves_the_source_as_it_was(
    database: Database, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = await found()
    await _note(database, context, "kept")
    home = await _where(database, context)
    original = copying.content_of
    calls = {"n": 0}

    async def tampered(*arguments: Any) -> copying.Content:
        content = await original(*arguments)
        calls["n"] += 1
        return copying.Content(content.rows + (calls["n"] == 4), content.one, content.two)

    monkeypatch.setattr(copying, "content_of", tampered)
    with pytest.raises(MoveFailed):
        await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    monkeypatch.undo()
    assert await _where(database, context) == home
    await _note(database, context, "goes on")
    facts = await tenant_by_id(database, context.tenant_id)
    assert facts is not None
    assert facts.state == "active"
    left = await database.system.fetchval(
        "select count(*) from tenancy.placement where tenant_id = $1", context.tenant_id
    )
    assert left == 0
    await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    with pytest.raises(TransitionRefused):
        await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())


async def test_old_rows_go_only_after_the_time_of_grace(
    database: Database, settings: Settings, found: Found
) -> None:
    context, bystander = await found(), await found()
    await _note(database, context, "old")
    await _note(database, bystander, "theirs")
    await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    owner = await _owner(settings)
    try:
        for tenant in (context, bystander):
            transaction = owner.transaction()
            await transaction.start()
            await copying.bind(owner, tenant.tenant_id)
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await owner.execute("delete from kernel.event")
            await transaction.rollback()
        assert await clearing.purge_moved(database, now=utc_now()) == 0
        await owner.execute(
            "update kernel.tenant_hold set purge_after = now() - interval '1 day'"
            " where tenant_id = $1",
            context.tenant_id,
        )
        assert await clearing.purge_moved(database, now=utc_now()) >= 1
        async with owner.transaction():
            await copying.bind(owner, context.tenant_id)
            assert await owner.fetchval("select count(*) from kernel.event") == 0
    finally:
        await owner.close()
    assert "theirs" in [words for _, words in await _log(database, bystander)]
    assert "old" in [words for _, words in await _log(database, context)]


async def test_a_retired_database_goes_when_nobody_holds_it(
    database: Database, found: Found
) -> None:
    context = await found()
    moved = await move_tenant(database, tenant_id=context.tenant_id, to="dedicated", now=utc_now())
    name = str(moved.database_name)
    await _note(database, context, "over there")
    _, elsewhere = site().role_dsns(name)
    held = await asyncpg.connect(elsewhere)
    await move_tenant(database, tenant_id=context.tenant_id, to="pooled", now=utc_now())
    # This process's own idle connections are let go; another process's are not ours to end.
    assert not await drop_database(database, name)
    await held.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(elsewhere)
    assert await drop_database(database, name)
    assert await drop_database(database, name)
    assert "over there" in [words for _, words in await _log(database, context)]
