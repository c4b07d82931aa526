"""Telling people of steps: once each, whatever is repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import MessageMissed
from metatron.apps.campaigns.machine.messages import template_name
from metatron.apps.campaigns.machine.tellings import Telling, Which, find_tellings
from metatron.apps.campaigns.permissions import REVIEW_RIGHTS
from metatron.apps.campaigns.wording import catalogue
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish_each
from metatron.kernel.events.jobs import Delivery
from metatron.platform.notifications.interface import Mail, send_mails
from metatron.platform.tenancy.interface import members_allowed

log = structlog.get_logger(__name__)
AT_ONCE = 200
MOST_TOLD = 100
"""Of those who may approve."""

_MARK = text("""
insert into campaigns.message
  (tenant_id, subject_id, ordinal, user_id, template, template_version, sent_at)
select cast(:tenant_id as uuid), x.subject_id, x.ordinal, x.user_id, x.template,
  :template_version, cast(:sent_at as timestamptz)
from unnest(cast(:subject_ids as uuid[]), cast(:ordinals as bigint[]), cast(:user_ids as uuid[]),
  cast(:templates as text[])) with ordinality x (subject_id, ordinal, user_id, template, place)
order by x.place
on conflict do nothing returning subject_id, ordinal, user_id, template
""")
_ADDRESSES = "select id, email from identity.pub_user where id = any($1::uuid[])"


@dataclass(frozen=True, slots=True)
class _Note:
    """One message to one person; `context` is that of the request to tell."""

    context: Context
    telling: Telling
    user_id: UUID
    template: str

    @property
    def mark(self) -> tuple[UUID, int, UUID, str]:
        return (*self.telling.which, self.user_id, self.template)


async def tell(
    database: Database, context: Context, *, subject_id: UUID, ordinal: int, now: datetime
) -> None:
    """Send the messages of the subject's step number `ordinal`; bears repetition."""
    await _tell(database, context, {(subject_id, ordinal): context}, now)


async def tell_all(
    database: Database, context: Context, *, now: datetime, each: Sequence[Delivery]
) -> None:
    """Send the messages of several steps, each as by `tell`."""
    wanted = {
        (UUID(one.arguments["subject_id"]), int(one.arguments["ordinal"])): one.context
        for one in each
    }
    await _tell(database, context, wanted, now)


async def _tell(
    database: Database, context: Context, wanted: Mapping[Which, Context], now: datetime
) -> None:
    async with database.transaction(context) as session:
        tellings = await find_tellings(session, context, list(wanted))
    tellings = await _with_reviewers(database, context, tellings)
    notes = [
        _Note(
            wanted[telling.which],
            telling,
            user_id,
            template_name(
                telling.machine,
                telling.step,
                audience,
                is_taken_later=telling.is_taken_later,
                has_shares=telling.has_shares,
            ),
        )
        for telling in tellings
        for user_id, audience in telling.recipients
    ]
    # People live in the home database, wherever the organisation's own rows are.
    people = list({note.user_id for note in notes})
    rows = await database.system.fetch(_ADDRESSES, people)
    addresses = {row["id"]: row["email"] for row in rows}
    for part in batched(notes, AT_ONCE):
        async with database.transaction(context) as session:
            await _send(session, context, part, addresses, now)


async def _with_reviewers(
    database: Database, context: Context, tellings: list[Telling]
) -> list[Telling]:
    """Add those who review, but for whoever submitted: members live in the home database."""
    if not any("reviewer" in telling.step.tells for telling in tellings):
        return tellings
    allowed: dict[UUID, None] = {}
    for right in REVIEW_RIGHTS:
        found = await members_allowed(database, context.tenant_id, frozenset({right}))
        allowed |= dict.fromkeys(found)
    told = []
    for telling in tellings:
        if "reviewer" in telling.step.tells:
            others = [each for each in allowed if each != telling.taken_by][:MOST_TOLD]
            added = (*telling.recipients, *((each, "reviewer") for each in others))
            told.append(replace(telling, recipients=added))
        else:
            told.append(telling)
    return told


async def _send(
    session: AsyncSession,
    context: Context,
    notes: Sequence[_Note],
    addresses: Mapping[UUID, str],
    now: datetime,
) -> None:
    """Ask for the mails that were not asked for yet; announce people without an address."""
    missed = [note for note in notes if note.user_id not in addresses]
    for note in missed:
        log.warning("message_without_address", subject_id=str(note.telling.which[0]))
    events = [(note.context, _missed(note)) for note in missed]
    await publish_each(session, events, now=now)
    known = [note for note in notes if note.user_id in addresses]
    values = {
        "tenant_id": context.tenant_id,
        "subject_ids": [note.telling.which[0] for note in known],
        "ordinals": [note.telling.which[1] for note in known],
        "user_ids": [note.user_id for note in known],
        "templates": [note.template for note in known],
        "template_version": catalogue("messages")["version"],
        "sent_at": now,
    }
    marked = {tuple(row) for row in await session.execute(_MARK, values)}
    mails = [
        Mail(
            note.context,
            addresses[note.user_id],
            note.template,
            note.telling.places,
            note.user_id,
        )
        for note in known
        if note.mark in marked
    ]
    await send_mails(session, context, mails=mails, now=now)


def _missed(note: _Note) -> MessageMissed:
    subject_id, ordinal = note.telling.which
    return MessageMissed(
        aggregate_id=subject_id,
        campaign_id=note.telling.campaign_id,
        ordinal=ordinal,
        person_id=note.user_id,
    )
