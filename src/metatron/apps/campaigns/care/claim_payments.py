"""A supplier pays what it owes back: the provider is instructed, then confirms or refuses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.claim_tables import ClaimPayment, SupplierClaim
from metatron.apps.campaigns.care.errors import ClaimNotFound, ClaimNotPossible
from metatron.apps.campaigns.care.supplier_claims import (
    chart_of,
    close_if_done,
    lock_claim,
)
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.accounts import NO_CAMPAIGN, Chart, derived_id
from metatron.apps.campaigns.money.charges import entry, org_escrow
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.moves import Mode, Move
from metatron.apps.campaigns.permissions import SUPPLY
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import InstructionKind, request_instruction

CLAIM_TARGET = "campaigns.claim_payment"


async def pay_claim(
    session: AsyncSession,
    context: Context,
    *,
    claim_id: UUID,
    amount_minor: int,
    payment_method: str,
    now: datetime,
) -> ClaimPayment:
    """Instruct the provider to take `amount_minor` of what one owes from one's own method.

    Raises:
        ClaimNotFound: no such claim on this supplier.
        ClaimNotPossible: less is owed, what is under way counted.
    """
    context.demand(SUPPLY)
    claim = await lock_claim(session, context, claim_id)
    if claim.supplier_id != context.actor_id:
        raise ClaimNotFound
    chart = await chart_of(session, context, claim)
    if amount_minor > await books.owed(session, context, chart.supplier_receivable(claim.id)):
        raise ClaimNotPossible("Less than that is owed.")
    accounts = [chart.clearing(NO_CAMPAIGN), org_escrow(chart)]
    await books.open_accounts(session, context, accounts)
    paid = ClaimPayment(
        tenant_id=context.tenant_id,
        id=new_id(),
        claim_id=claim.id,
        amount_minor=amount_minor,
        currency=claim.currency,
        payment_method=payment_method,
        transfer_id=new_id(),
        state="instructed",
        requested_by=context.actor_id,
        created_at=now,
        version=1,
    )
    session.add(paid)
    await session.flush()
    await books.book(session, context, [_paid(chart, paid, "pending", amount_minor, now)])
    await request_instruction(
        session,
        context,
        kind=InstructionKind.CAPTURE,
        target_kind=CLAIM_TARGET,
        target_id=paid.id,
        amount_minor=amount_minor,
        currency=claim.currency,
        ledger_transfer_id=paid.transfer_id,
        payment_method=payment_method,
        now=now,
    )
    return paid


async def claim_paid(
    session: AsyncSession, context: Context, *, payment_id: UUID, amount_minor: int, now: datetime
) -> None:
    """Book what arrived; a claim of which nothing is left is closed. Bears repetition."""
    found = await _lock(session, context, payment_id)
    if found is None:
        return
    claim, paid = found
    chart = await chart_of(session, context, claim)
    available = entry(
        derived_id(paid.transfer_id, "available"), Move.BOND_AVAILABLE, "posted",
        org_escrow(chart), chart.clearing(NO_CAMPAIGN), amount_minor,
        reference=str(paid.id), now=now,
    )  # fmt: skip
    arrived = _paid(chart, paid, "post", amount_minor, now)
    await books.book(session, context, [arrived, available])
    paid.state, paid.resolved_at = "confirmed", now
    paid.version += 1
    claim.paid_minor += amount_minor
    await close_if_done(session, context, claim, "paid", now)
    await coverage.go_on_if_covered(session, context, paid.currency, now=now)


async def claim_refused(
    session: AsyncSession, context: Context, *, payment_id: UUID, now: datetime
) -> None:
    """Book that the provider could not take the payment; it stays owed."""
    found = await _lock(session, context, payment_id)
    if found is None:
        return
    claim, paid = found
    chart = await chart_of(session, context, claim)
    await books.book(session, context, [_paid(chart, paid, "void", paid.amount_minor, now)])
    paid.state, paid.resolved_at = "failed", now
    paid.version += 1
    await session.flush()


def _paid(
    chart: Chart, paid: ClaimPayment, mode: Mode, amount_minor: int, now: datetime
) -> Booking:
    """Dr clearing / Cr supplier receivable, in two phases."""
    resolves = None if mode == "pending" else paid.transfer_id
    booking_id = paid.transfer_id if resolves is None else derived_id(paid.transfer_id, mode)
    return entry(
        booking_id, Move.CLAIM_PAID, mode, chart.clearing(NO_CAMPAIGN),
        chart.supplier_receivable(paid.claim_id), amount_minor, reference=str(paid.id), now=now,
        resolves=resolves,
    )  # fmt: skip


async def _lock(
    session: AsyncSession, context: Context, payment_id: UUID
) -> tuple[SupplierClaim, ClaimPayment] | None:
    """Lock a payment behind its claim; None unless the provider's answer to it is awaited."""
    found = await session.get(ClaimPayment, (context.tenant_id, payment_id))
    if found is None:
        return None
    claim = await lock_claim(session, context, found.claim_id)
    query = (
        select(ClaimPayment)
        .where(ClaimPayment.tenant_id == context.tenant_id, ClaimPayment.id == payment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    paid = (await session.execute(query)).scalar_one()
    return (claim, paid) if paid.state == "instructed" else None
