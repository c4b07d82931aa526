"""What a request for approval is about: its campaign, its commitment, its member or supplier."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.claim_tables import SupplierClaim
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue, Refund
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context
from metatron.platform.approvals.interface import Concern, register_concerns

_KINDS = ("refund", "campaign_issue", "campaign_milestone", "supplier_claim")


async def _campaign(session: AsyncSession, context: Context, campaign_id: UUID) -> list[Concern]:
    campaign = await session.get(Campaign, (context.tenant_id, campaign_id))
    if campaign is None:
        return []
    named = f"{campaign.title} ({campaign.reference})" if campaign.title else campaign.reference
    found = [Concern("Campaign", named, path=f"/campaigns/{campaign.id}")]
    if campaign.supplier_id is not None:
        found.append(Concern("Supplier", "", user_id=campaign.supplier_id))
    return found


async def _commitment(
    session: AsyncSession, context: Context, commitment_id: UUID
) -> list[Concern]:
    commitment = await session.get(Commitment, (context.tenant_id, commitment_id))
    if commitment is None:
        return []
    amount = show_money(commitment.amount_minor, commitment.currency)
    units = "1 unit" if commitment.units == 1 else f"{commitment.units} units"
    [campaign, *_] = await _campaign(session, context, commitment.campaign_id)
    return [
        campaign,
        Concern("Commitment", f"{commitment.reference}: {units}, {amount}"),
        Concern("Member", "", user_id=commitment.member_id),
    ]


async def _of_something_else(
    session: AsyncSession, context: Context, subject_id: UUID
) -> list[Concern]:
    """Name what a refund, an issue, a milestone or a claim belongs to, whichever it is."""
    for statement in (
        select(Refund.commitment_id).where(Refund.id == subject_id),
        select(Issue.commitment_id).where(Issue.id == subject_id),
    ):
        commitment_id = await session.scalar(statement)
        if commitment_id is not None:
            return await _commitment(session, context, commitment_id)
    for statement in (
        select(Milestone.campaign_id).where(Milestone.id == subject_id),
        select(SupplierClaim.campaign_id).where(SupplierClaim.id == subject_id),
    ):
        campaign_id = await session.scalar(statement)
        if campaign_id is not None:
            return await _campaign(session, context, campaign_id)
    return []


def register() -> None:
    """Have requests about our records say what they are about."""
    register_concerns("campaign", _campaign)
    register_concerns("commitment", _commitment)
    for kind in _KINDS:
        register_concerns(kind, _of_something_else)
