"""Fees of the provider and of disputes: booked, and borne by the bond in the same chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import ChargeDiffers
from metatron.apps.campaigns.events import ProviderCharged
from metatron.apps.campaigns.machine.locking import lock_campaign, take_turn
from metatron.apps.campaigns.money import books, coverage
from metatron.apps.campaigns.money.accounts import NO_CAMPAIGN, Account, Chart, Kind, derived_id
from metatron.apps.campaigns.money.journal import Booking
from metatron.apps.campaigns.money.moves import Mode, Move, told_as
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.wording import show_instant, texts
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.ledger import interface as ledger

ChargeKind = Literal[
    "provider_fee", "dispute_fee", "dispute_loss", "supplier_default", "refund_loss"
]
ACCOUNT_OF = {
    "provider_fee": Kind.PROVIDER_FEE,
    "dispute_fee": Kind.DISPUTE_FEE,
    "dispute_loss": Kind.LOSS,
    "supplier_default": Kind.LOSS,
    "refund_loss": Kind.LOSS,
}
_MOVE = {
    "provider_fee": Move.PROVIDER_CHARGE,
    "dispute_fee": Move.DISPUTE_CHARGE,
    "dispute_loss": Move.LOSS,
    "supplier_default": Move.WRITTEN_OFF,
    "refund_loss": Move.REFUND_LOSS,
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What the provider took: minor units of `currency`; `reference` is the provider's own."""

    kind: ChargeKind
    amount_minor: int
    currency: str
    reference: str


def entry(  # noqa: PLR0917 - an entry's parts, in the journal's own sequence
    booking_id: UUID,
    move: Move,
    mode: Mode,
    debit: Account,
    credit: Account,
    amount_minor: int,
    *,
    reference: str,
    now: datetime,
    resolves: UUID | None = None,
) -> Booking:
    """Return an entry of the organisation itself, with its words from `admin.move`."""
    words = texts(f"admin.move.{told_as(move, mode)}")
    return Booking(
        booking_id, move, mode, debit, credit, amount_minor,
        why=words["why"].format(reference=reference),
        where_to=words["where_to"].format(reference=reference),
        triggered_by=words["trigger"].format(reference=reference, at=show_instant(now)),
        resolves=resolves,
    )  # fmt: skip


async def lock_bond(session: AsyncSession, context: Context, currency: str) -> None:
    """Wait for one's turn at the bond and at what it bears."""
    await take_turn(session, f"campaigns/{context.tenant_id}/bond/{currency}")


async def bond_left(session: AsyncSession, context: Context, chart: Chart) -> int:
    """Return the minor units in the bond, 0 where there is none."""
    [account] = await ledger.lookup_accounts(session, context, ids=[chart.bond().id])
    return account.credits_posted - account.debits_posted if account else 0


async def record_charge(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    kind: ChargeKind,
    amount_minor: int,
    reference: str,
    now: datetime,
) -> ProviderCharge:
    """Book a fee the provider took; the bond bears it, as far as it goes, in the same chain.

    `reference` is the provider's own; the same one with the same content is recorded once.
    `amount_minor`: minor units of the campaign's currency.

    Raises:
        CampaignNotFound: no such campaign.
        ChargeDiffers: the reference names a fee with another content.
    """
    if context.actor_kind != "system":
        context.demand(SETTLE)
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    cost = Cost(kind, amount_minor, campaign.currency, reference)
    return await _record(session, context, campaign.id, cost, now)


async def record_own_charge(
    session: AsyncSession, context: Context, *, cost: Cost, now: datetime
) -> ProviderCharge:
    """Book a fee for what belongs to no campaign: a payment into the bond; the bond bears it.

    Raises:
        ChargeDiffers: the reference names a fee with another content.
    """
    if context.actor_kind != "system":
        context.demand(SETTLE)
    return await _record(session, context, None, cost, now)


async def record_default(
    session: AsyncSession, context: Context, cost: Cost, receivable: Account, *, now: datetime
) -> ProviderCharge:
    """Book as a loss what a supplier owes and does not pay; the bond bears it as it bears fees."""
    context.demand(SETTLE)
    return await _record(session, context, None, cost, now, taken_from=receivable)


async def record_refund_loss(
    session: AsyncSession,
    context: Context,
    campaign_id: UUID | None,
    *,
    amount_minor: int,
    currency: str,
    reference: str,
    now: datetime,
) -> ProviderCharge:
    """Book as a loss what was refunded at the provider beyond what was held; the bond bears it.

    `campaign_id`: that of a locked campaign in `currency`; None where the refund was about none.

    Raises:
        ChargeDiffers: the reference names a loss with another content.
    """
    context.demand(SETTLE)
    cost = Cost("refund_loss", amount_minor, currency, reference)
    return await _record(session, context, campaign_id, cost, now)


async def _record(  # noqa: PLR0917 - a cost, whose it is, and what it comes out of
    session: AsyncSession,
    context: Context,
    campaign_id: UUID | None,
    cost: Cost,
    now: datetime,
    taken_from: Account | None = None,
) -> ProviderCharge:
    kind, amount_minor = cost.kind, cost.amount_minor
    await lock_bond(session, context, cost.currency)
    existing = await _recorded(session, context, kind, cost.reference)
    if existing is not None:
        same = (existing.campaign_id, existing.amount_minor, existing.currency)
        if same != (campaign_id, amount_minor, cost.currency):
            raise ChargeDiffers
        return existing
    provider = (await read_settings(session, context)).provider
    chart = Chart(context.tenant_id, cost.currency, provider)
    whose = campaign_id or NO_CAMPAIGN
    account = chart.of_campaign(ACCOUNT_OF[kind], whose)
    source = taken_from or chart.clearing(whose)
    await books.open_accounts(session, context, [account, source, chart.bond()])
    borne = min(amount_minor, await bond_left(session, context, chart))
    charge = ProviderCharge(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign_id,
        kind=kind,
        amount_minor=amount_minor,
        currency=cost.currency,
        reference=cost.reference,
        recharged_minor=borne,
        recorded_by=context.actor_id if context.actor_kind == "user" else None,
        recorded_at=now,
        version=1,
    )
    bookings = [
        entry(
            charge.id, _MOVE[kind], "posted", account, source, amount_minor,
            reference=cost.reference, now=now,
        )
    ]  # fmt: skip
    if borne:
        bookings.append(recharge(chart, charge, borne, now))
    await books.book(session, context, bookings)
    session.add(charge)
    await session.flush()
    event = ProviderCharged(
        aggregate_id=campaign_id or charge.id, kind=kind, amount_minor=amount_minor,
        recharged_minor=borne, currency=cost.currency,
    )  # fmt: skip
    await publish(session, context, event, now=now)
    gap = await coverage.missing(session, context, cost.currency)
    if gap:
        about = campaign_id or charge.id
        await coverage.alert(session, context, about, cost.currency, gap, now=now)
    return charge


async def _recorded(
    session: AsyncSession, context: Context, kind: str, reference: str
) -> ProviderCharge | None:
    query = select(ProviderCharge).where(
        ProviderCharge.tenant_id == context.tenant_id,
        ProviderCharge.kind == kind,
        ProviderCharge.reference == reference,
    )
    return (await session.execute(query)).scalar_one_or_none()


def recharge(chart: Chart, charge: ProviderCharge, amount_minor: int, now: datetime) -> Booking:
    """Dr bond / Cr the fee: the bond bears `amount_minor` of it. Its id follows the fee's."""
    return entry(
        derived_id(charge.id, f"recharge/{charge.version}"),
        Move.RECHARGE,
        "posted",
        chart.bond(),
        chart.of_campaign(ACCOUNT_OF[charge.kind], charge.campaign_id or NO_CAMPAIGN),
        amount_minor,
        reference=charge.reference,
        now=now,
    )


async def recharge_open(
    session: AsyncSession, context: Context, chart: Chart, *, now: datetime
) -> None:
    """Let the bond bear what it could not before, the oldest fee first; the turn is held."""
    left = await bond_left(session, context, chart)
    query = (
        select(ProviderCharge)
        .where(
            ProviderCharge.tenant_id == context.tenant_id,
            ProviderCharge.currency == chart.currency,
            ProviderCharge.recharged_minor
            < ProviderCharge.amount_minor + ProviderCharge.correction_minor,
        )
        .order_by(ProviderCharge.id)
        .with_for_update(key_share=True)
    )
    open_charges: Sequence[ProviderCharge] = (await session.execute(query)).scalars().all()
    bookings = []
    for charge in open_charges:
        not_borne = charge.amount_minor + charge.correction_minor - charge.recharged_minor
        amount_minor = min(left, not_borne)
        if not amount_minor:
            break
        left -= amount_minor
        charge.version += 1
        charge.recharged_minor += amount_minor
        bookings.append(recharge(chart, charge, amount_minor, now))
    if bookings:
        await books.book(session, context, bookings)
        await session.flush()


async def borne_by_bond(session: AsyncSession, context: Context, campaign_id: UUID) -> int:
    """Return the minor units of the campaign's fees that the bond has borne."""
    query = select(func.coalesce(func.sum(ProviderCharge.recharged_minor), 0)).where(
        ProviderCharge.tenant_id == context.tenant_id, ProviderCharge.campaign_id == campaign_id
    )
    return int((await session.execute(query)).scalar_one())


def org_escrow(chart: Chart) -> Account:
    """Return what the provider holds for the organisation itself."""
    return chart.escrow(NO_CAMPAIGN)
