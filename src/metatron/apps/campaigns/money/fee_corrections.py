"""What a fee should have been: an entry of the difference beside the first, which stays."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.accounts import NO_CAMPAIGN, Chart, derived_id
from metatron.apps.campaigns.money.charges import (
    ACCOUNT_OF,
    bond_left,
    entry,
    recharge_open,
)
from metatron.apps.campaigns.money.errors import ChargeNotFound, ManualEntryNotPossible
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.manual_tables import ManualEntry
from metatron.apps.campaigns.money.moves import Move
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id

CORRECTABLE = frozenset({"provider_fee", "dispute_fee"})
"""Losses follow from a dispute or a claim, which have decisions of their own."""


def stands_at(charge: ProviderCharge) -> int:
    """Return what a fee amounts to with all its corrections, in minor units."""
    return charge.amount_minor + charge.correction_minor


async def plan_correction(
    session: AsyncSession,
    context: Context,
    *,
    charge_id: UUID,
    right_minor: int,
    was_minor: int | None = None,
) -> ManualEntry:
    """Return the entry that makes a fee `right_minor`, without its people and reason.

    `was_minor` is what the fee stood at when the correction was asked for. Amounts: minor units.

    Raises:
        ChargeNotFound: there is no such fee.
        ManualEntryNotPossible: it is right already, was corrected meanwhile, or is a loss.
    """
    charge = await _lock(session, context, charge_id)
    stands = stands_at(charge)
    if charge.kind not in CORRECTABLE:
        raise ManualEntryNotPossible(
            "A loss follows from what was decided elsewhere: correct that."
        )
    if was_minor is not None and was_minor != stands:
        raise ManualEntryNotPossible("The fee was corrected meanwhile: look at it anew.")
    if right_minor == stands:
        raise ManualEntryNotPossible("The fee stands at this amount already.")
    settings = await read_settings(session, context)
    return ManualEntry(
        tenant_id=context.tenant_id, id=new_id(), charge_id=charge.id, break_id=None, about_id=None,
        kind="fee_lowered" if right_minor < stands else "fee_raised",
        amount_minor=abs(right_minor - stands), currency=charge.currency,
        provider=settings.provider, reference=charge.reference,
    )  # fmt: skip


async def book_correction(
    session: AsyncSession, context: Context, made: ManualEntry, *, now: datetime
) -> None:
    """Book a planned correction with what the bond gets back or bears of it, in one chain.

    The turn at the bond is held. A fee that was too high gives the bond back what it bore too much;
    one that was too low is borne as far as the bond goes, and the rest is a gap as of any fee.
    """
    assert made.charge_id is not None
    charge = await _lock(session, context, made.charge_id)
    chart = Chart(context.tenant_id, made.currency, made.provider)
    whose = charge.campaign_id or NO_CAMPAIGN
    fee, source = chart.of_campaign(ACCOUNT_OF[charge.kind], whose), chart.clearing(whose)
    await books.open_accounts(session, context, [fee, source, chart.bond()])
    move, bond_id = _move_of(made), derived_id(made.id, "bond")
    if made.kind == "fee_lowered":
        by_bond = max(0, charge.recharged_minor - (stands_at(charge) - made.amount_minor))
        pairs = [(bond_id, fee, chart.bond(), by_bond), (made.id, source, fee, made.amount_minor)]
        charge.correction_minor -= made.amount_minor
        charge.recharged_minor -= by_bond
    else:
        by_bond = min(made.amount_minor, await bond_left(session, context, chart))
        pairs = [(made.id, fee, source, made.amount_minor), (bond_id, chart.bond(), fee, by_bond)]
        charge.correction_minor += made.amount_minor
        charge.recharged_minor += by_bond
    charge.version += 1
    bookings = [
        entry(
            booking_id, move, "posted", debit, credit, amount, reference=made.reference, now=now
        )
        for booking_id, debit, credit, amount in pairs
        if amount
    ]  # fmt: skip
    await books.book(session, context, [_with_reason(each, made.reason) for each in bookings])
    await session.flush()
    if made.kind == "fee_lowered":
        await recharge_open(session, context, chart, now=now)
        await coverage.go_on_if_covered(session, context, made.currency, now=now)
        return
    gap = await coverage.missing(session, context, made.currency)
    if gap:
        about = charge.campaign_id or charge.id
        await coverage.alert(session, context, about, made.currency, gap, now=now)


def _move_of(made: ManualEntry) -> Move:
    return Move.FEE_LOWERED if made.kind == "fee_lowered" else Move.FEE_RAISED


def _with_reason(booking: Booking, reason: str) -> Booking:
    return replace(booking, why=f"{booking.why} {reason}")


async def _lock(session: AsyncSession, context: Context, charge_id: UUID) -> ProviderCharge:
    query = (
        select(ProviderCharge)
        .where(ProviderCharge.tenant_id == context.tenant_id, ProviderCharge.id == charge_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise ChargeNotFound
    return found
