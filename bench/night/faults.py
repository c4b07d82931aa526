"""What strikes. Each fault ends itself: after `strike` the suite has to recover on its own."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.night import providers, redis_server
from bench.night.clocks import PROCESSES, STEPS, step
from bench.night.load import Load
from bench.night.pulse import Instant
from bench.night.stand import Stand
from bench.night.wire import Wire


@dataclass(frozen=True, slots=True)
class Scene:
    """Where faults strike."""

    stand: Stand
    load: Load


Strike = Callable[[Scene, random.Random], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: `strike` tells in some words what it did."""

    name: str
    strike: Strike
    weight: int = 2
    is_possible: Callable[[Scene], str] = lambda _: ""
    """Return why it cannot strike here, nothing if it can."""
    is_brief: bool = True
    """False for what takes long to come back from, which a short run leaves out."""


def kill(kind: str) -> Strike:
    """Return what kills one process of a kind: no word to it, no time to end anything."""

    async def strike(scene: Scene, chance: random.Random) -> str:
        pids = scene.stand.pids(kind)
        if not pids:
            return "none was running"
        chosen = chance.choice(pids)
        with contextlib.suppress(ProcessLookupError):
            os.kill(chosen, signal.SIGKILL)
        return f"one of {len(pids)}"

    return strike


def tell(kind: str, number: signal.Signals) -> Strike:
    """Return what sends a signal to a process of a kind."""

    async def strike(scene: Scene, _: random.Random) -> str:
        pids = scene.stand.pids(kind)
        for pid in pids[:1]:
            os.kill(pid, number)
        return number.name if pids else "none was running"

    return strike


def freeze(kind: str, longest: float) -> Strike:
    """Return what lets a process stand still: others take it for dead, then it goes on."""

    async def strike(scene: Scene, chance: random.Random) -> str:
        pids = scene.stand.pids(kind)
        if not pids:
            return "none was running"
        chosen, seconds = chance.choice(pids), chance.uniform(1.0, longest)
        with contextlib.suppress(ProcessLookupError):
            os.kill(chosen, signal.SIGSTOP)
            await asyncio.sleep(seconds)
            os.kill(chosen, signal.SIGCONT)
        return f"{seconds:.1f} s"

    return strike


async def kill_everything(scene: Scene, _: random.Random) -> str:
    """Kill `metatron up` and start it again, as a service manager would."""
    up = scene.stand.up
    assert up is not None
    up.kill()
    await asyncio.to_thread(up.wait)
    tries = await scene.stand.start()
    return f"started again at try {tries}"


async def fill_disk(scene: Scene, chance: random.Random) -> str:
    """Leave no byte free for some seconds."""
    seconds = chance.uniform(1.0, 4.0)
    taken = await asyncio.to_thread(scene.stand.disk.fill)
    try:
        await asyncio.sleep(seconds)
    finally:
        scene.stand.disk.empty()
    return f"{taken >> 20} MB taken for {seconds:.1f} s"


async def step_clock(scene: Scene, chance: random.Random) -> str:
    """Let clocks of organisations jump forward, while members commit and Amazon is asked."""
    told = []
    amazon = scene.load.amazon
    for stepped in (scene.load.busy, *([amazon.organisation] if amazon else [])):
        seconds = chance.randint(1, 3_600)
        await stepped.advance(scene.load.book, seconds)
        told.append(f"{seconds} s, of {stepped.slug}")
    return "; ".join(told)


def over(name: str, act: Callable[[Wire, random.Random], Awaitable[str]]) -> Strike:
    """Return a fault of the wire in front of a part."""

    async def strike(scene: Scene, chance: random.Random) -> str:
        wire = scene.stand.wires[name]
        try:
            return await act(wire, chance)
        finally:
            wire.heal()

    return strike


async def cut(wire: Wire, _: random.Random) -> str:
    """End all connections at once."""
    return f"{wire.cut()} connections"


async def slow(wire: Wire, chance: random.Random) -> str:
    """Let everything take longer."""
    wire.delay_seconds = chance.uniform(0.02, 0.4)
    seconds = chance.uniform(1.0, 3.0)
    await asyncio.sleep(seconds)
    return f"{wire.delay_seconds * 1e3:.0f} ms each way for {seconds:.1f} s"


async def stall(wire: Wire, chance: random.Random) -> str:
    """Let nothing through; no connection ends."""
    seconds = chance.uniform(0.5, 5.0)
    wire.stall()
    await asyncio.sleep(seconds)
    return f"{seconds:.1f} s"


async def gone(wire: Wire, chance: random.Random) -> str:
    """End all connections and take no new ones for a while."""
    seconds = chance.uniform(0.5, 4.0)
    wire.is_gone = True
    count = wire.cut()
    await asyncio.sleep(seconds)
    return f"{count} connections, {seconds:.1f} s"


async def lose_answers(wire: Wire, chance: random.Random) -> str:
    """Let what is asked through and nothing that is answered; then end the connections."""
    seconds = chance.uniform(0.2, 1.5)
    wire.loses_answers = True
    await asyncio.sleep(seconds)
    return f"{wire.cut()} connections after {seconds:.1f} s"


async def halve(wire: Wire, chance: random.Random) -> str:
    """Cut off messages in the middle, and their connections with them."""
    wire.halves = wanted = chance.randint(1, 6)
    await asyncio.sleep(1.0)
    return f"{wanted - wire.halves} messages"


def _needs_small_disk(scene: Scene) -> str:
    return "" if scene.stand.disk.is_small else "not root: the data folder has no disk of its own"


def _needs_redis(scene: Scene) -> str:
    return "" if scene.stand.redis is not None else "redis-server is not installed"


def _needs_clocks(scene: Scene) -> str:
    return scene.stand.clocks.missing


def _needs_amazon(scene: Scene) -> str:
    return "" if scene.load.amazon is not None else "nothing is connected to the local Amazon"


_WIRES: tuple[tuple[str, Callable[[Wire, random.Random], Awaitable[str]]], ...] = (
    ("cut", cut), ("slow", slow), ("stalled", stall), ("gone", gone),
    ("answers lost", lose_answers), ("cut in halves", halve),
)  # fmt: skip
_KILLED = {
    "web worker": 4, "web": 3, "worker": 5, "postgres": 4, "payments": 3, "mailbox": 3,
    "archiver": 2,
}  # fmt: skip
_BACKENDS = ("metatron_app", "metatron_system", "checkpointer", "walsender")

FAULTS: tuple[Fault, ...] = (
    *(Fault(f"kill -9 {kind}", kill(kind), weight) for kind, weight in _KILLED.items()),
    *(Fault(f"kill -9 backend of {title}", kill(f"backend {title}")) for title in _BACKENDS),
    Fault("kill -9 amazon", kill("amazon"), is_possible=_needs_amazon),
    Fault("kill -9 metatron up, started again", kill_everything, 1, is_brief=False),
    Fault("database restart, fast", tell("postgres", signal.SIGINT), 3),
    Fault("database restart, immediate", tell("postgres", signal.SIGQUIT), 3),
    Fault("frozen worker", freeze("worker", 8.0), 3, is_brief=False),
    Fault("frozen web worker", freeze("web worker", 4.0)),
    Fault("frozen payments", freeze("payments", 4.0)),
    Fault("frozen postgres backend", freeze("backend metatron_app", 3.0)),
    Fault("kill -9 redis, back at once", redis_server.lose(seconds=0), 2, _needs_redis),
    Fault("kill -9 redis, back empty", redis_server.lose(seconds=3, forget=True), 2, _needs_redis),
    Fault("redis lost for a minute", redis_server.lose(seconds=redis_server.LOST_SECONDS), 0,
          _needs_redis, is_brief=False),
    Fault("redis hangs", redis_server.hang(6.0), 2, _needs_redis),
    Fault("redis flushed", redis_server.flush, 2, _needs_redis),
    *(Fault(f"clock of {kind}: {way}", step(kind, way), 1, _needs_clocks)
      for kind in PROCESSES for way in STEPS),
    Fault("disk full", fill_disk, 3, _needs_small_disk),
    Fault("clock of an organisation", step_clock),
    Fault("clock of the provider", providers.step_provider_clock),
    *(Fault(f"network to database: {name}", over("database", act)) for name, act in _WIRES),
    *(Fault(f"network to payments: {name}", over("payments", act)) for name, act in _WIRES),
    *(Fault(f"network to mailbox: {name}", over("mailbox", act), 1) for name, act in _WIRES),
    *(Fault(f"network to redis: {name}", over("redis", act), 1, _needs_redis)
      for name, act in _WIRES),
    *(Fault(f"provider: {fault}", providers.provider_chaos(fault)) for fault in providers.PAYMENTS),
    *(Fault(f"amazon: {fault}", providers.amazon_chaos(fault), 1, _needs_amazon)
      for fault in providers.AMAZON),
)  # fmt: skip
"""All faults there are."""


@dataclass(frozen=True, slots=True)
class Struck:
    """One fault that struck: when (seconds since the beginning), what, and what became of it."""

    number: int
    seed: str
    at: Instant
    began_seconds: float
    name: str
    detail: str
    lasted_seconds: float
    recovered_seconds: float | None
    parts: dict[str, float]
    """Seconds until writes, the worker and all processes were back."""
    words: list[str]
    """What was waited for, if it took long."""
