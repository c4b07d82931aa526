"""What a process looks up and notes of its deliveries: of many at once in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.kernel.micro_batcher import Limits, MicroBatcher, Traits
from metatron.platform.notifications.events import MailRefused
from metatron.platform.notifications.smtp import Handed
from metatron.platform.notifications.tables import Message

LIMITS = Limits(flush_seconds=0.003, at_once=60, pace_seconds=0.05)
_LOOK_UP = (
    BOUND
    + """ select r.* from bound, lateral (
  select m.id, b.address, b.subject, b.text from notifications.message m
  left join notifications.message_body b on b.tenant_id = m.tenant_id and b.id = m.id
  where m.tenant_id = bound.t::uuid and m.id = any($2::uuid[]) and m.state = 'queued' offset 0) r
"""
)
_FAIL = text("""
update notifications.message set state = 'failed'
where tenant_id = :tenant_id and id = any(cast(:ids as uuid[])) and state = 'queued'
""")
_NOTE = text("""
with handed as (
  select * from unnest(cast(:ids as uuid[]), cast(:attempts as uuid[]),
    cast(:outcomes as text[]), cast(:codes as bigint[]), cast(:errors as text[]),
    cast(:instants as timestamptz[])) x (id, attempt, outcome, code, error, at)
), noted as (
  insert into notifications.delivery_attempt
    (tenant_id, id, message_id, attempted_at, outcome, smtp_code, error)
  select cast(:tenant_id as uuid), h.attempt, h.id, h.at, h.outcome, h.code, h.error from handed h
), over as (
  update notifications.message m
  set state = case h.outcome when 'sent' then 'sent' else 'failed' end,
    sent_at = case h.outcome when 'sent' then h.at end
  from handed h
  where m.tenant_id = :tenant_id and m.id = h.id and h.outcome <> 'deferred'
)
update notifications.message_body b set text = null from handed h
where b.tenant_id = :tenant_id and b.id = h.id and h.outcome <> 'deferred' and not b.keeps_text
""")


@dataclass(frozen=True, slots=True)
class Pending:
    """A message that waits to be sent."""

    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and what became of it."""

    message_id: UUID
    handed: Handed
    now: datetime


class Records:
    """One process's look into the messages of a database; keys are tenants."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing asked."""
        self._database = database
        self.pending: MicroBatcher[UUID, UUID, Pending | None] = MicroBatcher(
            self._look_up, limits=LIMITS
        )
        """What to send for a message's id, or None when it was sent, refused or erased."""
        self.attempts: MicroBatcher[UUID, Attempt, None] = MicroBatcher(
            self._note, limits=LIMITS, traits=Traits(claims=lambda attempt: (attempt.message_id,))
        )

    async def _look_up(self, tenant_id: UUID, ids: list[UUID]) -> Sequence[Pending | None]:
        context = system_context(tenant_id)
        rows = await (await self._database.direct(context)).rows(context, _LOOK_UP, ids)
        found = {
            row["id"]: Pending(row["address"], row["subject"], row["text"])
            for row in rows
            if row["text"] is not None
        }
        erased = [row["id"] for row in rows if row["text"] is None]
        if erased:
            async with self._database.transaction(context) as session:
                await session.execute(_FAIL, {"tenant_id": tenant_id, "ids": erased})
        return [found.get(key) for key in ids]

    async def _note(self, tenant_id: UUID, attempts: list[Attempt]) -> Sequence[None]:
        values = {
            "tenant_id": tenant_id,
            "ids": [each.message_id for each in attempts],
            "attempts": [new_id() for _ in attempts],
            "outcomes": [each.handed.outcome for each in attempts],
            "codes": [each.handed.smtp_code for each in attempts],
            "errors": [each.handed.error for each in attempts],
            "instants": [each.now for each in attempts],
        }
        context = system_context(tenant_id)
        async with self._database.transaction(context) as session:
            await session.execute(_NOTE, values)
            for each in attempts:
                if each.handed.outcome == "refused":
                    await _announce(session, context, each)
        return [None] * len(attempts)


async def _announce(session: AsyncSession, context: Context, refused: Attempt) -> None:
    message = await session.get(Message, (context.tenant_id, refused.message_id))
    if message is None:
        return
    event = MailRefused(
        aggregate_id=message.id, template=message.template, recipient_id=message.recipient_id,
        smtp_code=refused.handed.smtp_code,
    )  # fmt: skip
    await publish(session, context, event, now=refused.now)
