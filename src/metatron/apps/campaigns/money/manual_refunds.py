"""Refunds a person decides: one commitment, whole or in part, on a second person's approval."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import RefundExceedsEscrow
from metatron.apps.campaigns.machine.locking import lock_commitment
from metatron.apps.campaigns.machine.steps import refuse_step, step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.refund_rows import refund_with_commitment
from metatron.apps.campaigns.money.refunds import begin_refunds, instruct_again, return_part
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue, Refund
from metatron.apps.campaigns.wording import named, show_money
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.platform.approvals.interface import (
    Approval,
    ApprovalAction,
    needs_approval,
    register_action,
    request_approval,
)

REFUND_ACTION = "campaigns.refund"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: it was done, or it waits for a second person."""

    refund: Refund | None = None
    approval_id: UUID | None = None


async def ask_refund(
    session: AsyncSession,
    context: Context,
    *,
    commitment_id: UUID,
    amount_minor: int | None,
    whole: bool,
    reason_code: str,
    reason: str,
    now: datetime,
) -> Asked:
    """Refund a commitment by hand, or ask a second person where the organisation wants one.

    Args:
        session: the transaction.
        context: a person who settles.
        commitment_id: held or allocated, without an open issue.
        amount_minor: a part in minor units.
        whole: in place of a part, all that is in escrow.
        reason_code: one of the doctrine's refund reasons.
        reason: in words the member is told.
        now: the instant on the tenant's clock.

    Raises:
        CommitmentNotFound: no such commitment.
        TransitionNotAllowed: it is neither held nor allocated, or an issue of it is open.
        RefundExceedsEscrow: a part is not less than what is in escrow.
        InvalidInput: a part and the whole, or neither.
    """
    context.demand(SETTLE)
    campaign, commitment, in_escrow = await _refundable(session, context, commitment_id)
    if whole == (amount_minor is not None):
        hint = "Give either amount_minor or whole."
        raise InvalidInput.field("body.whole", "part_or_whole", hint)
    if amount_minor is not None and amount_minor >= in_escrow:
        raise RefundExceedsEscrow
    amount = amount_minor or in_escrow
    if not await needs_approval(
        session, context, action=REFUND_ACTION, amount_minor=amount, currency=campaign.currency
    ):
        refund = await _refund(
            session, context, campaign, commitment, amount_minor, reason_code, reason, now
        )
        return Asked(refund)
    shown = show_money(amount, campaign.currency)
    approval = await request_approval(
        session,
        context,
        action=REFUND_ACTION,
        subject_kind="commitment",
        subject_id=commitment_id,
        payload={
            "commitment_id": str(commitment_id),
            "amount_minor": amount_minor,
            "reason_code": reason_code,
            "reason": reason,
        },
        summary=f"{named(campaign.title, campaign.reference)}: refund {shown} of commitment "
        f"{commitment.reference} from escrow.",
        reason=reason[:1_000],
        amount_minor=amount,
        currency=campaign.currency,
        party_ids={commitment.member_id},
        now=now,
    )
    return Asked(approval_id=approval.id)


async def _refundable(
    session: AsyncSession, context: Context, commitment_id: UUID
) -> tuple[Campaign, Commitment, int]:
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    step_or_refuse(commitment, "refund_by_hand")
    query = select(Issue.id).where(
        Issue.tenant_id == context.tenant_id,
        Issue.commitment_id == commitment_id,
        Issue.state == "open",
    )
    if (await session.execute(query)).first() is not None:
        raise refuse_step(commitment, "An issue of this commitment is open; decide it instead.")
    [in_escrow] = await books.escrow_of(session, context, campaign, [commitment])
    return campaign, commitment, in_escrow


async def _refund(  # noqa: PLR0917 - what was asked for, once with and once without approval
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    amount_minor: int | None,
    reason_code: str,
    reason: str,
    now: datetime,
) -> Refund:
    if amount_minor is not None:
        [refund] = await return_part(
            session, context, campaign, parts=[(commitment, amount_minor)],
            reason_code=reason_code, trigger="manual", now=now, reason=reason,
        )  # fmt: skip
        return refund
    journal = await books.journal_for(session, context, campaign, trigger="manual", now=now)
    freed = [journal.free_units(commitment)] if commitment.state == "held" else []
    [refund] = await begin_refunds(
        session, context, campaign, [commitment], step="refund_by_hand", reason_code=reason_code,
        trigger="manual", now=now, reason=reason, by_system=False, also=freed,
    )  # fmt: skip
    return refund


async def execute_refund(
    session: AsyncSession,
    context: Context,
    *,
    payload: dict[str, Any],
    approval: Approval,
    now: datetime,
) -> dict[str, Any]:
    """Refund as approved; refused when the commitment has moved on meanwhile."""
    campaign, commitment, _ = await _refundable(session, context, UUID(payload["commitment_id"]))
    refund = await _refund(
        session, context, campaign, commitment, payload["amount_minor"], payload["reason_code"],
        payload["reason"], now,
    )  # fmt: skip
    refund.requested_by, refund.approval_id = approval.requested_by, approval.id
    await session.flush()
    return {"refund_id": str(refund.id), "amount_minor": refund.amount_minor}


def describe_refund(payload: dict[str, Any]) -> str:
    """Say what approving will do."""
    amount = payload["amount_minor"]
    currency = payload["currency"]
    how_much = "all that is in escrow" if amount is None else show_money(amount, currency)
    return f"Refunds {how_much} of one commitment to the original method."


async def retry_one(
    session: AsyncSession, context: Context, *, refund_id: UUID, now: datetime
) -> Refund:
    """Instruct one refused refund again, under a new key.

    Raises:
        RefundNotFound: no such refund.
        TransitionNotAllowed: the provider has not refused it.
    """
    context.demand(SETTLE)
    campaign, commitment, refund = await refund_with_commitment(session, context, refund_id)
    if refund.state != "failed":
        raise refuse_step(commitment, "The provider has not refused this refund.")
    await instruct_again(session, context, campaign, [(commitment, refund)], now=now)
    return refund


register_action(
    ApprovalAction(
        name=REFUND_ACTION,
        request_permission=SETTLE,
        approve_permission=SETTLE,
        execute=execute_refund,
        describe=describe_refund,
        title="Refund a commitment by hand",
    )
)
