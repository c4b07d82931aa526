"""Random batches: the ledger and a model of TigerBeetle must answer the same, item by item."""

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.ledger.interface import AMOUNT_MAX
from tests.platform.ledger.books import EUR
from tests.platform.ledger.pair import Pair

AMOUNTS = st.one_of(st.integers(0, 40), st.integers(0, 40), st.sampled_from([100, AMOUNT_MAX]))
# Weighted by repetition: most items are sound, so that there is something to go wrong later.
PLAIN = st.sampled_from([0] * 6 + [2] * 8 + [16, 32, 48, 18, 34] * 2 + [66, 130, 194, 64])
RESOLVING = st.sampled_from([4] * 6 + [8] * 6 + [12, 6])
SIDE = st.sampled_from([0, 1, 2, 3, 4, 5] * 6 + [6, 7, 8])
RARELY = st.sampled_from([0] * 5 + [1])

# What one item of a batch looks like, in figures that the machine turns into ids.
FRESH = st.fixed_dictionaries({
    "kind": st.just("fresh"), "flags": PLAIN, "debit": SIDE, "credit": SIDE, "amount": AMOUNTS,
    "timeout": st.sampled_from([0] * 3 + [5]), "stray": RARELY, "linked": RARELY,
    "ledger": st.sampled_from([EUR] * 15 + [9]),
})  # fmt: skip
ENDING = st.fixed_dictionaries({
    "kind": st.just("ending"), "flags": RESOLVING, "hold": st.integers(0, 200), "amount": AMOUNTS,
    "all": st.booleans(), "linked": RARELY, "named": st.booleans(),
    "code": st.sampled_from([0] * 6 + [1, 2]),
})  # fmt: skip
REPEAT = st.fixed_dictionaries({
    "kind": st.just("repeat"), "of": st.integers(0, 200),
    "change": st.sampled_from([
        {}, {}, {}, {"amount": 7}, {"code": 3}, {"flags": 0}, {"user_data_64": 8}, {"timeout": 9},
    ]),
})  # fmt: skip
BATCH = st.lists(st.one_of(FRESH, FRESH, FRESH, ENDING, ENDING, REPEAT), min_size=1, max_size=7)


class LedgerAgainstModel(RuleBasedStateMachine):
    """`run` and `database` are set by the test."""

    run: Callable[[Any], Any]
    database: Database

    @initialize()
    def open_accounts(self) -> None:
        self.pair = Pair(self.run, self.database)

    @rule(figures=BATCH)
    def book(self, figures: list[dict[str, Any]]) -> None:
        self.pair.book(figures)

    @rule(seconds=st.sampled_from([1, 4, 5]))
    def wait(self, seconds: int) -> None:
        self.pair.wait(seconds)

    @rule()
    def expire(self) -> None:
        self.pair.expire()

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            self.pair.finish()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture
def own_database(runner: asyncio.Runner, settings: Settings) -> Iterator[Database]:
    opened = runner.run(Database.open(settings))
    yield opened
    runner.run(opened.close())


def test_the_ledger_agrees_with_the_model(runner: asyncio.Runner, own_database: Database) -> None:
    LedgerAgainstModel.run = staticmethod(runner.run)
    LedgerAgainstModel.database = own_database
    run_state_machine_as_test(LedgerAgainstModel, settings=BOUNDED)


def test_a_long_run_agrees_with_the_model(runner: asyncio.Runner, own_database: Database) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(8):
        pair = Pair(runner.run, own_database)
        for _ in range(100):
            step = chance.random()
            if step < 0.1:
                pair.wait(chance.choice([1, 4, 5]))
            elif step < 0.15:
                pair.expire()
            else:
                pair.book([random_figures(chance) for _ in range(chance.randint(1, 8))])
        pair.finish()
        assert pair.sent, "no transfer was compared"


def random_figures(chance: random.Random) -> dict[str, Any]:
    """The same shapes as above, without Hypothesis's liking for small examples."""
    kind = chance.choice(["fresh", "fresh", "fresh", "ending", "ending", "repeat"])
    rarely = chance.random() < 0.2
    if kind == "repeat":
        changes = [{}, {}, {}, {"amount": 7}, {"code": 3}, {"flags": 0}, {"timeout": 9}]
        return {"kind": kind, "of": chance.randrange(40), "change": chance.choice(changes)}
    amount = chance.choice([chance.randint(0, 40)] * 9 + [AMOUNT_MAX])
    common = {"kind": kind, "amount": amount, "linked": int(rarely)}
    if kind == "ending":
        return common | {
            "flags": chance.choice([4] * 6 + [8] * 6 + [12, 6]), "hold": chance.randrange(30),
            "all": chance.random() < 0.5, "named": chance.random() < 0.5,
            "code": chance.choice([0] * 6 + [1, 2]),
        }  # fmt: skip
    return common | {
        "flags": chance.choice([0] * 6 + [2] * 10 + [16, 32, 48, 18, 34] * 2 + [66, 130, 194, 64]),
        "debit": chance.choice([*range(6)] * 6 + [6, 7, 8]), "stray": chance.random() < 0.05,
        "credit": chance.choice([*range(6)] * 6 + [6, 7, 8]),
        "timeout": chance.choice([0, 0, 0, 5]), "ledger": chance.choice([EUR] * 30 + [9]),
    }  # fmt: skip


BOUNDED = bounds(
    max_examples=100, stateful_step_count=20, deadline=None, database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
