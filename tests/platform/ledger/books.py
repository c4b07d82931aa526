"""A ledger to try things on: short words for accounts and transfers of one tenant."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    Account,
    AccountFlags,
    CreateTransferResult,
    Transfer,
    TransferFlags,
    Violation,
    create_accounts,
    create_transfers,
    expire_pending,
    lookup_accounts,
    run_checks,
)

EUR = 978


def account(**given: Any) -> Account:
    return Account(**{"id": new_id(), "ledger": EUR, "code": 10, "currency": "EUR", **given})


def transfer(debit: UUID | None = None, credit: UUID | None = None, **given: Any) -> Transfer:
    words = {
        "why": "Release the share of milestone 1",
        "where_to": "Payable of the campaign",
        "triggered_by": "Two finance administrators approved",
    }
    sides = {}
    if debit is not None:
        sides = {"debit_account_id": debit, "ledger": EUR, "code": 1}
    if credit is not None:
        sides["credit_account_id"] = credit
    return Transfer(**{"id": new_id(), "amount": 100, **words, **sides, **given})


def post(hold: Transfer, amount: int, **given: Any) -> Transfer:
    flags = TransferFlags.POST_PENDING_TRANSFER
    return transfer(pending_id=hold.id, amount=amount, **{"flags": flags, **given})


def void(hold: Transfer, **given: Any) -> Transfer:
    flags = TransferFlags.VOID_PENDING_TRANSFER
    return transfer(pending_id=hold.id, **{"amount": 0, "flags": flags, **given})


class Books:
    """One tenant's ledger; every call commits."""

    def __init__(self, database: Database, context: Context) -> None:
        self.database = database
        self.context = context

    async def open(self, *accounts: Account) -> list[str]:
        async with self.database.transaction(self.context) as session:
            results = await create_accounts(session, self.context, accounts=accounts)
        return [str(result.status) for result in results]

    async def opened(self, flags: int = 0, **given: Any) -> UUID:
        fresh = account(flags=flags, **given)
        assert await self.open(fresh) == ["created"]
        return fresh.id

    async def funded(
        self, amount: int, flags: int = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    ) -> UUID:
        """An account that holds `amount` on its credit side."""
        source, target = await self.opened(), await self.opened(flags)
        assert await self.book(transfer(source, target, amount=amount)) == ["created"]
        return target

    async def results(self, *transfers: Transfer, **given: Any) -> list[CreateTransferResult]:
        async with self.database.transaction(self.context) as session:
            return await create_transfers(session, self.context, transfers=transfers, **given)

    async def book(self, *transfers: Transfer, **given: Any) -> list[str]:
        return [str(result.status) for result in await self.results(*transfers, **given)]

    async def balance(self, account_id: UUID) -> tuple[int, int, int, int]:
        async with self.database.transaction(self.context) as session:
            [found] = await lookup_accounts(session, self.context, ids=[account_id])
        assert found is not None
        return (
            found.debits_pending,
            found.debits_posted,
            found.credits_pending,
            found.credits_posted,
        )

    async def expire(self, now: Any, **given: Any) -> list[Transfer]:
        async with self.database.transaction(self.context) as session:
            return await expire_pending(session, self.context, now=now, **given)

    async def violations(self) -> list[Violation]:
        async with self.database.transaction(self.context) as session:
            return await run_checks(session)


def linked(*transfers: Transfer) -> list[Transfer]:
    """A chain: all but the last carry the flag."""
    head = [replace(each, flags=each.flags | TransferFlags.LINKED) for each in transfers[:-1]]
    return [*head, transfers[-1]]
