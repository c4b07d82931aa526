"""A release divided into the supplier's payment and what is not the supplier's.

Releases of shares before the inspection and the one after it follow the same rule, so that all of
them together come to what one release would have paid. The supplier's part of a share is that share
of the supplier's price; what rounding keeps back is carried to the next release. A fee is its basis
points of what is released and the same share of its fixed part; each release adds up exactly.
"""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.money.payouts import LATE_JOB, account_of, due_for
from metatron.apps.campaigns.money.shares import divide
from metatron.apps.campaigns.rules.conditions import Conditions, conditions_of
from metatron.apps.campaigns.rules.milestones import WHOLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment, Payout
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

Part = tuple[Commitment, int]
"""A commitment, and the basis points of it that are released now."""


async def pay_out_released(
    session: AsyncSession,
    context: Context,
    journal: Journal,
    released: Sequence[Booking],
    parts: Sequence[Part],
    *,
    now: datetime,
) -> Payout:
    """Book a release: out of escrow, income and tax, the payment to the supplier.

    Returns the payment, which is at least one minor unit and still to be instructed.

    Args:
        session: the transaction, in which the campaign and the commitments are locked.
        context: who causes it.
        journal: the campaign's.
        released: the entries that take the money out of escrow.
        parts: the same commitments.
        now: the instant on the tenant's clock.
    """
    campaign = journal.campaign
    gross_minor = sum(booking.amount for booking in released)
    conditions = conditions_of(campaign, await read_settings(session, context))
    if conditions.revenue == "fee":
        supplier_minor, income = _with_fee(journal, conditions, parts, gross_minor)
        accounts = [booking.credit for booking in income]
        await books.open_accounts(session, context, accounts)
    else:
        supplier_minor = _supplier_part(campaign, parts, gross_minor)
        income = [journal.margin(gross_minor - supplier_minor)]
    payout = Payout(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign.id,
        destination=account_of(campaign),
        amount_minor=supplier_minor,
        currency=campaign.currency,
        transfer_id=new_id(),
        created_at=now,
        due_at=await due_for(session, context, campaign, now),
    )
    paid = journal.payout(payout.transfer_id, "pending", supplier_minor)
    moved = [booking for booking in income if booking.amount]
    # What is paid lives on what is released: two calls, for the ledger is quick where none of a
    # call's entries lives on another. The campaign is locked, so nobody else comes between.
    await books.book(session, context, released)
    await books.book(session, context, [*moved, paid])
    session.add(payout)
    await session.flush()
    await enqueue(session, context, LATE_JOB, run_at=payout.due_at, payout_id=payout.id)
    return payout


def _with_fee(
    journal: Journal, conditions: Conditions, parts: Sequence[Part], gross_minor: int
) -> tuple[int, list[Booking]]:
    shares = divide(
        gross_minor,
        Fraction(sum(basis_points for _, basis_points in parts), WHOLE),
        basis_points=conditions.fee_basis_points,
        fixed_minor=conditions.fee_fixed_minor,
        tax_basis_points=conditions.fee_tax_basis_points,
    )
    return shares.supplier_minor, [journal.fee(shares.fee_minor), journal.tax(shares.tax_minor)]


def _supplier_part(campaign: Campaign, parts: Sequence[Part], gross_minor: int) -> int:
    price = campaign.supplier_unit_price_minor or campaign.unit_price_minor
    assert price is not None
    due = campaign.supplier_carry_bp + sum(
        (commitment.units_allocated or 0) * price * basis_points
        for commitment, basis_points in parts
    )
    # What was returned in part lowers the margin first, then what is due to the supplier.
    supplier_minor = max(1, min(due // WHOLE, gross_minor))
    kept_back = due - supplier_minor * WHOLE
    campaign.supplier_carry_bp = kept_back if kept_back < WHOLE else 0
    return supplier_minor
