"""Whole campaigns against the faulty provider, with crashes between any two steps, from a seed.

Time is virtual: the organisation's clock and the provider's are held, and set ahead together. Every
choice comes from the seed, which is printed and stands in the assertion's message; the run of a
seed is the same wherever it is repeated, which its trace's digest tells:

    METATRON_SIMULATION_SEED=17 METATRON_SIMULATION_STEPS=10000 bin/test tests/simulation

A run is made of worlds of their own, each of a few hundred steps that end with all campaigns ended,
every invariant holding and the provider's books equal to ours. Each world is a test, so that they
run beside one another and one that fails keeps none from running. One world alone is repeated with
METATRON_SIMULATION_STEPS=300 and its own seed. What is left to the machine is named in README.md.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import httpx
import pytest

from metatron.apps.campaigns.delivery import shares
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.gathering import funding
from metatron.apps.campaigns.money import bulk_ranges, refunding, release
from metatron.apps.campaigns.supply import allocation
from metatron.apps.campaigns.tables import Issue
from metatron.kernel.database.creation import drop_database
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.files import site as files_site
from metatron.platform.ledger.checking import check_books
from tests.apps.campaigns.people import Act, People
from tests.conftest import _clone, settings_for
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import connected, serving
from tests.simulation import judging
from tests.simulation.campaign_world import World
from tests.simulation.desk import Desk
from tests.simulation.fuse import Crashed, Fuse
from tests.simulation.held_clock import drawn_from, hold_clock
from tests.simulation.wire import Wire

STEPS = int(os.environ.get("METATRON_SIMULATION_STEPS", "300"))
IS_LONG = "METATRON_SIMULATION_STEPS" in os.environ
DRAWN = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID")).randrange(10**9)
"""The same for all workers of a run."""
SEED = int(os.environ.get("METATRON_SIMULATION_SEED", DRAWN if IS_LONG else 5))
"""The long run draws its seed, the one in the suite begins alike each time."""
STEPS_OF_A_WORLD = 300
STEPS_OF_A_REPEAT = 60
LINES_TOLD = 15
IN_BATCHES = (allocation, bulk_ranges, funding, refunding, release, shares)
"""What goes through very many commitments some at a time: here by twos."""
TRACE = os.environ.get("METATRON_SIMULATION_TRACE", "")
CHECKED_EVERY = 25
GIVES_UP = 3.0
"""Seconds until a call counts as unanswered: far more than an answer needs, and less than the
scripted silence."""
WORLDS = max(1, STEPS // STEPS_OF_A_WORLD)


class Simulation:
    """One world and everybody in it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, world.chance
        self.people = People(world, self.chance)
        self.desk = Desk(world, self.people, seed=seed)
        self.counted: Counter[str] = Counter()
        self.peoples = self.people.acts()
        # A fee that the provider never charged would be a difference to its books.
        del self.peoples[self.people.charge]
        self.machinery: dict[Act, int] = {
            self.relay: 40, world.work: 110, self.listen: 14, self.hear: 40, self.wait: 6,
            world.sweep: 3,
        }  # fmt: skip

    async def relay(self) -> None:
        moved = await self.world.relay_due(dies=self.chance.random() < 0.05)
        self.world.note(f"moved {moved}")

    async def listen(self) -> None:
        self.world.note(f"heard of {await self.world.wire.listen()}")

    async def hear(self) -> None:
        await self.world.wire.deliver()

    async def wait(self) -> None:
        await self.world.pass_time(hours=self.chance.choice([1, 1, 6, 30]))

    async def step(self) -> None:
        await self.world.tick()
        table = self.peoples | self.desk.acts() | self.machinery
        act = self.chance.choices(list(table), weights=list(table.values()))[0]
        self.counted[act.__name__] += 1
        self.world.note(act.__name__)
        if act not in self.peoples:
            await act()
            return
        try:
            if self.chance.random() < 0.05:
                with self.world.fuse.lit(self.chance.randrange(20), "dies"):
                    await act()
            else:
                await act()
        except DomainError as refusal:
            self.world.note(type(refusal).__name__)
            self.counted["refused"] += 1
        except Crashed:
            self.counted["crashed"] += 1


FEES = {
    "capture": {"fixed_minor": 3, "rate_bp": 90},
    "refund": {"fixed_minor": 0, "rate_bp": 20},
    "payout": {"fixed_minor": 11, "rate_bp": 0},
}


@asynccontextmanager
async def a_database(
    server: EmbeddedPostgres, template: str, folder: Path
) -> AsyncIterator[Settings]:
    """Give a database with a held clock, which is gone afterwards."""
    await asyncio.to_thread(folder.mkdir)
    name = await _clone(server, template)
    settings = settings_for(server, name, folder)
    try:
        await hold_clock(settings)
        yield settings
    finally:
        connection = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
        await drop_database(connection, name)
        await connection.close()


@asynccontextmanager
async def a_world(
    server: EmbeddedPostgres, template: str, folder: Path, seed: int
) -> AsyncIterator[World]:
    """Give a world with a database and a provider of its own, all of which end with it."""
    chance, fuse = random.Random(seed), Fuse()
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(a_database(server, template, folder))
        database = await Database.open(settings)
        stack.push_async_callback(database.close)
        stack.callback(setattr, files_site, "_site", files_site._site)
        files_site.prepare(SimpleNamespace(settings=settings))
        provider = ProviderProcess(
            folder / "data", "--seed", str(seed), "--settlement-seconds", "7200",
            "--webhook-retry-seconds", "0.1",
        )  # fmt: skip
        provider.start()
        stack.callback(provider.stop)
        provider.call("POST", "/control/fees", FEES)
        adapter = await stack.enter_async_context(connected(provider, timeout_seconds=GIVES_UP))
        door = await stack.enter_async_context(serving(database, settings))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        wire = Wire(provider, door, chance, http)
        stack.callback(wire.close)
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        for module in IN_BATCHES:
            patched.setattr(module, "AT_ONCE", 2)
        stack.enter_context(drawn_from(seed))
        stack.enter_context(fuse.laid())
        yield World(database, provider, adapter, wire, chance, fuse)


async def simulate(world: World, seed: int, steps: int) -> Counter[str]:
    """Run one world to its end and judge it; returns what happened, and how often."""
    simulation = Simulation(world, seed)
    simulation.desk.script()
    await simulation.people.pay_bond(20_000)
    for number in range(steps):
        await simulation.step()
        if number % CHECKED_EVERY == 0:
            assert await check_books(world.database, world.tenant_id) == [], number
    await judging.end(simulation.people, simulation.desk)
    await judging.judge(world, simulation.people)
    simulation.counted += Counter(
        crashes=world.crashes, handled=world.done, kills=simulation.desk.kills,
        campaigns=len(simulation.people.campaigns),
        shares=len(await simulation.people.all_of(Milestone, Milestone.released_minor > 0)),
        splits=len(await simulation.people.all_of(Issue, Issue.outcome == "split")),
    )  # fmt: skip
    return simulation.counted


async def told(world: World, seed: int) -> Counter[str]:
    """Run one world; say what its trace was, however it ends."""
    try:
        return await simulate(world, seed, min(STEPS, STEPS_OF_A_WORLD))
    except BaseException as error:
        error.add_note("\n".join(world.trace[-LINES_TOLD:]))
        raise
    finally:
        print(f"seed {seed}: {len(world.trace)} lines, digest {world.digest()}")
        write_trace(seed, world.trace)


def write_trace(seed: int, lines: list[str]) -> None:
    """Append a world's trace to the file that was named for it."""
    if TRACE:
        with Path(TRACE).open("a", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in [f"seed {seed}", *lines])


@pytest.mark.parametrize("number", range(WORLDS))
async def test_campaigns_end_exactly_as_explained_whatever_fails(
    server: EmbeddedPostgres, template: str, tmp_path: Path, number: int
) -> None:
    seed = SEED + number
    again = f"METATRON_SIMULATION_SEED={seed} METATRON_SIMULATION_STEPS={STEPS_OF_A_WORLD}"
    print(again)
    try:
        async with a_world(server, template, tmp_path / "world", seed) as world:
            print(dict(await told(world, seed)))
    except BaseException as error:
        error.add_note(again)
        raise


async def test_a_seed_repeats_itself(
    server: EmbeddedPostgres, template: str, tmp_path: Path
) -> None:
    traces = []
    for run in ("first", "second"):
        async with a_world(server, template, tmp_path / run, SEED) as world:
            simulation = Simulation(world, SEED)
            simulation.desk.script()
            for _ in range(STEPS_OF_A_REPEAT):
                await simulation.step()
            held = await judging.at_the_provider(world)
            traces.append([*world.trace, str(held), world.now.isoformat()])
    assert traces[0] == traces[1]
