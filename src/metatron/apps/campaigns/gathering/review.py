"""From draft to live: submission, review, publication."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import TermsChanged
from metatron.apps.campaigns.gathering import opinions
from metatron.apps.campaigns.gathering.review_tables import Verdict
from metatron.apps.campaigns.gathering.second_person import demand_second_person
from metatron.apps.campaigns.gathering.status import begin_weekly_status
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.journal import Journal
from metatron.apps.campaigns.money.refunding import ask_refunds
from metatron.apps.campaigns.rules.conditions import conditions_of, freeze
from metatron.apps.campaigns.rules.constraints import Constraint
from metatron.apps.campaigns.rules.guards import check_publishable
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.terms import hash_terms, terms_of, write_rules
from metatron.apps.campaigns.tables import Campaign, ConsolidationPoint, Settings
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

OPEN_JOB = "campaigns.open"
CLOSE_JOB = "campaigns.close"


async def submit(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Write out the rules, freeze their hash and hand the draft to review.

    Raises:
        CampaignNotFound, TransitionNotAllowed, PermissionDenied: as the table says.
        PublishBlocked: fields are missing or do not fit together; all are named.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "submit")
    settings = await read_settings(session, context)
    check_publishable(campaign, settings, now=now)
    campaign.conditions = freeze(settings)
    campaign.rules, campaign.terms_hash = await _frozen(session, context, campaign, settings, now)
    campaign.submitted_by, campaign.submitted_by_operator = (
        context.actor_id,
        context.impersonator_id,
    )
    await advance(session, context, campaign, "submit", now=now)
    return campaign


async def _frozen(
    session: AsyncSession, context: Context, campaign: Campaign, settings: Settings, now: datetime
) -> tuple[list[dict[str, Any]], str]:
    terms = await terms_of(session, context, campaign.terms_version, now=now)
    point = None
    if campaign.consolidation_point_id is not None:
        key = (context.tenant_id, campaign.consolidation_point_id)
        point = await session.get(ConsolidationPoint, key)
    rules = write_rules(campaign, conditions_of(campaign, settings), point)
    return rules, hash_terms(campaign, rules, terms)


async def request_changes(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """Send a submitted campaign back to its draft, with a reason."""
    campaign = await lock_campaign(session, context, campaign_id)
    await advance(session, context, campaign, "request_changes", reason=reason, now=now)
    campaign.terms_hash, campaign.rules, campaign.conditions = None, [], None
    campaign.submitted_by = campaign.submitted_by_operator = None
    await session.flush()
    return campaign


async def defer(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """Keep a submitted campaign in review, and tell its organiser why: the gate's own word."""
    campaign = await lock_campaign(session, context, campaign_id)
    await advance(session, context, campaign, "defer", reason=reason, now=now)
    await opinions.record(
        session, context, campaign, role="gate", verdict="defer", reason=reason, now=now
    )
    return campaign


async def reject(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """End a submitted campaign: the gate's last word."""
    campaign = await lock_campaign(session, context, campaign_id)
    campaign.outcome = "cancelled"
    await advance(session, context, campaign, "reject", reason=reason, now=now)
    await opinions.record(
        session, context, campaign, role="gate", verdict="reject", reason=reason, now=now
    )
    await ask_refunds(session, context, campaign.id, trigger="cancel")
    return campaign


async def approve(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    reason: str | None = None,
    constraints: Sequence[Constraint] = (),
    now: datetime,
) -> Campaign:
    """Publish a reviewed campaign: books opened, fields locked, opening and closing set.

    It is the gate's acceptance; the constraints of all roles that accepted are kept and held to.

    Raises:
        SamePersonReview: the organisation wants another person than the one who submitted.
        ReviewBlocked: a role has deferred or rejected it.
        ConstraintsNotMet: it does not meet what an acceptance depends on.
        TermsChanged: what was hashed at submission is not what would be published.
        PublishBlocked: the deadline has come too near meanwhile.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "approve")
    settings = await read_settings(session, context)
    if settings.second_person_review:
        await demand_second_person(
            session, context, campaign.submitted_by, campaign.submitted_by_operator
        )
    check_publishable(campaign, settings, now=now)
    _, terms_hash = await _frozen(session, context, campaign, settings, now)
    if terms_hash != campaign.terms_hash:
        raise TermsChanged
    verdict: Verdict = "accept_with_constraints" if constraints else "accept"
    await opinions.record(
        session, context, campaign, role="gate", verdict=verdict, reason=reason,
        constraints=constraints, now=now,
    )  # fmt: skip
    campaign.review_constraints = await opinions.demand_clear(
        session, context, campaign, settings.provider
    )
    await advance(session, context, campaign, "approve", reason=reason, now=now)
    campaign.visibility = "published"
    await session.flush()
    await _open_books(session, context, campaign, settings.provider, now)
    await enqueue(session, context, CLOSE_JOB, run_at=campaign.deadline_at, campaign_id=campaign.id)
    if campaign.opens_at is None or campaign.opens_at <= now:
        await _open(session, context, campaign, now)
    else:
        await enqueue(session, context, OPEN_JOB, run_at=campaign.opens_at, campaign_id=campaign.id)
    return campaign


async def _open_books(
    session: AsyncSession, context: Context, campaign: Campaign, provider: str, now: datetime
) -> None:
    chart = books.chart_of(campaign, provider)
    accounts = [
        chart.clearing(campaign.id),
        chart.escrow(campaign.id),
        chart.margin(campaign.id),
        chart.payable(campaign.id),
        chart.units_open(campaign.id, capped=campaign.cap_units is not None),
        chart.units_source(campaign.id),
    ]
    await books.open_accounts(session, context, accounts)
    if campaign.cap_units is not None:
        journal = Journal(chart, campaign, trigger="approval", now=now)
        await books.book(session, context, [journal.open_units(campaign.cap_units)])


async def open_campaign(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Open a scheduled campaign at its time; does nothing when it is not waiting for that."""
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state == "scheduled" and (campaign.opens_at is None or campaign.opens_at <= now):
        await _open(session, context, campaign, now)


async def _open(session: AsyncSession, context: Context, campaign: Campaign, now: datetime) -> None:
    await advance(session, context, campaign, "open", now=now, by_system=True)
    await begin_weekly_status(session, context, campaign_id=campaign.id, now=now)


async def pause(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """Take no new commitments for a while; the deadline does not move."""
    campaign = await lock_campaign(session, context, campaign_id)
    await advance(session, context, campaign, "pause", reason=reason, now=now)
    return campaign


async def resume(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Take commitments again, before the deadline only."""
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "resume")
    if campaign.deadline_at is not None and now >= campaign.deadline_at:
        raise refuse_step(campaign, "The deadline has passed.")
    await advance(session, context, campaign, "resume", now=now)
    return campaign
