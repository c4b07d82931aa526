"""Extensions and delays: told at once, answered by every member with stay or leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import NoticeNotFound, NoticeNotPossible
from metatron.apps.campaigns.events import NoticeMoved
from metatron.apps.campaigns.gathering.review import CLOSE_JOB
from metatron.apps.campaigns.gathering.second_person import demand_second_person
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.permissions import ORGANISE, REVIEW
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.constraints import may_close_at
from metatron.apps.campaigns.rules.guards import HOLD_WINDOW, LATEST
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment, Notice
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

EXTENSION_ANSWER = timedelta(hours=72)
NOT_LATER_THAN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says; `new_date_at` is the deadline to be, or a delay's conditional date."""

    what: str
    why: str
    worst_case: str
    new_date_at: datetime


async def request_extension(
    session: AsyncSession, context: Context, *, campaign_id: UUID, told: Told, now: datetime
) -> Notice:
    """Ask for a later closing time; another person has to extend the campaign with it.

    Raises:
        CampaignNotFound: no such campaign.
        NoticeNotPossible: not live, extended before, less than 24 hours to the deadline, or more
            than 60 days in all; or one is requested already.
        InvalidInput: the new closing time is not later.
    """
    context.demand(ORGANISE)
    campaign = await lock_campaign(session, context, campaign_id)
    _check_extension(campaign, told.new_date_at, now)
    await _check_reservations(session, context, campaign, told.new_date_at)
    if await _requested(session, context, campaign_id) is not None:
        raise NoticeNotPossible("An extension is requested already.")
    notice = _notice(context, campaign, "extension", told, now)
    session.add(notice)
    await session.flush()
    await _announce(session, context, notice, now)
    return notice


def _check_extension(campaign: Campaign, until: datetime, now: datetime) -> None:
    deadline = campaign.deadline_at
    if campaign.state != "live" or deadline is None:
        raise NoticeNotPossible("Only a live campaign is extended.")
    if campaign.extended_at is not None:
        raise NoticeNotPossible("The campaign was extended before; once is the rule.")
    if deadline - now <= NOT_LATER_THAN:
        raise NoticeNotPossible("Less than 24 hours are left.")
    if until <= deadline:
        hint = "The new closing time is after the present one."
        raise InvalidInput.field("body.new_date_at", "not_later", hint)
    if not may_close_at(campaign.review_constraints, until):
        raise NoticeNotPossible("The review accepted the campaign with an earlier closing time.")
    if until - (campaign.opens_at or campaign.created_at) > LATEST:
        raise NoticeNotPossible("A campaign gathers for 60 days at most, extension included.")


async def _check_reservations(
    session: AsyncSession, context: Context, campaign: Campaign, until: datetime
) -> None:
    """Refuse a closing time at which the oldest reservation would have ended."""
    if campaign.funding_mode != "auth_hold":
        return
    oldest = await session.scalar(
        select(func.min(Commitment.placed_at)).where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.state.in_(IN_FLIGHT),
        )
    )
    settings = await read_settings(session, context)
    collected = until + timedelta(seconds=settings.collection_window_seconds)
    if oldest is not None and collected - oldest > HOLD_WINDOW:
        raise NoticeNotPossible(
            "A reservation lasts 7 days; the first ones would end before the new closing time."
        )


async def extend(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Move the closing time to that of the requested extension and tell every member.

    Raises:
        TransitionNotAllowed: none is requested.
        SamePersonReview: the one who requested it may not be the one who extends.
        NoticeNotPossible: it has become too late meanwhile.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "extend")
    notice = await _requested(session, context, campaign_id)
    if notice is None:
        raise refuse_step(campaign, "No extension is requested.")
    await demand_second_person(session, context, notice.requested_by, notice.requested_by_operator)
    _check_extension(campaign, notice.new_date_at, now)
    await _check_reservations(session, context, campaign, notice.new_date_at)
    campaign.deadline_at, campaign.extended_at = notice.new_date_at, now
    campaign.free_withdrawal_until = now + EXTENSION_ANSWER
    await _give(session, context, notice, now + EXTENSION_ANSWER, now)
    await advance(session, context, campaign, "extend", now=now)
    await enqueue(session, context, CLOSE_JOB, run_at=campaign.deadline_at, campaign_id=campaign_id)
    return campaign


async def refuse_extension(
    session: AsyncSession, context: Context, *, notice_id: UUID, now: datetime
) -> Notice:
    """Refuse a requested extension; the closing time stays.

    Raises:
        NoticeNotFound: no such request.
        NoticeNotPossible: it is decided.
    """
    context.demand(REVIEW)
    notice = await lock_notice(session, context, notice_id)
    if notice.state != "requested":
        raise NoticeNotPossible("It is decided.")
    notice.state, notice.version = "refused", notice.version + 1
    await session.flush()
    await _announce(session, context, notice, now)
    return notice


async def give_notice(
    session: AsyncSession, context: Context, *, campaign_id: UUID, told: Told, now: datetime
) -> Notice:
    """Tell every member of a delay at once, and ask each to stay or to leave.

    Raises:
        CampaignNotFound: no such campaign.
        TransitionNotAllowed: it is not between acceptance and delivery.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "give_notice")
    if campaign.allocated_at is None:
        raise refuse_step(campaign, "The allocation is not complete.")
    conditions = conditions_of(campaign, await read_settings(session, context))
    notice = _notice(context, campaign, "delay", told, now)
    session.add(notice)
    answer_by = now + timedelta(days=conditions.notice_answer_days)
    await _give(session, context, notice, answer_by, now)
    await advance(session, context, campaign, "give_notice", now=now)
    return notice


def _notice(context: Context, campaign: Campaign, kind: str, told: Told, now: datetime) -> Notice:
    return Notice(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign.id,
        kind=kind,
        state="requested",
        what=told.what,
        why=told.why,
        worst_case=told.worst_case,
        new_date_at=told.new_date_at,
        requested_by=context.actor_id,
        requested_by_operator=context.impersonator_id,
        requested_at=now,
        version=1,
    )


async def _give(
    session: AsyncSession, context: Context, notice: Notice, answer_by: datetime, now: datetime
) -> None:
    notice.state, notice.answer_by = "given", answer_by
    notice.given_by, notice.given_at = context.actor_id, now
    await session.flush()
    await _announce(session, context, notice, now)


async def _requested(session: AsyncSession, context: Context, campaign_id: UUID) -> Notice | None:
    query = select(Notice).where(
        Notice.tenant_id == context.tenant_id,
        Notice.campaign_id == campaign_id,
        Notice.state == "requested",
    )
    return (await session.execute(query)).scalar_one_or_none()


async def lock_notice(session: AsyncSession, context: Context, notice_id: UUID) -> Notice:
    """Lock and return a notice.

    Raises:
        NoticeNotFound: none in this organisation.
    """
    query = (
        select(Notice)
        .where(Notice.tenant_id == context.tenant_id, Notice.id == notice_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    notice = (await session.execute(query)).scalar_one_or_none()
    if notice is None:
        raise NoticeNotFound
    return notice


async def _announce(session: AsyncSession, context: Context, notice: Notice, now: datetime) -> None:
    event = NoticeMoved(
        aggregate_id=notice.campaign_id, notice_id=notice.id, kind=notice.kind, state=notice.state
    )
    await publish(session, context, event, now=now)
