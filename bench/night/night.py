"""One night: start, load, faults, rest, verdict."""

import asyncio
import contextlib
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.night.amazon import Amazon
from bench.night.book import Book
from bench.night.disk import small_disk
from bench.night.drawing import draw, together
from bench.night.faults import FAULTS, Fault, Scene, Struck
from bench.night.judging import Verdict, judge
from bench.night.load import Load
from bench.night.organisations import Organisation, Registry, registry
from bench.night.postbox import Postbox
from bench.night.pulse import LONGEST_SECONDS, Instant, Pulse
from bench.night.settling import settled
from bench.night.stand import Stand, standing
from bench.night.streams import Outsider, compare

STRIKE_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a night is. `minutes` ends it even if not all faults have struck."""

    seed: int
    faults: int = 200
    minutes: float = 30.0
    organisations: int = 2
    members: int = 6
    per_second: float = 3.0
    amazon: bool = True
    pause_seconds: float = 0.8
    """Mean time between a recovery and the next fault."""
    brief: bool = False
    """Leave out faults that take long to come back from."""
    only: str = ""
    """How the names of the faults that may strike begin."""


@dataclass(slots=True)
class Night:
    """All there is to tell."""

    plan: Plan
    book: Book
    struck: list[Struck] = field(default_factory=list)
    impossible: dict[str, str] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)
    seasons: int = 0
    seconds: float = 0.0

    @property
    def findings(self) -> list[str]:
        """Return all that must not be."""
        verdict = self.verdict
        return [
            *self.book.findings,
            *(f"lost: {each}" for each in verdict.lost),
            *(f"doubled: {each}" for each in verdict.doubled),
            *(f"broken: {each}" for each in verdict.broken),
            *(f"not recovered within {LONGEST_SECONDS:.0f} s: {each.number} {each.name}"
              for each in self.struck if each.recovered_seconds is None),
        ]  # fmt: skip


async def spend(plan: Plan) -> Night:
    """Spend a night; everything is removed at its end."""
    night = Night(plan, Book())
    chance = random.Random(f"night {plan.seed}")
    task = asyncio.current_task()
    assert task is not None
    # Whoever is told to end ends what runs here as well.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with small_disk() as disk:
        async with standing(disk) as stand, registry(stand, night.book, chance) as people:
            say(f"ready at {stand.base_url}; seed {plan.seed}")
            await _spend(night, stand, people, chance)
    return night


async def _spend(night: Night, stand: Stand, people: Registry, chance: random.Random) -> None:
    plan, book = night.plan, night.book
    small = await people.organisation("small", members=0)
    busy = await people.organisation("busy", members=plan.members)
    others = [
        await people.organisation(f"season-{number}", members=plan.members)
        for number in range(plan.organisations)
    ]
    amazon = None
    if plan.amazon:
        # Not one that plays seasons: a year later AMC keeps nothing of what it asks about.
        brand = await people.organisation("brand", members=0)
        amazon = Amazon(book, brand, chance, every_seconds=8.0)
    load = Load(book, plan.seed, busy, others, amazon, plan.per_second)
    if amazon is not None:
        await amazon.connect()
    await load.prepare()
    book.begun = time.monotonic()
    pulse = Pulse(stand, small, busy.tenant_id)
    postbox = Postbox(stand.disk.data / "mailbox")
    outsider = Outsider(stand.environment.get("METATRON_REDIS_URL", ""))
    async with _beside(postbox.watch()), outsider.listening():
        async with _beside(pulse.beat()):
            going_on = asyncio.create_task(load.go_on())
            await asyncio.sleep(2.0)
            await strike_all(night, Scene(stand, load), pulse)
            say("no more faults; everybody comes to an end")
            load.closing.set()
            await going_on
            await load.end()
        night.seasons = load.seasons_played
        tenants: list[Organisation] = [small, busy, *others]
        tenants += [amazon.organisation] if amazon else []
        await _conclude(night, stand, postbox, [each.tenant_id for each in tenants])
        if stand.redis is not None:
            night.verdict.carried(await compare(stand, outsider))
    night.seconds = book.seconds()


async def strike_all(night: Night, scene: Scene, pulse: Pulse) -> None:
    """Let the faults strike, each after the one before was recovered from."""
    plan = night.plan
    reasons = {fault.name: fault.is_possible(scene) for fault in FAULTS}
    night.impossible = {name: reason for name, reason in reasons.items() if reason}
    possible = [
        fault
        for fault in FAULTS
        if not reasons[fault.name]
        and (fault.is_brief or not plan.brief)
        and fault.name.startswith(plan.only)
    ]
    ends = time.monotonic() + plan.minutes * 60
    chance = random.Random(f"pauses {plan.seed}")
    for group in together(draw(possible, plan.seed, plan.faults), plan.seed):
        if time.monotonic() > ends:
            say(f"{plan.minutes} minutes are over")
            return
        await asyncio.sleep(chance.uniform(0, 2 * plan.pause_seconds))
        told = await asyncio.gather(
            *(_strike(night, scene, pulse, number, fault) for number, fault in group)
        )
        night.struck += told


async def _strike(night: Night, scene: Scene, pulse: Pulse, number: int, fault: Fault) -> Struck:
    began, begun = night.book.seconds(), Instant()
    seed = f"{night.plan.seed}.{number}"
    try:
        async with asyncio.timeout(STRIKE_SECONDS):
            detail = await fault.strike(scene, random.Random(seed))
    except (OSError, TimeoutError, ProcessLookupError) as error:
        detail = f"did not strike: {error!r}"
    over = Instant()
    back = await pulse.recovered(over)
    struck = Struck(
        number, seed, begun, began, fault.name, detail, over.monotonic - begun.monotonic,
        back.seconds, back.parts, back.words,
    )  # fmt: skip
    say("\n      ".join([shown(struck), *back.words]))
    return struck


def shown(struck: Struck) -> str:
    """Return the line of a fault."""
    instant = time.strftime("%H:%M:%S", time.gmtime(struck.at.wall))
    took = struck.recovered_seconds
    return (
        f"{struck.number:>4}  {struck.seed:<12} {instant}  {struck.began_seconds:7.1f} s"
        f"  {struck.name:<38} {struck.detail:<44}"
        f" lasted {struck.lasted_seconds:5.1f} s  "
        + ("NOT RECOVERED" if took is None else f"recovered in {took:5.1f} s")
        + f" ({', '.join(f'{part} {seconds:.1f}' for part, seconds in struck.parts.items())})"
    )


async def _conclude(night: Night, stand: Stand, postbox: Postbox, tenants: list[UUID]) -> None:
    left = await settled(stand, list(tenants))
    if left:
        night.book.finds(f"never done: {left}")
    # What was booked last is sealed a second later.
    await asyncio.sleep(3.0)
    postbox.look()
    night.verdict = await judge(stand, night.book, postbox, tenants)


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let something go on meanwhile; what stops it is raised at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        [ended] = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended


def say(what: str) -> None:
    """Say how far it is."""
    print(what, file=sys.stderr, flush=True)
