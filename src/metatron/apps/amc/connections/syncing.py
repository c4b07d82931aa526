"""Comparing accounts and instances with Amazon's: the new come, the gone are marked, none goes."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon import answers
from metatron.apps.amc.amazon.client import AmcClient
from metatron.apps.amc.amazon.errors import AmazonRefused
from metatron.apps.amc.connections.access import connection_client
from metatron.apps.amc.connections.errors import ConnectionNotFound, ConnectionNotUsable
from metatron.apps.amc.connections.events import ConnectionSynced
from metatron.apps.amc.connections.listing import ask_for_lists
from metatron.apps.amc.connections.renewing import usable
from metatron.apps.amc.connections.tables import Connection
from metatron.apps.amc.permissions import MANAGE
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

log = structlog.get_logger(__name__)
SYNC_JOB = "amc.sync_connection"

_ACCOUNTS = text("""
insert into amc.account (tenant_id, id, connection_id, amc_account_id, marketplace_id, name,
  synced_at)
select cast(:tenant_id as uuid), x.id, cast(:connection_id as uuid), x.account_id,
  x.marketplace_id, x.name, cast(:now as timestamptz)
from jsonb_to_recordset(cast(:rows as jsonb))
  x (id uuid, account_id text, marketplace_id text, name text)
on conflict (tenant_id, connection_id, amc_account_id, marketplace_id) do update
set name = excluded.name, synced_at = excluded.synced_at
returning id, amc_account_id, marketplace_id
""")
_INSTANCES = text("""
insert into amc.instance (tenant_id, id, account_id, connection_id, amc_instance_id, name, status,
  advertiser_types, data_first_on, data_last_on, synced_at)
select cast(:tenant_id as uuid), x.id, x.account_id, cast(:connection_id as uuid), x.instance_id,
  x.name, x.status, x.advertiser_types, x.first_day, x.last_day, cast(:now as timestamptz)
from jsonb_to_recordset(cast(:rows as jsonb))
  x (id uuid, account_id uuid, instance_id text, name text, status text, advertiser_types text[],
    first_day date, last_day date)
on conflict (tenant_id, connection_id, amc_instance_id) do update
set account_id = excluded.account_id, name = excluded.name, status = excluded.status,
  advertiser_types = excluded.advertiser_types, data_first_on = excluded.data_first_on,
  data_last_on = excluded.data_last_on, synced_at = excluded.synced_at, gone_at = null,
  version = instance.version + case when
    (instance.account_id, instance.name, instance.status, instance.advertiser_types,
      instance.data_first_on, instance.data_last_on)
      is distinct from
    (excluded.account_id, excluded.name, excluded.status, excluded.advertiser_types,
      excluded.data_first_on, excluded.data_last_on)
    or instance.gone_at is not null then 1 else 0 end
returning (xmax = 0) as is_new
""")
_GONE = text("""
update amc.instance i set gone_at = :now, version = version + 1
where i.tenant_id = :tenant_id and i.connection_id = :connection_id and i.gone_at is null
  and i.synced_at < :now and not (i.account_id = any(cast(:unseen as uuid[])))
""")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What Amazon lists; `refused` is what it said of accounts whose instances it did not list."""

    instances: dict[answers.Account, tuple[answers.Instance, ...]]
    refused: dict[answers.Account, str]


async def ask_for_sync(session: AsyncSession, context: Context, *, connection_id: UUID) -> None:
    """Have a connection compared soon.

    Raises:
        PermissionDenied: the actor may not set up clients.
        ConnectionNotFound: no connection of this organisation has the id.
        ConnectionNotUsable: it is broken, disconnected or not signed in yet.
    """
    context.demand(MANAGE)
    await usable(session, context, connection_id)
    await enqueue(session, context, SYNC_JOB, connection_id=connection_id)


async def sync(database: Database, context: Context, *, connection_id: UUID, now: datetime) -> None:
    """Compare a connection's accounts and instances with Amazon's; bears repetition.

    Raises:
        AmazonError: Amazon gave no answer: try again later.
        AmazonAway: the token could not be renewed just now.
    """
    try:
        client = await connection_client(database, context, connection_id, now=now)
        seen = await _look(client)
    except (ConnectionNotFound, ConnectionNotUsable) as error:
        log.info("amc_not_synced", connection_id=str(connection_id), reason=error.detail)
        return
    except AmazonRefused as error:
        async with database.transaction(context) as session:
            await _note(session, context, connection_id, reason=_words(error))
        return
    async with database.transaction(context) as session:
        await _store(session, context, connection_id, seen, now=now)


async def _look(client: AmcClient) -> _Seen:
    instances: dict[answers.Account, tuple[answers.Instance, ...]] = {}
    refused: dict[answers.Account, str] = {}
    for account in await client.accounts():
        try:
            instances[account] = await client.instances(account)
        except AmazonRefused as error:
            # One account whose terms nobody accepted must not hide the others.
            refused[account] = f"{account.name}: {_words(error)}"
            instances[account] = ()
    return _Seen(instances, refused)


async def _store(
    session: AsyncSession, context: Context, connection_id: UUID, seen: _Seen, *, now: datetime
) -> None:
    key = {"tenant_id": context.tenant_id, "connection_id": connection_id, "now": now}
    wanted = [{"id": new_id(), **asdict(account)} for account in seen.instances]
    found = (await session.execute(_ACCOUNTS, key | {"rows": _json(wanted)})).all()
    ids = {(row.amc_account_id, row.marketplace_id): row.id for row in found}
    rows = [
        {
            "id": new_id(),
            "account_id": ids[account.account_id, account.marketplace_id],
            "instance_id": each.instance_id,
            "name": each.name,
            "status": each.status,
            "advertiser_types": list(each.advertiser_types),
            "first_day": each.first_day,
            "last_day": each.last_day,
        }
        for account, each in _once(seen)
    ]
    told = (await session.execute(_INSTANCES, key | {"rows": _json(rows)})).all()
    unseen = [ids[account.account_id, account.marketplace_id] for account in seen.refused]
    gone: Any = await session.execute(_GONE, key | {"unseen": unseen})
    await _note(session, context, connection_id, reason="; ".join(seen.refused.values()) or None)
    await ask_for_lists(session, context, connection_id=connection_id, now=now)
    event = ConnectionSynced(
        aggregate_id=connection_id,
        accounts=len(wanted),
        instances=len(rows),
        added=sum(row.is_new for row in told),
        gone=gone.rowcount,
    )
    await publish(session, context, event, now=now)


def _once(seen: _Seen) -> list[tuple[answers.Account, answers.Instance]]:
    """Return each instance with its account; one listed under several counts under the first."""
    found: dict[str, tuple[answers.Account, answers.Instance]] = {}
    for account, instances in seen.instances.items():
        for each in instances:
            found.setdefault(each.instance_id, (account, each))
    return list(found.values())


async def _note(
    session: AsyncSession, context: Context, connection_id: UUID, *, reason: str | None
) -> None:
    connection = await session.get(Connection, (context.tenant_id, connection_id))
    if connection is not None and connection.state_reason != reason:
        connection.state_reason = reason
        connection.version += 1
        await session.flush()


def _words(error: AmazonRefused) -> str:
    return f"Amazon says: {error.details}"


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows, default=str).decode()
