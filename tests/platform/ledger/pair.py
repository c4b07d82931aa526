"""The ledger and the model side by side: every command goes to both, the answers must agree."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.ledger.interface import (
    AMOUNT_MAX,
    Transfer,
    lookup_accounts,
    lookup_transfers,
)
from tests.platform.ledger.books import EUR, Books, account, transfer
from tests.platform.ledger.model import Model

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)


class Pair:
    """A tenant of its own with eight accounts, two of them funded."""

    def __init__(self, run: Callable[[Any], Any], database: Database) -> None:
        self.run = run
        self.books = Books(database, system_context(new_id()))
        self.accounts = [
            account(flags=flags, ledger=ledger, currency=currency)
            for flags, ledger, currency in [
                (0, EUR, "EUR"), (0, EUR, "EUR"), (2, EUR, "EUR"), (2, EUR, "EUR"),
                (4, EUR, "EUR"), (8, EUR, "EUR"), (0, 9, "EUR"), (0, EUR, "USD"),
            ]
        ]  # fmt: skip
        assert set(self.run(self.books.open(*self.accounts))) == {"created"}
        self.model = Model(self.accounts)
        cover = [transfer(self.accounts[0].id, self.accounts[2].id, amount=60),
                 transfer(self.accounts[4].id, self.accounts[1].id, amount=60)]  # fmt: skip
        assert self.run(self.books.book(*cover)) == self.model.book(cover, BEGIN)
        self.sent: list[Transfer] = cover
        self.now = BEGIN
        self.last_time = 0

    def book(self, figures: list[dict[str, Any]]) -> None:
        batch: list[Transfer] = []
        for each in figures:
            batch.append(self.item(each, [*self.sent, *batch]))
        expected = self.model.book(batch, self.now)
        results = self.run(self.books.results(*batch, now=self.now))
        assert [str(result.status) for result in results] == expected
        self.sent += batch
        times = [result.timestamp for result in results if result.status == "created"]
        assert times == sorted(set(times))
        assert not times or times[0] > self.last_time
        self.last_time = max([self.last_time, *times])
        self.compare_balances()

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def expire(self) -> None:
        expected = self.model.expire(self.now)
        assert {each.id for each in self.run(self.books.expire(self.now))} == expected
        self.compare_balances()

    def item(self, figures: dict[str, Any], known: list[Transfer]) -> Transfer:
        if figures["kind"] == "repeat" and known:
            return replace(known[-1 - figures["of"] % len(known)], **figures["change"])
        if figures["kind"] == "ending":
            holds = [each for each in known if each.flags & 2] or known or [transfer()]
            return self.ending(figures, holds[-1 - figures["hold"] % len(holds)])
        ids = [*(each.id for each in self.accounts), new_id()]
        flags = figures.get("flags", 0)
        timeout = figures.get("timeout", 0) if flags & 2 or figures.get("stray") else 0
        return transfer(
            ids[figures.get("debit", 0)], ids[figures.get("credit", 1)], timeout=timeout,
            amount=figures.get("amount", 1), ledger=figures.get("ledger", EUR),
            flags=flags | figures.get("linked", 0),
        )  # fmt: skip

    def ending(self, figures: dict[str, Any], hold: Transfer) -> Transfer:
        everything = AMOUNT_MAX if figures["flags"] & 4 else 0
        named = {"debit_account_id": hold.debit_account_id} if figures["named"] else {}
        return transfer(
            pending_id=hold.id, flags=figures["flags"] | figures["linked"], code=figures["code"],
            amount=everything if figures["all"] else figures["amount"], **named,
        )  # fmt: skip

    def compare_balances(self) -> None:
        async def read() -> None:
            async with self.books.database.transaction(self.books.context) as session:
                ids = [each.id for each in self.accounts]
                for found in await lookup_accounts(session, self.books.context, ids=ids):
                    assert found is not None
                    known = self.model.state.balances[found.id]
                    figures = (
                        found.debits_pending, found.debits_posted,
                        found.credits_pending, found.credits_posted,
                    )  # fmt: skip
                    assert figures == known.figures()
                    assert bool(found.flags & 32) == known.closed

        self.run(read())

    async def compare_transfers(self) -> None:
        async with self.books.database.transaction(self.books.context) as session:
            ids = [each.id for each in self.sent]
            stored = await lookup_transfers(session, self.books.context, ids=ids)
        for key, found in zip(ids, stored, strict=True):
            known = self.model.state.transfers.get(key)
            assert (found is None) == (known is None)
            if found is not None and known is not None:
                assert (found.amount, found.flags) == (known.amount, known.flags)
                ended = self.model.state.ended.get(key, "pending" if known.flags & 2 else "none")
                assert found.pending_status == ended

    def finish(self) -> None:
        self.run(self.compare_transfers())
        assert self.run(self.books.violations()) == []
