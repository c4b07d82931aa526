"""Whatever the gate remembers of a session for longer than seconds, the database announces."""

import asyncio
import base64
import os
import signal
import time
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.gateway import people
from metatron.platform.gateway.gate import IdentityGate
from metatron.platform.tenancy.session_access import _SESSION
from tests.support.people import Door, new_email

_READ = """
with recursive view as (
  select 'pg_temp.asked'::regclass::oid id
  union
  select c.oid from view join pg_rewrite r on r.ev_class = view.id
  join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
  join pg_class c on c.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
  where c.relkind = 'v' and c.oid <> view.id)
select distinct c.oid::regclass::text as name, a.attname::text as field
from view join pg_rewrite r on r.ev_class = view.id
join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
  and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
join pg_class c on c.oid = d.refobjid and c.relkind in ('r', 'p')
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
"""
_TRIGGERS = """
select pg_get_triggerdef(oid) from pg_trigger
where tgrelid = cast($1::text as regclass) and tgname like 'tell_access%'
"""
_REVOKE = "update identity.session set state = 'revoked', revoked_at = now() where id = $1"
_UNCONFIRM = """
update identity.user_account set email_verified_at = null
where id = (select user_id from identity.session where id = $1)
"""
OFF_SECONDS = 3.0
"""Well below the time after which a fact is asked for again in any case."""


@pytest.fixture
async def owner(server: EmbeddedPostgres, settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A hand in the database that announces nothing by itself."""
    name = settings.database_url.get_secret_value().partition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(server.dsn("postgres", name))
    yield connection
    await connection.close()


async def test_every_column_that_is_remembered_has_its_trigger(owner: asyncpg.Connection) -> None:
    nobody = "'00000000-0000-0000-0000-000000000000'::uuid"
    asked = _SESSION.replace("$1", nobody).replace("$2", nobody)
    await owner.execute(f"create temporary view asked as {asked}")
    read = await owner.fetch(_READ)
    assert {row["name"] for row in read} == {
        "identity.session", "identity.user_account", "tenancy.member", "tenancy.member_role",
        "tenancy.module_switch", "tenancy.role", "tenancy.tenant",
    }  # fmt: skip
    for row in read:
        found = [trigger[0] for trigger in await owner.fetch(_TRIGGERS, row["name"])]
        assert any("DELETE" in trigger for trigger in found), row
        changed = [trigger for trigger in found if "UPDATE" in trigger]
        names = (f"old.{row['field']} ", f"old.{row['field']},", f"old.{row['field']})")
        assert row["field"] == "id" or any(
            " WHEN " not in trigger or any(name in trigger for name in names) for trigger in changed
        ), row


def _claims(client: httpx.AsyncClient) -> tuple[UUID, UUID]:
    part = client.headers["authorization"].split(".")[1]
    claims = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return UUID(claims["sid"]), UUID(claims["tid"])


async def _remembered(door: Door) -> tuple[httpx.AsyncClient, UUID, UUID]:
    """Sign an organiser in whom the gate has just met."""
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    assert (await client.get("/members")).is_success
    return client, *_claims(client)


async def _gone(gate: IdentityGate, session_id: UUID, tenant_id: UUID) -> bool:
    """Tell whether a session is forgotten before it would be for its age."""
    end = time.monotonic() + OFF_SECONDS
    while time.monotonic() < end:
        if gate.facts.known_person(session_id, tenant_id) is None:
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.mark.parametrize(
    "change",
    [
        _REVOKE,
        "update identity.session set version = version + 1 where id = $1",
        "update identity.session set absolute_expires_at = now() where id = $1",
        "delete from identity.session where id = $1",
        _UNCONFIRM,
        "update tenancy.tenant set state = 'suspended' where id = $2",
        "update tenancy.tenant set limits = '{\"calls\": 1}' where id = $2",
        "update tenancy.tenant set maintenance_note = 'Back soon' where id = $2",
        "insert into tenancy.module_switch (tenant_id, module, is_enabled) values ($2, 'x', false)",
        "update tenancy.member set state = 'removed', removed_at = now() where tenant_id = $2",
        "delete from tenancy.member_role where tenant_id = $2",
    ],
)
async def test_a_change_by_any_hand_is_heard(
    door: Door, app: FastAPI, owner: asyncpg.Connection, change: str
) -> None:
    _client, session_id, tenant_id = await _remembered(door)
    gate: IdentityGate = app.state.gate
    assert gate.facts.known_person(session_id, tenant_id) is not None
    given = [session_id, tenant_id][: 2 if "$2" in change else 1]
    if "$1" not in change:
        change, given = change.replace("$2", "$1"), [tenant_id]
    await owner.execute(change, *given)
    assert await _gone(gate, session_id, tenant_id)


async def test_who_is_deaf_remembers_for_five_seconds(
    door: Door, app: FastAPI, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metatron.kernel.database.listener.PATIENCE_SECONDS", 60.0)
    client, session_id, tenant_id = await _remembered(door)
    gate: IdentityGate = app.state.gate
    listener = door.database.listener._connection
    assert listener is not None
    pid = listener.get_server_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        revoked_at = time.monotonic()
        await owner.execute(_REVOKE, session_id)
        while (await client.get("/members")).is_success:
            assert time.monotonic() - revoked_at < people.SESSION_SECONDS + 0.5
            await asyncio.sleep(0.05)
        assert gate.facts.known_person(session_id, tenant_id) is None
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_who_hears_remembers_for_longer(
    door: Door, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metatron.platform.gateway.people.SESSION_SECONDS", 2.0)
    _client, session_id, tenant_id = await _remembered(door)
    facts = app.state.gate.facts.known_person(session_id, tenant_id)[1]
    # Longer than a fact is held in any case: the proofs of hearing alone keep it.
    await asyncio.sleep(people.LASTING_SECONDS / 10)
    held = app.state.gate.facts.known_person(session_id, tenant_id)
    assert held is not None and held[1] is facts  # noqa: PT018 - one fact
