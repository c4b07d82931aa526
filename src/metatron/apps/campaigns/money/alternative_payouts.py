"""A refused refund paid to another account the member agreed to; always by two people."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.steps import advance, refuse_step
from metatron.apps.campaigns.money.refund_rows import (
    amount_in_words,
    announce,
    instructed,
    refund_with_commitment,
)
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.apps.campaigns.wording import named, show_money
from metatron.kernel.context import Context
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    register_action,
    request_approval,
)

PAYOUT_ACTION = "campaigns.alternative_payout"


async def ask_alternative_payout(
    session: AsyncSession,
    context: Context,
    *,
    refund_id: UUID,
    destination: str,
    evidence: str,
    now: datetime,
) -> Approval:
    """Ask a second person to have a refused refund paid to `destination`, an account there.

    `evidence`: where the member's agreement is to be found. Whatever rule the organisation has set,
    another person approves this one.

    Raises:
        RefundNotFound: no such refund.
        TransitionNotAllowed: the provider has not refused it.
    """
    context.demand(SETTLE)
    campaign, commitment, refund = await _refused(session, context, refund_id)
    shown = show_money(refund.amount_minor, refund.currency)
    return await request_approval(
        session,
        context,
        action=PAYOUT_ACTION,
        subject_kind="refund",
        subject_id=refund_id,
        payload={"refund_id": str(refund_id), "destination": destination, "evidence": evidence},
        summary=f"{named(campaign.title, campaign.reference)}: pay the refused refund of {shown}, "
        f"commitment {commitment.reference}, to {destination}.",
        reason=evidence[:1_000],
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        party_ids={commitment.member_id},
        now=now,
    )


async def _refused(
    session: AsyncSession, context: Context, refund_id: UUID
) -> tuple[Campaign, Commitment, Refund]:
    campaign, commitment, refund = await refund_with_commitment(session, context, refund_id)
    if refund.state != "failed":
        raise refuse_step(commitment, "The provider has not refused this refund.")
    return campaign, commitment, refund


async def execute_payout(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Instruct the provider to pay the refund to the agreed account."""
    refund_id = UUID(payload["refund_id"])
    campaign, commitment, refund = await _refused(session, context, refund_id)
    refund.destination, refund.evidence = payload["destination"], payload["evidence"]
    refund.requested_by, refund.approval_id = approval.requested_by, approval.id
    pair = [(commitment, refund)]
    step = "agree_payout" if refund.whole else "retry_part"
    words = amount_in_words(
        refund.amount_minor, refund.currency, "It is paid to the account you have agreed to."
    )
    async with instructed(session, context, campaign, pair, trigger="agreed", now=now):
        await advance(session, context, commitment, step, now=now, reason=words)
        await announce(session, context, [refund], now=now)
    return {"refund_id": str(refund.id), "state": refund.state}


register_action(
    ApprovalAction(
        name=PAYOUT_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_payout,
        describe=lambda payload: f"Pays a refused refund to the account {payload['destination']}.",
        title="Pay a refused refund another way",
        is_fixed=True,
    )
)
