"""SQL as the application's own role, past all our code: the database alone keeps tenants apart."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from metatron.kernel.settings import Settings
from metatron.platform.tenancy.site import on_database

from .catalogue import tenant_tables
from .realms import Pair

REFUSED = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.RestrictViolationError,
    asyncpg.RaiseError,
)
"""No grant or a policy; an append-only table; a trigger that judges every change."""


@pytest.fixture
async def hand(settings: Settings, pair: Pair) -> AsyncIterator[Any]:
    """The application's role on a connection to the database B lives in."""
    name = pair.owner_dsn_of_b.partition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(on_database(settings.database_url.get_secret_value(), name))
    yield connection
    await connection.close()


async def _tables(pair: Pair) -> list[str]:
    owner = await asyncpg.connect(pair.owner_dsn_of_b)
    try:
        return await tenant_tables(owner)
    finally:
        await owner.close()


async def _try(hand: Any, statement: str, *arguments: Any, tenant: str = "") -> Any:
    """Run in a transaction of its own, bound to `tenant`; returns rows, status, or the error."""
    transaction = hand.transaction()
    await transaction.start()
    try:
        await hand.execute("select set_config('app.tenant_id', $1, true)", tenant)
        if statement.startswith("select"):
            return [tuple(row) for row in await hand.fetch(statement, *arguments)]
        return await hand.execute(statement, *arguments)
    except asyncpg.PostgresError as error:
        return error
    finally:
        await transaction.rollback()


def _harmless(outcome: Any) -> bool:
    return isinstance(outcome, REFUSED) or outcome in ("UPDATE 0", "DELETE 0", [(0,)], "INSERT 0 0")


@pytest.mark.parametrize("bound", ["nobody", "somebody else"])
async def test_without_the_right_tenant_there_are_no_rows(
    hand: Any, pair: Pair, bound: str
) -> None:
    theirs, tenant = pair.b.tenant_id, "" if bound == "nobody" else str(pair.a.tenant_id)
    before = await pair.b.picture()
    filled = 0
    for table in await _tables(pair):
        there = await _try(hand, f"select count(*) from {table}", tenant=str(theirs))
        filled += isinstance(there, list) and there[0][0] > 0
        for statement in (
            f"select count(*) from {table} where tenant_id = $1",
            f"update {table} set tenant_id = tenant_id where tenant_id = $1",
            f"delete from {table} where tenant_id = $1",
            f"insert into {table} (tenant_id) values ($1)",
        ):
            outcome = await _try(hand, statement, theirs, tenant=tenant)
            assert _harmless(outcome), (statement, outcome)
        outcome = await _try(hand, f"truncate {table}", tenant=tenant)
        assert isinstance(outcome, asyncpg.InsufficientPrivilegeError), (table, outcome)
    assert filled > 15
    assert await pair.b.picture() == before


async def test_a_row_cannot_be_given_to_another_tenant(hand: Any, pair: Pair) -> None:
    moved = 0
    for table in await _tables(pair):
        outcome = await _try(
            hand,
            f"update {table} set tenant_id = $1",
            pair.a.tenant_id,
            tenant=str(pair.b.tenant_id),
        )
        assert _harmless(outcome), (table, outcome)
        moved += isinstance(outcome, REFUSED)
    assert moved > 15


async def test_a_child_cannot_hang_on_a_foreign_parent(hand: Any, pair: Pair) -> None:
    """Checks of foreign keys see all rows: only the tenant inside the key keeps them apart."""
    statement = (
        "insert into campaigns.fulfilment_event"
        " select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(),"
        "  'tenant_id', $1::uuid))).* from campaigns.fulfilment_event e limit 1"
    )
    # B's own event copied under A's name: bound to B the policy refuses, and were it written as A
    # the key (tenant_id, campaign_id) would find no campaign.
    outcome = await _try(hand, statement, pair.a.tenant_id, tenant=str(pair.b.tenant_id))
    assert isinstance(outcome, asyncpg.InsufficientPrivilegeError)
    row = "(tenant_id, id, campaign_id, kind, note, recorded_at, recorded_by)"
    values = "gen_random_uuid(), $2::text::uuid, 'shipped', 'x', now(), gen_random_uuid()"
    known = await _try(
        hand,
        "select campaign_id::text from campaigns.fulfilment_event limit 1",
        tenant=str(pair.b.tenant_id),
    )
    foreign, unknown = [
        await _try(
            hand,
            f"insert into campaigns.fulfilment_event {row} values ($1, {values})",
            pair.a.tenant_id,
            parent,
            tenant=str(pair.a.tenant_id),
        )
        for parent in (known[0][0], "00000000-0000-7000-8000-000000000000")
    ]
    assert type(foreign) is type(unknown) is asyncpg.ForeignKeyViolationError


async def test_a_setting_that_is_no_tenant_shows_nothing(hand: Any, pair: Pair) -> None:
    for value in ("", "00000000-0000-0000-0000-000000000000"):
        assert await _try(hand, "select count(*) from kernel.event", tenant=value) == [(0,)]
    for value in ("%", "' or true --", "*"):
        outcome = await _try(hand, "select count(*) from kernel.event", tenant=value)
        assert isinstance(outcome, asyncpg.InvalidTextRepresentationError)
    await _try(hand, "select 1", tenant=str(pair.b.tenant_id))
    assert await hand.fetchval("select count(*) from kernel.event") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "set row_security = off; select count(*) from kernel.event",
        "alter table kernel.event no force row level security",
        "drop policy tenant on kernel.event",
        "create policy mine on kernel.event using (true)",
        "create function kernel.leak(text) returns boolean language sql return true",
        "create table kernel.mine (id int)",
        "copy kernel.event to '/tmp/leak'",
        "copy (select 1) to program 'id'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "alter role metatron_app bypassrls",
        "set session authorization metatron_owner",
        "create extension dblink",
        "select set_config('log_statement', 'all', true)",
        "select * from pg_authid",
        "select ledger.refuse_shape(null)",
    ],
)
async def test_the_application_cannot_loosen_its_bonds(hand: Any, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with hand.transaction():
            await hand.execute(statement)
    assert caught.value.sqlstate in {"42501", "0A000", "58P01", "22023"}, caught.value


async def test_what_a_setting_hides_errors_do_not_tell(hand: Any, pair: Pair) -> None:
    """A predicate that raises on a value must not run on rows that the policy hides."""
    outcome = await _try(
        hand,
        "select count(*) from campaigns.campaign where (title || '!')::int = 1",
        tenant=str(pair.a.tenant_id),
    )
    assert pair.b.marker not in str(outcome)
    # Statistics are values of all tenants: none are shown for tables under a policy.
    shown = await hand.fetch(
        "select tablename from pg_stats where schemaname in ('campaigns', 'kernel', 'tenancy')"
        " and tablename in ('campaign', 'event', 'member')"
    )
    assert shown == []


async def test_a_clock_is_moved_by_its_own_tenant_alone(hand: Any, pair: Pair) -> None:
    theirs, mine, advance = pair.b.tenant_id, str(pair.a.tenant_id), "offset_seconds = 60"
    insert = "insert into kernel.tenant_clock values ($1, 60)"
    assert await _try(hand, insert, theirs, tenant=str(theirs)) == "INSERT 0 1"
    for tenant in ("", mine):
        refused = await _try(hand, insert, theirs, tenant=tenant)
        assert isinstance(refused, asyncpg.InsufficientPrivilegeError), refused
        changed = await _try(hand, f"update kernel.tenant_clock set {advance}", tenant=tenant)
        assert changed in ("UPDATE 0", "UPDATE 1")
    owner = await asyncpg.connect(pair.owner_dsn_of_b)
    try:
        await owner.execute("select set_config('app.tenant_id', $1, false)", str(theirs))
        await owner.execute(f"{insert} on conflict do nothing", theirs)
        for tenant in ("", mine):
            count = "select count(*) from kernel.tenant_clock where tenant_id = $1"
            assert await _try(hand, count, theirs, tenant=tenant) == [(0,)]
            moved = f"update kernel.tenant_clock set {advance} where tenant_id = $1"
            assert await _try(hand, moved, theirs, tenant=tenant) == "UPDATE 0"
        await owner.execute("delete from kernel.tenant_clock where tenant_id = $1", theirs)
    finally:
        await owner.close()
