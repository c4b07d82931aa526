"""Every public use case in any sequence, with the provider's answers in between: all 18 invariants.

After each step `metatron ledger check` looks at the books: 1 to 4, 10 and 15 are the ledger's own
rules, 5 to 9, 11, 12, 14, 17 and 18 those of the campaigns. The rules of the machine below add what
takes an act: 3 (a refused post changes no byte), 10 (the same id again), 13 (any permutation of the
messages, at the end) and 16 (the chain of events, sealed and verified at the end).
"""

import asyncio
import contextlib
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from metatron.apps.campaigns.money.accounts import MONEY_LEDGER
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.audit.interface import seal_tenant, verify_tenant
from metatron.platform.ledger import interface as ledger
from metatron.platform.ledger.checking import check_books
from metatron.platform.payments.providers import configure_from
from tests.apps.campaigns.people import CAPTURED, People
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_milestones import folder  # noqa: F401 - a fixture

EXAMPLES = int(os.environ.get("METATRON_STATE_MACHINE_EXAMPLES", "5"))
SHRINKING = [Phase.shrink] if "METATRON_STATE_MACHINE_EXAMPLES" in os.environ else []
"""Making a failure small takes minutes: on request."""
CHANCE = st.randoms(use_true_random=False)
OUTCOMES = ["confirmed"] * 8 + ["failed", "failed", "short", "unknown"]
_BYTES = text("""
select md5(string_agg(r, '' order by r)) from (
  select a::text r from ledger.account a where tenant_id = :tenant_id
  union all select t::text from ledger.transfer t where tenant_id = :tenant_id
  union all select e::text from ledger.entry e where tenant_id = :tenant_id) x
""")
_ANY_TRANSFER = text("""
select id from ledger.transfer where tenant_id = :tenant_id and flags = 0 and code <> 1
order by timestamp desc limit 1
""")
"""The newest, but what opens units: it comes out of an account without a limit."""


class EverybodyAtOnce(RuleBasedStateMachine):
    """`run`, `database` and `data_dir` are set by the test."""

    run: Callable[[Any], Any]
    database: Database
    data_dir: Path

    @initialize(chance=CHANCE)
    def begin(self, chance: random.Random) -> None:
        self.stage = Stage(self.database)
        self.people = People(self.stage, chance)
        self.references = 0
        self.run(self.people.open())

    def act(self, name: str, chance: random.Random) -> None:
        """Let somebody do something; people may be refused."""
        self.people.chance = chance
        with contextlib.suppress(DomainError):
            self.run(getattr(self.people, name)())

    @rule(chance=CHANCE, outcome=st.sampled_from(OUTCOMES))
    def provider_answers(self, chance: random.Random, outcome: Any) -> None:
        self.run(self.stage.settle())
        if self.stage.unsent:
            self.run(self.stage.answer(chance.choice(self.stage.unsent), outcome))

    @rule()
    def provider_answers_everything(self) -> None:
        self.run(self.stage.answer_all())

    @rule(chance=CHANCE)
    def message_comes_again(self, chance: random.Random) -> None:
        if self.stage.delivered:
            self.run(self.stage.deliver_again(chance.choice(self.stage.delivered)))

    @rule(hours=st.sampled_from([1, 20, 50, 170]))
    def time_passes(self, hours: int) -> None:
        self.run(self.stage.pass_time(hours=hours))

    @rule(
        chance=CHANCE,
        action=st.sampled_from(["refunded", "dispute_opened", "dispute_won", "dispute_lost",
                                "fee_charged"]),
    )  # fmt: skip
    def provider_tells(self, chance: random.Random, action: str) -> None:
        """Somebody acts at the provider's desk: a refund, a bank's dispute, a fee."""
        self.people.chance = chance
        found = self.run(self.people.commitment(*CAPTURED, "disputed"))
        if found is None:
            return
        self.references += 1
        is_fee = action == "fee_charged"
        amount = chance.choice([found.amount_minor, found.amount_minor // 3])
        name = self.references if is_fee else chance.randint(1, 2)
        self.run(
            self.stage.observe(
                action, found.id, 0 if is_fee else amount, fee_minor=17 if is_fee else 0,
                reference=f"{'dp' if action.startswith('dispute') else action}_{found.id}_{name}",
            )
        )  # fmt: skip

    @rule(chance=CHANCE)
    def a_refused_post_changes_no_byte(self, chance: random.Random) -> None:
        """Invariant 3: what would take a limited account below zero."""
        self.people.chance = chance
        known = self.newest_transfer()
        if known is not None:
            more = replace(known, id=new_id(), amount=2**62, timestamp=0)
            assert self.book(more) != [ledger.CreateTransferStatus.CREATED]

    @rule()
    def the_same_id_again_has_one_effect(self) -> None:
        """Invariant 10: the same body is the same transfer, another is refused; in one batch."""
        known = self.newest_transfer()
        if known is not None:
            known = replace(known, timestamp=0)
            other = replace(known, amount=known.amount + 1)
            status = ledger.CreateTransferStatus
            assert self.book(known, other) == [
                status.EXISTS, status.EXISTS_WITH_DIFFERENT_AMOUNT,
            ]  # fmt: skip

    def book(self, *made: ledger.Transfer) -> list[Any]:
        """Post transfers that must leave the books as they are; return what became of each."""

        async def post() -> list[Any]:
            context = system_context(self.stage.tenant_id)
            before = await self.row(_BYTES)
            async with self.database.transaction(context) as session:
                results = await ledger.create_transfers(session, context, transfers=list(made))
            assert await self.row(_BYTES) == before
            return [each.status for each in results]

        return list(self.run(post()))

    def newest_transfer(self) -> ledger.Transfer | None:
        """Return the newest transfer that was posted at once."""

        async def look() -> ledger.Transfer | None:
            context = system_context(self.stage.tenant_id)
            found = await self.row(_ANY_TRANSFER)
            if found is None:
                return None
            async with self.database.transaction(context) as session:
                [known] = await ledger.lookup_transfers(session, context, ids=[found["id"]])
                return known

        result: ledger.Transfer | None = self.run(look())
        return result

    async def row(self, statement: Any) -> Any:
        async with self.database.transaction(system_context(self.stage.tenant_id)) as session:
            key = {"tenant_id": self.stage.tenant_id}
            return (await session.execute(statement, key)).mappings().first()

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "stage"):
            assert self.run(check_books(self.database, self.stage.tenant_id)) == []

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        self.run(self.end())

    async def end(self) -> None:
        """Invariants 13 and 16, and that a world in which everything is answered stays sound."""
        await self.stage.answer_all()
        before = await self.balances()
        again = list(self.stage.delivered)
        random.Random(len(again)).shuffle(again)
        for row in again:
            await self.stage.deliver_again(row)
        assert await self.balances() == before
        await seal_tenant(self.database.system, self.stage.tenant_id)
        report = await verify_tenant(
            self.database.system, self.stage.tenant_id, data_dir=self.data_dir
        )
        assert report.findings == [], report

    async def balances(self) -> list[Any]:
        context = system_context(self.stage.tenant_id)
        async with self.database.transaction(context) as session:
            wanted = ledger.TrialBalanceFilter(ledger=MONEY_LEDGER)
            return list(await ledger.trial_balance(session, context, filter=wanted))


def _rule_of(name: str) -> Any:
    def act(self: EverybodyAtOnce, chance: random.Random) -> None:
        self.act(name, chance)

    act.__name__ = name
    return rule(chance=CHANCE)(act)


NAMES = [act.__name__ for act in People(None, random.Random(0)).acts()]  # type: ignore[arg-type]
for _name in NAMES:
    if _name != "charge":  # a fee the provider never told of is a difference to its statement
        setattr(EverybodyAtOnce, f"somebody_{_name}", _rule_of(_name))
BOUNDED = bounds(
    max_examples=EXAMPLES, stateful_step_count=30, deadline=None, database=None,
    phases=(Phase.generate, *SHRINKING),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture
def own_database(runner: asyncio.Runner, settings: Settings) -> Iterator[Database]:
    opened = runner.run(Database.open(settings))
    yield opened
    runner.run(opened.close())


def test_every_invariant_holds_after_every_act(
    runner: asyncio.Runner, own_database: Database, settings: Settings
) -> None:
    configure_from(settings)
    EverybodyAtOnce.run = staticmethod(runner.run)
    EverybodyAtOnce.database, EverybodyAtOnce.data_dir = own_database, settings.data_dir
    run_state_machine_as_test(EverybodyAtOnce, settings=BOUNDED)
