"""The organisation's bond at the provider: paid in through it, so that fees never touch members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import BondMoved
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.accounts import NO_CAMPAIGN, Chart, derived_id
from metatron.apps.campaigns.money.charges import entry, lock_bond, org_escrow, recharge_open
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.moves import Mode, Move
from metatron.apps.campaigns.money.tables import BondDeposit
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import InstructionKind, request_instruction

BOND_TARGET = "campaigns.bond_deposit"


async def pay_into_bond(
    session: AsyncSession,
    context: Context,
    *,
    amount_minor: int,
    currency: str,
    payment_method: str,
    now: datetime,
) -> BondDeposit:
    """Instruct the provider to take `amount_minor` from the organisation's own method."""
    context.demand(SETTLE)
    chart = await _chart(session, context, currency)
    accounts = [chart.bond(), chart.clearing(NO_CAMPAIGN), org_escrow(chart)]
    await books.open_accounts(session, context, accounts)
    paid = BondDeposit(
        tenant_id=context.tenant_id,
        id=new_id(),
        amount_minor=amount_minor,
        currency=currency,
        payment_method=payment_method,
        transfer_id=new_id(),
        state="instructed",
        requested_by=context.actor_id,
        created_at=now,
        version=1,
    )
    session.add(paid)
    await session.flush()
    await books.book(session, context, [_paid_in(chart, paid, "pending", amount_minor, now)])
    await request_instruction(
        session,
        context,
        kind=InstructionKind.CAPTURE,
        target_kind=BOND_TARGET,
        target_id=paid.id,
        amount_minor=amount_minor,
        currency=currency,
        ledger_transfer_id=paid.transfer_id,
        payment_method=payment_method,
        now=now,
    )
    await _announce(session, context, paid, now)
    return paid


async def bond_confirmed(
    session: AsyncSession,
    context: Context,
    *,
    deposit_id: UUID,
    amount_minor: int,
    now: datetime,
) -> None:
    """Book what arrived; it bears open fees first, and blocked releases go on."""
    paid = await _lock(session, context, deposit_id)
    if paid is None or paid.state != "instructed":
        return
    chart = await _chart(session, context, paid.currency)
    await lock_bond(session, context, paid.currency)
    available = entry(
        derived_id(paid.transfer_id, "available"), Move.BOND_AVAILABLE, "posted",
        org_escrow(chart), chart.clearing(NO_CAMPAIGN), amount_minor,
        reference=str(paid.id), now=now,
    )  # fmt: skip
    arrived = _paid_in(chart, paid, "post", amount_minor, now)
    await books.book(session, context, [arrived, available])
    paid.state, paid.resolved_at = "confirmed", now
    paid.version += 1
    await session.flush()
    await recharge_open(session, context, chart, now=now)
    await _announce(session, context, paid, now)
    await coverage.go_on_if_covered(session, context, paid.currency, now=now)


async def bond_failed(
    session: AsyncSession, context: Context, *, deposit_id: UUID, now: datetime
) -> None:
    """Book that the provider could not take the payment."""
    paid = await _lock(session, context, deposit_id)
    if paid is None or paid.state != "instructed":
        return
    chart = await _chart(session, context, paid.currency)
    await books.book(session, context, [_paid_in(chart, paid, "void", paid.amount_minor, now)])
    paid.state, paid.resolved_at = "failed", now
    paid.version += 1
    await session.flush()
    await _announce(session, context, paid, now)


async def _chart(session: AsyncSession, context: Context, currency: str) -> Chart:
    settings = await read_settings(session, context)
    return Chart(context.tenant_id, currency, settings.provider)


def _paid_in(
    chart: Chart, paid: BondDeposit, mode: Mode, amount_minor: int, now: datetime
) -> Booking:
    """Dr clearing / Cr bond, in two phases."""
    resolves = None if mode == "pending" else paid.transfer_id
    booking_id = paid.transfer_id if resolves is None else derived_id(paid.transfer_id, mode)
    return entry(
        booking_id, Move.BOND_PAID_IN, mode, chart.clearing(NO_CAMPAIGN), chart.bond(),
        amount_minor, reference=str(paid.id), now=now, resolves=resolves,
    )  # fmt: skip


async def _lock(session: AsyncSession, context: Context, deposit_id: UUID) -> BondDeposit | None:
    query = (
        select(BondDeposit)
        .where(BondDeposit.tenant_id == context.tenant_id, BondDeposit.id == deposit_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _announce(
    session: AsyncSession, context: Context, paid: BondDeposit, now: datetime
) -> None:
    event = BondMoved(
        aggregate_id=paid.id, state=paid.state, amount_minor=paid.amount_minor,
        currency=paid.currency,
    )  # fmt: skip
    await publish(session, context, event, now=now)
