"""Whom steps tell, and the values of the places in what they are told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, false, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.page_address import page_address
from metatron.apps.campaigns.machine.rest import rest_places
from metatron.apps.campaigns.machine.transitions import Machine, Step, find_step
from metatron.apps.campaigns.tables import Campaign, Commitment, Notice
from metatron.apps.campaigns.wording import show_instant, show_money, texts
from metatron.kernel.context import Context

_STEPS = text("""
select t.subject_id, t.ordinal, t.machine, t.name, t.from_state, t.campaign_id, t.reason,
  t.actor_id
from campaigns.transition t
join unnest(cast(:subject_ids as uuid[]), cast(:ordinals as bigint[])) x (subject_id, ordinal)
  on t.subject_id = x.subject_id and t.ordinal = x.ordinal
where t.tenant_id = :tenant_id
""")

type Which = tuple[UUID, int]
"""A subject, and the ordinal of its step."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom a step tells, with what."""

    which: Which
    machine: Machine
    step: Step
    recipients: tuple[tuple[UUID, str], ...]
    """User id and audience."""
    places: dict[str, Any]
    campaign_id: UUID
    taken_by: UUID | None
    """Who took the step."""
    is_taken_later: bool
    """Whether members' money is taken when the campaign closes, not when they commit."""
    has_shares: bool
    """Whether shares of it are released before the delivery."""


async def find_telling(
    session: AsyncSession, context: Context, subject_id: UUID, ordinal: int
) -> Telling:
    """Return whom the step tells, and the values of the messages' places."""
    [telling] = await find_tellings(session, context, [(subject_id, ordinal)])
    return telling


async def find_tellings(
    session: AsyncSession, context: Context, wanted: Sequence[Which]
) -> list[Telling]:
    """Return whom several steps tell; few statements for all commitments' steps."""
    values = {
        "tenant_id": context.tenant_id,
        "subject_ids": [subject_id for subject_id, _ in wanted],
        "ordinals": [ordinal for _, ordinal in wanted],
    }
    rows = (await session.execute(_STEPS, values)).all()
    assert len(rows) == len(wanted), "a step is told of that was never taken"
    campaigns = await _by_id(session, context, Campaign, {row.campaign_id for row in rows})
    own = {row.subject_id for row in rows if row.machine == "commitment"}
    commitments = await _by_id(session, context, Commitment, own) if own else {}
    notices = {
        key: await _notice_places(session, context, campaign) for key, campaign in campaigns.items()
    }
    return [
        await _telling(
            session, row, campaigns[row.campaign_id], commitments.get(row.subject_id),
            notices[row.campaign_id],
        )
        for row in rows
    ]  # fmt: skip


async def _by_id[Subject: (Campaign, Commitment)](
    session: AsyncSession, context: Context, mapped: type[Subject], ids: Collection[UUID]
) -> dict[UUID, Subject]:
    query = select(mapped).where(
        mapped.tenant_id == context.tenant_id, mapped.id == any_(cast(list(ids), ARRAY(Uuid)))
    )
    return {found.id: found for found in (await session.execute(query)).scalars()}


async def _telling(
    session: AsyncSession,
    row: Any,
    campaign: Campaign,
    commitment: Commitment | None,
    notice: Mapping[str, str],
) -> Telling:
    step = find_step(row.machine, row.name, row.from_state)
    assert step is not None, f"{row.name} is not in the table"
    people: dict[tuple[UUID, str], None] = {}
    if "member" in step.tells:
        members = (
            [commitment.member_id] if commitment else await _members(session, campaign, row.name)
        )
        people.update(dict.fromkeys((member, "member") for member in members))
    if "supplier" in step.tells and campaign.supplier_id:
        people[campaign.supplier_id, "supplier"] = None
    if "organiser" in step.tells and campaign.organiser_id:
        people[campaign.organiser_id, "organiser"] = None
    units = commitment.units if commitment else await _units(session, campaign)
    places = _places(campaign, commitment, units, row.reason) | dict(notice)
    which = (row.subject_id, int(row.ordinal))
    return Telling(
        which, row.machine, step, tuple(people), places, campaign.id, row.actor_id,
        is_taken_later=campaign.funding_mode != "escrow_capture",
        has_shares=bool(campaign.milestones),
    )  # fmt: skip


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
        "link": page_address.of_campaign(campaign.id),
        "outcome": texts("member.outcome").get(campaign.outcome or "", ""),
        "accept_by": show_instant(campaign.accept_by, zone) if campaign.accept_by else "",
        "consent_until": (
            show_instant(campaign.consent_until, zone) if campaign.consent_until else ""
        ),
        "inspection_ends": (
            show_instant(campaign.inspection_ends_at, zone) if campaign.inspection_ends_at else ""
        ),
        **rest_places(commitment.state if commitment else "", campaign.state),
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


async def _members(session: AsyncSession, campaign: Campaign, step: str) -> Sequence[UUID]:
    """Return whom the campaign still concerns: nobody who withdrew or whose money never came.

    Its unhappy end concerns those as well whom it let go, perhaps before this is told.
    """
    let_go = Commitment.last_transition == "let_go"
    ends = step in {"goal_missed", "cancel"}
    query = (
        select(Commitment.member_id)
        .where(
            Commitment.tenant_id == campaign.tenant_id,
            Commitment.campaign_id == campaign.id,
            or_(Commitment.state.not_in(("lapsed", "withdrawn")), let_go if ends else false()),
            or_(
                Commitment.refund_reason.is_(None),
                Commitment.refund_reason != "participant_request",
            ),
        )
        .distinct()
    )
    return (await session.execute(query)).scalars().all()


async def _units(session: AsyncSession, campaign: Campaign) -> int:
    query = text("""
        select coalesce(sum(coalesce(units_allocated, units)), 0) from campaigns.commitment
        where tenant_id = :tenant_id and campaign_id = :campaign_id
          and state in ('held', 'allocated', 'released', 'settled')
    """)
    values = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
    return int((await session.execute(query, values)).scalar_one())
