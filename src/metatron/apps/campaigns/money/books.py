"""The campaign's side of the ledger: accounts opened, entries booked, balances read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import LedgerRefused
from metatron.apps.campaigns.money.accounts import (
    DEBIT_NORMAL,
    HELD_FOR_SOMEBODY,
    MONEY_LEDGER,
    UNITS_LEDGER,
    Account,
    Chart,
    Kind,
)
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

AT_ONCE = 5_000
"""Entries of one chain; longer lists are booked in several chains of one transaction."""
_DONE = frozenset({ledger.CreateTransferStatus.CREATED, ledger.CreateTransferStatus.EXISTS})
_LIMIT = frozenset(
    {ledger.CreateTransferStatus.EXCEEDS_CREDITS, ledger.CreateTransferStatus.EXCEEDS_DEBITS}
)
_MODES = {
    "posted": ledger.TransferFlags.NONE,
    "pending": ledger.TransferFlags.PENDING,
    "post": ledger.TransferFlags.POST_PENDING_TRANSFER,
    "void": ledger.TransferFlags.VOID_PENDING_TRANSFER,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the ledger refused a chain; `is_limit` when a balance limit was in the way."""

    booking: Booking
    status: str
    is_limit: bool

    @property
    def error(self) -> LedgerRefused:
        """Return the refusal as the module's own."""
        return LedgerRefused(f"{self.booking.move.name.lower()}: {self.status}")


def chart_of(campaign: Campaign, provider: str) -> Chart:
    """Return the campaign's chart of accounts."""
    return Chart(campaign.tenant_id, campaign.currency, provider)


async def journal_for(
    session: AsyncSession, context: Context, campaign: Campaign, *, trigger: str, now: datetime
) -> Journal:
    """Return the campaign's journal at the organisation's provider, with one cause behind it."""
    settings = await read_settings(session, context)
    return Journal(chart_of(campaign, settings.provider), campaign, trigger=trigger, now=now)


async def open_accounts(
    session: AsyncSession, context: Context, accounts: Sequence[Account]
) -> None:
    """Open accounts that do not exist yet.

    Raises:
        LedgerRefused: an account exists with another nature.
    """
    given = [_for_ledger(account) for account in accounts]
    results = await ledger.create_accounts(session, context, accounts=given)
    fine = {ledger.CreateAccountStatus.CREATED, ledger.CreateAccountStatus.EXISTS}
    for account, result in zip(accounts, results, strict=True):
        if result.status not in fine:
            raise LedgerRefused(f"{account.kind.name.lower()}: {result.status}")


def _for_ledger(account: Account) -> ledger.Account:
    flags = ledger.AccountFlags.NONE
    if account.limited and account.kind in DEBIT_NORMAL:
        flags = ledger.AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS
    elif account.limited:
        flags = ledger.AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    return ledger.Account(
        id=account.id,
        ledger=account.ledger,
        code=account.kind,
        currency=account.unit,
        flags=flags,
        user_data_128=account.campaign_id,
    )


async def book(session: AsyncSession, context: Context, bookings: Sequence[Booking]) -> None:
    """Book entries, all or none.

    One call for all entries of a transaction: the accounts stay locked to its end.

    Raises:
        LedgerRefused: the ledger refused one, and with it all.
    """
    refusal = await try_book(session, context, bookings)
    if refusal is not None:
        raise refusal.error


async def try_book(
    session: AsyncSession, context: Context, bookings: Sequence[Booking]
) -> Refusal | None:
    """Book entries as one chain; return what was refused, None when all is booked.

    After a refusal the caller must raise: of a list longer than one chain some is booked already.
    """
    for start in range(0, len(bookings), AT_ONCE):
        [booked] = await book_each(session, context, [bookings[start : start + AT_ONCE]])
        if isinstance(booked, Refusal):
            return booked
    return None


async def book_each(
    session: AsyncSession, context: Context, chains: Sequence[Sequence[Booking]]
) -> list[list[int] | Refusal]:
    """Book several chains in one call, each whole or not at all; return what became of each.

    That is the booking time of each entry, in nanoseconds since 1970, or why the chain was refused.
    The ids of a refused chain stay refused: roll back to before it to let them be used again.
    """
    transfers = [
        _transfer(booking, linked=booking is not chain[-1]) for chain in chains for booking in chain
    ]
    results = iter(await ledger.create_transfers(session, context, transfers=transfers))
    return [_booked(chain, [next(results) for _ in chain]) for chain in chains]


def _booked(
    chain: Sequence[Booking], results: Sequence[ledger.CreateTransferResult]
) -> list[int] | Refusal:
    refused = [
        Refusal(booking, result.status.value, result.status in _LIMIT)
        for booking, result in zip(chain, results, strict=True)
        if result.status not in _DONE
    ]
    # The others of the chain failed because of the one that names its own reason.
    linked = ledger.CreateTransferStatus.LINKED_EVENT_FAILED.value
    causes = [refusal for refusal in refused if refusal.status != linked]
    return next(iter(causes or refused), [result.timestamp for result in results])


def _transfer(booking: Booking, *, linked: bool) -> ledger.Transfer:
    flags = _MODES[booking.mode] | (
        ledger.TransferFlags.LINKED if linked else ledger.TransferFlags.NONE
    )
    return ledger.Transfer(
        id=booking.id,
        debit_account_id=booking.debit.id,
        credit_account_id=booking.credit.id,
        amount=0 if booking.mode == "void" else booking.amount,
        ledger=booking.debit.ledger,
        code=booking.move,
        flags=flags,
        pending_id=booking.resolves or ledger.ZERO,
        why=booking.why,
        where_to=booking.where_to,
        triggered_by=booking.triggered_by,
    )


async def lines_of(
    session: AsyncSession, context: Context, campaign_id: UUID, book_of: int = MONEY_LEDGER
) -> list[ledger.TrialBalanceLine]:
    """Return the campaign's trial balance, one line a kind of account, from one snapshot."""
    wanted = ledger.TrialBalanceFilter(ledger=book_of, user_data_128=campaign_id)
    return await ledger.trial_balance(session, context, filter=wanted)


async def escrowed(session: AsyncSession, context: Context, campaign: Campaign) -> int:
    """Return the minor units held in escrow for the campaign's commitments."""
    lines = await lines_of(session, context, campaign.id)
    return sum(
        line.credits_posted - line.debits_posted - line.debits_pending
        for line in lines
        if line.code == Kind.COMMITMENT_ESCROW
    )


async def escrow_of(
    session: AsyncSession, context: Context, campaign: Campaign, commitments: Sequence[Commitment]
) -> list[int]:
    """Return the minor units in escrow for each locked commitment, 0 before its capture."""
    settings = await read_settings(session, context)
    chart = chart_of(campaign, settings.provider)
    found: list[int] = []
    for part in batched(commitments, ledger.BATCH_MAX):
        ids = [chart.commitment(Kind.COMMITMENT_ESCROW, campaign.id, each.id).id for each in part]
        left = await ledger.lookup_available(session, context, ids=ids)
        found += [each or 0 for each in left]
    return found


async def owed(session: AsyncSession, context: Context, account: Account) -> int:
    """Return the minor units owed on a debit-normal account, what is under way counted as paid."""
    [found] = await ledger.lookup_accounts(session, context, ids=[account.id])
    if found is None:
        return 0
    return found.debits_posted - found.credits_posted - found.credits_pending


async def held_for_campaign(session: AsyncSession, context: Context, campaign: Campaign) -> int:
    """Return the minor units still held for anybody; 0 when the campaign can end."""
    lines = await lines_of(session, context, campaign.id)
    return sum(
        line.credits_posted - line.debits_posted + line.credits_pending
        for line in lines
        if line.code in HELD_FOR_SOMEBODY
    )


async def units_committed(session: AsyncSession, context: Context, campaign: Campaign) -> int:
    """Return the units backed by escrowed money (those set aside for captures under way not)."""
    lines = await lines_of(session, context, campaign.id, UNITS_LEDGER)
    return sum(
        line.credits_posted - line.debits_posted
        for line in lines
        if line.code == Kind.COMMITMENT_UNITS
    )
