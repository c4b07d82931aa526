"""Telling people of a step: once each, whatever is repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import MessageMissed
from metatron.apps.campaigns.machine.messages import template_name
from metatron.apps.campaigns.machine.transitions import Machine, Step, find_step
from metatron.apps.campaigns.tables import Campaign, Commitment, Notice
from metatron.apps.campaigns.wording import catalogue, show_instant, show_money, texts
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.platform.notifications.interface import send_mail

log = structlog.get_logger(__name__)
AT_ONCE = 50

_STEP = text("""
select machine, name, from_state, campaign_id, reason from campaigns.transition
where tenant_id = :tenant_id and subject_id = :subject_id and ordinal = :ordinal
""")
_MARK = text("""
insert into campaigns.message
  (tenant_id, subject_id, ordinal, user_id, template, template_version, sent_at)
values (:tenant_id, :subject_id, :ordinal, :user_id, :template, :template_version, :sent_at)
on conflict do nothing returning 1
""")
_ADDRESSES = "select id, email from identity.pub_user where id = any($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom a step tells, with what."""

    machine: Machine
    step: Step
    recipients: tuple[tuple[UUID, str], ...]
    """User id and audience."""
    places: dict[str, Any]
    campaign_id: UUID


async def tell(
    database: Database, context: Context, *, subject_id: UUID, ordinal: int, now: datetime
) -> None:
    """Send the messages of the subject's step number `ordinal`; bears repetition."""
    async with database.transaction(context) as session:
        telling = await find_telling(session, context, subject_id, ordinal)
    wanted = [user_id for user_id, _ in telling.recipients]
    # People live in the home database, wherever the organisation's own rows are.
    rows = await database.system.fetch(_ADDRESSES, wanted)
    addresses = {row["id"]: row["email"] for row in rows}
    for part in batched(telling.recipients, AT_ONCE):
        async with database.transaction(context) as session:
            for user_id, audience in part:
                address = addresses.get(user_id)
                if address is None:
                    log.warning("message_without_address", subject_id=str(subject_id))
                    missed = MessageMissed(
                        aggregate_id=subject_id,
                        campaign_id=telling.campaign_id,
                        ordinal=ordinal,
                        person_id=user_id,
                    )
                    await publish(session, context, missed, now=now)
                    continue
                mark = {
                    "tenant_id": context.tenant_id,
                    "subject_id": subject_id,
                    "ordinal": ordinal,
                    "user_id": user_id,
                    "template": template_name(telling.machine, telling.step, audience),
                    "template_version": catalogue("messages")["version"],
                    "sent_at": now,
                }
                if (await session.execute(_MARK, mark)).first() is None:
                    continue
                await send_mail(
                    session,
                    context,
                    to=address,
                    template=mark["template"],
                    variables=telling.places,
                    now=now,
                    recipient_id=user_id,
                )


async def find_telling(
    session: AsyncSession, context: Context, subject_id: UUID, ordinal: int
) -> Telling:
    """Return whom the step tells, and the values of the messages' places."""
    key = {"tenant_id": context.tenant_id, "subject_id": subject_id, "ordinal": ordinal}
    row = (await session.execute(_STEP, key)).one()
    step = find_step(row.machine, row.name, row.from_state)
    assert step is not None, f"{row.name} is not in the table"
    campaign = await session.get(Campaign, (context.tenant_id, row.campaign_id))
    assert campaign is not None
    commitment: Commitment | None = None
    if row.machine == "commitment":
        commitment = await session.get(Commitment, (context.tenant_id, subject_id))
    people: dict[tuple[UUID, str], None] = {}
    if "member" in step.tells:
        members = (
            [commitment.member_id] if commitment else await _members(session, context, campaign.id)
        )
        people.update(dict.fromkeys((member, "member") for member in members))
    if "supplier" in step.tells and campaign.supplier_id:
        people[campaign.supplier_id, "supplier"] = None
    if "organiser" in step.tells and campaign.organiser_id:
        people[campaign.organiser_id, "organiser"] = None
    units = commitment.units if commitment else await _units(session, context, campaign.id)
    places = _places(campaign, commitment, units, row.reason)
    places |= await _notice_places(session, context, campaign)
    return Telling(row.machine, step, tuple(people), places, campaign.id)


def _places(
    campaign: Campaign, commitment: Commitment | None, units: int, reason: str | None
) -> dict[str, Any]:
    zone = campaign.time_zone
    return {
        "title": campaign.title or campaign.reference,
        "reference": commitment.reference if commitment else campaign.reference,
        "units": units,
        "amount": show_money(commitment.amount_minor, commitment.currency) if commitment else "",
        "reason": reason or "",
        "outcome": texts("member.outcome").get(campaign.outcome or "", ""),
        "accept_by": show_instant(campaign.accept_by, zone) if campaign.accept_by else "",
        "consent_until": (
            show_instant(campaign.consent_until, zone) if campaign.consent_until else ""
        ),
        "inspection_ends": (
            show_instant(campaign.inspection_ends_at, zone) if campaign.inspection_ends_at else ""
        ),
    }


async def _notice_places(
    session: AsyncSession, context: Context, campaign: Campaign
) -> dict[str, str]:
    """Return the places of the newest notice; empty ones when none was given."""
    query = (
        select(Notice)
        .where(
            Notice.tenant_id == context.tenant_id,
            Notice.campaign_id == campaign.id,
            Notice.state == "given",
        )
        .order_by(Notice.given_at.desc())
        .limit(1)
    )
    notice = (await session.execute(query)).scalar_one_or_none()
    if notice is None:
        return dict.fromkeys(
            ("notice_what", "notice_why", "new_date", "worst_case", "answer_by"), ""
        )
    assert notice.answer_by is not None
    return {
        "notice_what": notice.what,
        "notice_why": notice.why,
        "new_date": show_instant(notice.new_date_at, campaign.time_zone),
        "worst_case": notice.worst_case,
        "answer_by": show_instant(notice.answer_by, campaign.time_zone),
    }


async def _members(session: AsyncSession, context: Context, campaign_id: UUID) -> Sequence[UUID]:
    """Return whom the campaign still concerns: nobody who withdrew or whose money never came."""
    query = (
        select(Commitment.member_id)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign_id,
            Commitment.state.not_in(("lapsed", "withdrawn")),
            or_(
                Commitment.refund_reason.is_(None),
                Commitment.refund_reason != "participant_request",
            ),
        )
        .distinct()
    )
    return (await session.execute(query)).scalars().all()


async def _units(session: AsyncSession, context: Context, campaign_id: UUID) -> int:
    query = text("""
        select coalesce(sum(coalesce(units_allocated, units)), 0) from campaigns.commitment
        where tenant_id = :tenant_id and campaign_id = :campaign_id
          and state in ('held', 'allocated', 'released', 'settled')
    """)
    values = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    return int((await session.execute(query, values)).scalar_one())
