"""What a supplier owes back after a lost card dispute: claimed, paid, or written off by two.

The claim is an asset beside what the provider holds and goes to the bond, which bore the loss. What
the supplier pays is taken by the provider; what it does not pay is a loss, which the bond bears.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.claim_tables import SupplierClaim
from metatron.apps.campaigns.care.errors import ClaimNotFound, ClaimNotPossible
from metatron.apps.campaigns.care.tables import CardDispute
from metatron.apps.campaigns.errors import ReasonRequired
from metatron.apps.campaigns.events import SupplierClaimMoved
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.accounts import Chart, derived_id
from metatron.apps.campaigns.money.charges import (
    Cost,
    entry,
    lock_bond,
    recharge_open,
    record_default,
)
from metatron.apps.campaigns.money.moves import Move
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    register_action,
    request_approval,
)

WRITE_OFF_ACTION = "campaigns.write_off_claim"


async def open_claim(
    session: AsyncSession, context: Context, *, dispute_id: UUID, reason: str, now: datetime
) -> SupplierClaim:
    """Claim from the supplier what a card dispute took after the release, once.

    Dr supplier receivable / Cr bond, which then bears what it could not bear of the loss before.

    Raises:
        ClaimNotPossible: there is no such dispute, it was not lost after a release, or it is
            claimed already.
        ReasonRequired: without a reason.
    """
    context.demand(SETTLE)
    if not reason.strip():
        raise ReasonRequired
    query = select(CardDispute).where(
        CardDispute.tenant_id == context.tenant_id, CardDispute.id == dispute_id
    )
    dispute = (await session.execute(query.with_for_update(key_share=True))).scalar_one_or_none()
    if dispute is None or dispute.state != "lost" or dispute.is_before_release:
        raise ClaimNotPossible("Only a dispute that was lost after the release can be claimed.")
    query_claim = select(SupplierClaim.id).where(
        SupplierClaim.tenant_id == context.tenant_id, SupplierClaim.dispute_id == dispute_id
    )
    if (await session.execute(query_claim)).first() is not None:
        raise ClaimNotPossible("It is claimed from the supplier already.")
    campaign = await session.get(Campaign, (context.tenant_id, dispute.campaign_id))
    assert campaign is not None
    if campaign.supplier_id is None:
        raise ClaimNotPossible("The campaign names no supplier.")
    claim = SupplierClaim(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=dispute.campaign_id,
        dispute_id=dispute_id,
        supplier_id=campaign.supplier_id,
        amount_minor=dispute.amount_minor,
        paid_minor=0,
        written_off_minor=0,
        currency=dispute.currency,
        reason=reason.strip(),
        state="open",
        opened_by=context.actor_id,
        opened_at=now,
        version=1,
    )
    session.add(claim)
    await session.flush()
    await lock_bond(session, context, claim.currency)
    chart = await chart_of(session, context, claim)
    receivable = chart.supplier_receivable(claim.id)
    await books.open_accounts(session, context, [receivable, chart.bond()])
    claimed = entry(
        derived_id(claim.id, "claimed"), Move.CLAIMED, "posted", receivable, chart.bond(),
        claim.amount_minor, reference=dispute.reference, now=now,
    )  # fmt: skip
    await books.book(session, context, [claimed])
    await recharge_open(session, context, chart, now=now)
    await announce(session, context, claim, now)
    await coverage.go_on_if_covered(session, context, claim.currency, now=now)
    return claim


async def ask_write_off(
    session: AsyncSession, context: Context, *, claim_id: UUID, reason: str, now: datetime
) -> Approval:
    """Ask a second person to give up what is left of a claim.

    Whatever rule the organisation has set, another person approves this one.

    Raises:
        ClaimNotFound: no such claim.
        ClaimNotPossible: nothing is left of it, or a payment of it is under way.
        ReasonRequired: without a reason.
    """
    context.demand(SETTLE)
    if not reason.strip():
        raise ReasonRequired
    claim = await lock_claim(session, context, claim_id)
    left = await _free_to_write_off(session, context, claim)
    return await request_approval(
        session,
        context,
        action=WRITE_OFF_ACTION,
        subject_kind="supplier_claim",
        subject_id=claim_id,
        payload={"claim_id": str(claim_id), "left_minor": left},
        summary=f"Write off {show_money(left, claim.currency)} that the supplier owes back; "
        "the bond bears it.",
        reason=reason.strip()[:1_000],
        amount_minor=left,
        currency=claim.currency,
        party_ids={claim.supplier_id},
        now=now,
    )


async def execute_write_off(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Write off what was approved, if as much is left as when it was asked for.

    Dr loss / Cr supplier receivable; the bond bears the loss as far as it goes, in the same chain.
    """
    claim = await lock_claim(session, context, approval.subject_id)
    left = await _free_to_write_off(session, context, claim)
    if left != payload["left_minor"]:
        raise ClaimNotPossible("Less is owed now than when it was asked for.")
    chart = await chart_of(session, context, claim)
    cost = Cost("supplier_default", left, claim.currency, str(claim.id))
    await record_default(session, context, cost, chart.supplier_receivable(claim.id), now=now)
    claim.written_off_minor += left
    await close_if_done(session, context, claim, "written_off", now)
    return {"written_off_minor": left, "state": claim.state}


async def _free_to_write_off(session: AsyncSession, context: Context, claim: SupplierClaim) -> int:
    """Return what is left, which no payment under way is about to settle."""
    chart = await chart_of(session, context, claim)
    owed = await books.owed(session, context, chart.supplier_receivable(claim.id))
    if claim.state != "open":
        raise ClaimNotPossible("Nothing is owed any more.")
    if owed != claim.left_minor:
        raise ClaimNotPossible("A payment of it is under way; wait for the provider's answer.")
    return owed


async def lock_claim(session: AsyncSession, context: Context, claim_id: UUID) -> SupplierClaim:
    """Lock and return a claim.

    Raises:
        ClaimNotFound: no such claim in this organisation.
    """
    query = (
        select(SupplierClaim)
        .where(SupplierClaim.tenant_id == context.tenant_id, SupplierClaim.id == claim_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    claim = (await session.execute(query)).scalar_one_or_none()
    if claim is None:
        raise ClaimNotFound
    return claim


async def chart_of(session: AsyncSession, context: Context, claim: SupplierClaim) -> Chart:
    """Return the chart in which the claim's account stands."""
    settings = await read_settings(session, context)
    return Chart(context.tenant_id, claim.currency, settings.provider)


async def close_if_done(
    session: AsyncSession, context: Context, claim: SupplierClaim, state: str, now: datetime
) -> None:
    """Bring a claim of which nothing is left to `state`, and announce how it stands."""
    if not claim.left_minor:
        claim.state, claim.closed_at = state, now
    claim.version += 1
    await session.flush()
    await announce(session, context, claim, now)


async def announce(
    session: AsyncSession, context: Context, claim: SupplierClaim, now: datetime
) -> None:
    """Announce how a claim stands."""
    event = SupplierClaimMoved(
        aggregate_id=claim.campaign_id,
        claim_id=claim.id,
        state=claim.state,
        amount_minor=claim.amount_minor,
        paid_minor=claim.paid_minor,
        written_off_minor=claim.written_off_minor,
        currency=claim.currency,
    )
    await publish(session, context, event, now=now)


register_action(
    ApprovalAction(
        name=WRITE_OFF_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_write_off,
        describe=lambda payload: (
            f"Gives up {show_money(payload['left_minor'], payload['currency'])} as a loss."
        ),
        title="Write off what a supplier owes",
    )
)
