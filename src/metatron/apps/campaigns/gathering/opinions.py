"""What each role said of a submitted campaign: several may block it, the gate alone accepts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import ReviewStated
from metatron.apps.campaigns.gathering.errors import ConstraintsNotMet, ReviewBlocked
from metatron.apps.campaigns.gathering.review_tables import (
    BLOCKING,
    ReviewOpinion,
    ReviewRole,
    Verdict,
)
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.charges import bond_left
from metatron.apps.campaigns.permissions import (
    REVIEW,
    REVIEW_MONEY,
    REVIEW_OPERATIONS,
    REVIEW_RISK,
)
from metatron.apps.campaigns.rules.constraints import Constraint, unmet
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

PERMISSION_OF_ROLE: dict[ReviewRole, str] = {
    "risk": REVIEW_RISK,
    "operations": REVIEW_OPERATIONS,
    "money": REVIEW_MONEY,
    "gate": REVIEW,
}


async def record(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    *,
    role: ReviewRole,
    verdict: Verdict,
    reason: str | None,
    constraints: Sequence[Constraint] = (),
    now: datetime,
) -> None:
    """Write down what a role says of the locked campaign's submitted terms."""
    assert campaign.terms_hash is not None, "only a submitted campaign is reviewed"
    opinion = ReviewOpinion(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign.id,
        terms_hash=campaign.terms_hash,
        role=role,
        verdict=verdict,
        reason=(reason or "").strip() or None,
        constraints=list(constraints),
        stated_by=context.actor_id,
        stated_at=now,
    )
    session.add(opinion)
    await session.flush()
    kinds = [str(each["kind"]) for each in constraints]
    event = ReviewStated(aggregate_id=campaign.id, role=role, verdict=verdict, constraints=kinds)
    await publish(session, context, event, now=now)


async def standing(
    session: AsyncSession, context: Context, campaign: Campaign
) -> dict[ReviewRole, ReviewOpinion]:
    """Return the newest word of each role on the terms that are submitted now."""
    query = (
        select(ReviewOpinion)
        .where(
            ReviewOpinion.tenant_id == context.tenant_id,
            ReviewOpinion.campaign_id == campaign.id,
            ReviewOpinion.terms_hash == campaign.terms_hash,
        )
        .order_by(ReviewOpinion.stated_at, ReviewOpinion.id)
    )
    return {each.role: each for each in (await session.scalars(query)).all()}


async def demand_clear(
    session: AsyncSession, context: Context, campaign: Campaign, provider: str
) -> list[Constraint]:
    """Return the constraints under which the submitted campaign may be published.

    Raises:
        ReviewBlocked: a role has deferred or rejected it, and has not taken that back.
        ConstraintsNotMet: the campaign does not meet what somebody's acceptance depends on.
    """
    said = await standing(session, context, campaign)
    blocking = sorted(
        role for role, each in said.items() if role != "gate" and each.verdict in BLOCKING
    )
    if blocking:
        raise ReviewBlocked(blocking)
    constraints = [one for role in sorted(said) for one in said[role].constraints]
    bond = await bond_left(session, context, books.chart_of(campaign, provider))
    missing = unmet(campaign, constraints, bond)
    if missing:
        raise ConstraintsNotMet(missing)
    return constraints


async def has_stated(
    session: AsyncSession, context: Context, campaign_ids: Sequence[UUID], roles: Sequence[str]
) -> set[UUID]:
    """Return the campaigns of which each of `roles` has said something about the present terms."""
    query = (
        select(ReviewOpinion.campaign_id, ReviewOpinion.role)
        .join(
            Campaign,
            (Campaign.tenant_id == ReviewOpinion.tenant_id)
            & (Campaign.id == ReviewOpinion.campaign_id)
            & (Campaign.terms_hash == ReviewOpinion.terms_hash),
        )
        .where(
            ReviewOpinion.tenant_id == context.tenant_id,
            ReviewOpinion.campaign_id.in_(campaign_ids),
            ReviewOpinion.role.in_(roles),
        )
    )
    said: dict[UUID, set[str]] = {}
    for campaign_id, role in await session.execute(query):
        said.setdefault(campaign_id, set()).add(role)
    return {each for each, found in said.items() if found >= set(roles)}
