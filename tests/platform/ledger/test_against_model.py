"""Random batches: the ledger and a model of TigerBeetle must answer the same, item by item."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.ledger.interface import (
    AMOUNT_MAX,
    Transfer,
    lookup_accounts,
    lookup_transfers,
)
from tests.platform.ledger.books import EUR, Books, account, transfer
from tests.platform.ledger.model import Model

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
AMOUNTS = st.one_of(st.integers(0, 40), st.sampled_from([100, AMOUNT_MAX]))
PLAIN = st.sampled_from([0, 0, 0, 2, 2, 16, 32, 48, 18, 66, 130, 64])
RESOLVING = st.sampled_from([4, 4, 8, 8, 12, 6])
ACCOUNTS = 8

# What one item of a batch looks like, in figures that the machine turns into ids.
FRESH = st.fixed_dictionaries({
    "kind": st.just("fresh"), "flags": PLAIN, "debit": st.integers(0, ACCOUNTS),
    "credit": st.integers(0, ACCOUNTS), "amount": AMOUNTS, "timeout": st.sampled_from([0, 0, 0, 5]),
    "ledger": st.sampled_from([EUR] * 9 + [9]), "linked": st.booleans(),
})  # fmt: skip
ENDING = st.fixed_dictionaries({
    "kind": st.just("ending"), "flags": RESOLVING, "hold": st.integers(0, 200), "amount": AMOUNTS,
    "linked": st.booleans(), "named": st.booleans(), "code": st.sampled_from([0, 0, 1, 2]),
})  # fmt: skip
REPEAT = st.fixed_dictionaries({
    "kind": st.just("repeat"), "of": st.integers(0, 200),
    "change": st.sampled_from([
        {}, {}, {}, {"amount": 7}, {"code": 3}, {"flags": 0}, {"user_data_64": 8}, {"timeout": 9},
    ]),
})  # fmt: skip
BATCH = st.lists(st.one_of(FRESH, FRESH, ENDING, ENDING, REPEAT), min_size=1, max_size=7)


class LedgerAgainstModel(RuleBasedStateMachine):
    """Commands on a tenant of its own; `run` and `database` are set by the test."""

    run: Callable[[Any], Any]
    database: Database

    @initialize()
    def open_accounts(self) -> None:
        self.books = Books(self.database, system_context(new_id()))
        self.accounts = [
            account(flags=flags, ledger=ledger, currency=currency)
            for flags, ledger, currency in [
                (0, EUR, "EUR"), (0, EUR, "EUR"), (2, EUR, "EUR"), (2, EUR, "EUR"),
                (4, EUR, "EUR"), (8, EUR, "EUR"), (0, 9, "EUR"), (0, EUR, "USD"),
            ]
        ]  # fmt: skip
        assert set(self.run(self.books.open(*self.accounts))) == {"created"}
        self.model = Model(self.accounts)
        self.sent: list[Transfer] = []
        self.now = BEGIN
        self.last_time = 0

    @rule(figures=BATCH)
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

    @rule(seconds=st.sampled_from([1, 4, 5]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def expire(self) -> None:
        expected = self.model.expire(self.now)
        assert {each.id for each in self.run(self.books.expire(self.now))} == expected
        self.compare_balances()

    def item(self, figures: dict[str, Any], known: list[Transfer]) -> Transfer:
        if figures["kind"] == "repeat" and known:
            return replace(known[-1 - figures["of"] % len(known)], **figures["change"])
        if figures["kind"] == "ending":
            holds = [each for each in known if each.flags & 2] or known or [transfer()]
            hold = holds[-1 - figures["hold"] % len(holds)]
            named = {"debit_account_id": hold.debit_account_id} if figures["named"] else {}
            return transfer(
                pending_id=hold.id, amount=figures["amount"], code=figures["code"],
                flags=figures["flags"] | figures["linked"], **named,
            )  # fmt: skip
        ids = [each.id for each in self.accounts] + [new_id()]
        return transfer(
            ids[figures.get("debit", 0)], ids[figures.get("credit", 1)],
            amount=figures.get("amount", 1), ledger=figures.get("ledger", EUR),
            flags=figures.get("flags", 0) | figures.get("linked", 0),
            timeout=figures.get("timeout", 0),
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

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.run(self.compare_transfers())
            assert self.run(self.books.violations()) == []


def test_the_ledger_agrees_with_the_model(settings: Settings) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(settings))
        LedgerAgainstModel.run = staticmethod(runner.run)
        LedgerAgainstModel.database = database
        try:
            run_state_machine_as_test(LedgerAgainstModel, settings=BOUNDED)
        finally:
            runner.run(database.close())


BOUNDED = bounds(
    max_examples=40, stateful_step_count=15, deadline=None, database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
