"""An organisation's programs: API keys belong to one of them, not to a person."""

from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.direct import BOUND, DirectDoor
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import announce
from metatron.platform.tenancy.errors import NameTaken
from metatron.platform.tenancy.events import ApplicationCreated
from metatron.platform.tenancy.tables import Application

_CREATE = f"""{BOUND},
instant as materialized (
  select bound.t, now() + coalesce((
      select make_interval(secs => c.offset_seconds)
      from kernel.tenant_clock c where c.tenant_id = bound.t::uuid), interval '0') as now
  from bound where kernel.may_write(bound.t::uuid)),
made as (
  insert into tenancy.application (tenant_id, id, name, created_at)
  select t::uuid, $2::uuid, $3::text, instant.now from instant
  returning tenant_id, id, created_at, version),
told as (
  insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, actor_id,
                            impersonator_id, request_id, payload, occurred_at)
  select tenant_id, $4::uuid, $5::text, id, $6::text, $7::uuid, $8::uuid, $9::text, $10::jsonb,
         created_at
  from made returning tenant_id, id, name),
sent as (
  insert into kernel.outbox (tenant_id, id, kind, name) select tenant_id, id, 'event', name
  from told)
select created_at, version from made
"""


async def create_application(
    session: AsyncSession, context: Context, *, name: str, now: datetime
) -> Application:
    """Make an application; raises `NameTaken` when the organisation has one of this name."""
    context.demand("tenancy:manage_api_keys")
    application = Application(
        tenant_id=context.tenant_id, id=new_id(), name=_checked_name(name), created_at=now
    )
    session.add(application)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken from error
    await announce(session, context, ApplicationCreated(aggregate_id=application.id), now=now)
    return application


async def create_application_at_once(
    door: DirectDoor, context: Context, *, name: str
) -> bytes | None:
    """Make an application as `create_application` does, in one statement; return it as JSON.

    None when the organisation's log is elsewhere or on its way: then nothing was done, and the
    ordinary way has to serve.

    Raises:
        InvalidInput: the name is empty but for blanks.
        NameTaken: the organisation has one of this name.
    """
    context.demand("tenancy:manage_api_keys")
    name = _checked_name(name)
    application_id, event_id = new_id(), new_id()
    event = ApplicationCreated(aggregate_id=application_id)
    payload = orjson.dumps({"aggregate_id": application_id}).decode()
    try:
        row = await door.row(
            context, _CREATE, application_id, name, event_id, event.name, context.actor_kind,
            context.actor_id, context.impersonator_id, context.request_id, payload,
        )  # fmt: skip
    except asyncpg.IntegrityConstraintViolationError as error:
        raise NameTaken from error
    if row is None:
        return None
    shown = {
        "id": application_id,
        "name": name,
        "state": "active",
        "created_at": row["created_at"],
        "version": row["version"],
    }
    return orjson.dumps(shown, option=orjson.OPT_UTC_Z)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise InvalidInput.field("body.name", "invalid_name", "Give a name of 1-100 characters.")
    return name


async def load_application(
    session: AsyncSession, context: Context, application_id: UUID
) -> Application:
    """Return an active application of the organisation; raise `NotFound` otherwise."""
    application = await session.get(Application, (context.tenant_id, application_id))
    if application is None or application.state != "active":
        raise NotFound
    return application
