"""bin/bench load: a thousand tenants at work on one machine, a tenth with databases of their own.

Crowds in turn, of one generator on the same cores, whose own processor time is told: mixed
requests of all tenants at fixed rates, the last one more than can be answered; ten thousand open
sessions, each of which asks for something every twenty seconds; and as many once more while a
thousand idle pages listen to what changes.
"""

import argparse
import asyncio
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvloop

from bench._crowd import Crowd, Request, Seen, quantile
from bench._fleet import NO_ARCHIVE, Usage, provision, spent, usage
from bench._report import Result, show
from bench._running import Suite, running, until_at_rest
from bench.load._doors import Lobby, Tenant, furnish, tenants_of
from bench.load._mix import Mix
from bench.load._streams import Stream, listen, raise_limits

GOAL_PER_SECOND, GOAL_P99 = 1_000.0, 0.1
EVERY_SECONDS = 20.0
LINES = 96
FEW_SESSIONS = 5


@dataclass(slots=True)
class Phase:
    """What a crowd saw and what the suite spent on it."""

    name: str
    seen: Seen
    before: Usage
    after: Usage

    @property
    def cores(self) -> dict[str, float]:
        """Return how many cores each kind of process used, the generator among them."""
        used = {kind: value for kind, value in spent(self.before, self.after).items() if value}
        used["this generator"] = self.seen.own_cpu
        return {kind: value / self.seen.seconds_taken for kind, value in used.items()}

    @property
    def alone(self) -> float:
        """Return how many a second all cores would answer if nothing else used them.

        Reckoned from the suite's processor time for a request, so it holds for full cores only.
        """
        cores = sum(self.cores.values()) - self.cores["this generator"]
        return self._answered_per_second / cores * (os.cpu_count() or 1)

    @property
    def _answered_per_second(self) -> float:
        return self.seen.answered / self.seen.seconds_taken

    def tell(self) -> None:
        """Print what was seen by kind, and who used the processors."""
        print(f"\n{self.name}: {self.seen.per_second:.0f}/s", file=sys.stderr)
        for grouped in (self.seen.seconds, self.seen.placements):
            for kind, values in sorted(grouped.items()):
                ordered = sorted(values)
                print(
                    f"  {kind:<28} {len(ordered):>7}  p50 {quantile(ordered, 0.5) * 1e3:7.1f} ms"
                    f"  p99 {quantile(ordered, 0.99) * 1e3:7.1f} ms"
                    f"  most {ordered[-1] * 1e3:7.1f} ms",
                    file=sys.stderr,
                )
        whole = "  ".join(f"{kind} {cores:.2f}" for kind, cores in self.cores.items())
        each = "  ".join(
            f"{kind} {cores / self._answered_per_second * 1e6:.0f}"
            for kind, cores in self.cores.items()
        )
        print(f"  cores: {whole} of {os.cpu_count()}", file=sys.stderr)
        print(f"  microseconds of them a request: {each}", file=sys.stderr)
        print(
            f"  requests left late: p99 {quantile(self.seen.late, 0.99) * 1e3:.1f} ms (waiting for"
            " a connection included)",
            file=sys.stderr,
        )
        print(f"  connections to PostgreSQL at its end: {self.after.connections}", file=sys.stderr)
        for error, count in self.seen.errors.most_common(5):
            print(f"  error, {count} times: {error}", file=sys.stderr)


def crowd(
    suite: Suite, name: str, draw: Callable[[], Request], rate: float, seconds: float
) -> Phase:
    """Let a crowd ask at a fixed rate."""
    parts = urlsplit(suite.base_url)
    made = Crowd(parts.hostname or "", parts.port or 80, lines=LINES)
    before = usage(suite)
    seen = uvloop.run(made.run(draw, per_second=rate, seconds=seconds))
    phase = Phase(name, seen, before, usage(suite))
    phase.tell()
    return phase


async def _open_sessions(suite: Suite, tenants: list[Tenant], sessions: int) -> None:
    """Half of the sessions belong to the largest pooled tenant, the rest to all others alike."""
    lobby = Lobby(suite)
    largest = next(tenant for tenant in tenants if tenant.placement == "pooled")
    each = max(1, sessions // 2 // max(1, len(tenants) - 1))
    for tenant in tenants:
        tenant.tokens.clear()
        count = sessions - each * (len(tenants) - 1) if tenant is largest else each
        for _ in range(0, count, 500):
            await lobby.open(tenant, min(500, count - len(tenant.tokens)))
    await lobby.close()


async def _prepare(suite: Suite) -> list[Tenant]:
    tenants, lobby = await tenants_of(suite), Lobby(suite)
    for tenant in tenants:
        await lobby.open(tenant, FEW_SESSIONS)
    await lobby.close()
    await furnish(suite, tenants)
    return tenants


async def _fresh_tokens(suite: Suite, tenants: list[Tenant]) -> None:
    lobby = Lobby(suite)
    for tenant in tenants:
        tenant.tokens.clear()
        await lobby.open(tenant, FEW_SESSIONS)
    await lobby.close()


def _sessions_in_turn(mix: Mix, tenants: list[Tenant]) -> Callable[[], Request]:
    pairs = [(tenant, token) for tenant in tenants for token in tenant.tokens]
    random.Random(3).shuffle(pairs)
    turns = itertools.cycle(pairs)
    return lambda: mix.read(*next(turns))


async def _beside_streams(
    suite: Suite, tokens: list[str], draw: Callable[[], Request], rate: float, seconds: float
) -> tuple[list[Stream], Usage, Seen]:
    parts = urlsplit(suite.base_url)
    host, port = parts.hostname or "", parts.port or 80
    streams = await listen(host, port, tokens)
    await asyncio.sleep(16.0)
    held = await asyncio.to_thread(usage, suite)
    made = Crowd(host, port, lines=LINES)
    seen = await made.run(draw, per_second=rate, seconds=seconds)
    return streams, held, seen


def _answer(phase: Phase, rate: float) -> list[Result]:
    ordered = phase.seen.all()
    p99 = round(quantile(ordered, 0.99) * 1e3, 1)
    errors = float(phase.seen.errors.total())
    per_second = round(phase.seen.per_second, 1)
    return [
        Result(f"{phase.name}: rate", "1/s", per_second, rate, round(per_second / rate, 3), 0.99,
               per_second >= 0.99 * rate),
        Result(f"{phase.name}: p50", "ms", round(quantile(ordered, 0.5) * 1e3, 1), 0.0, 0.0, 0.0,
               met=True),
        Result(f"{phase.name}: p99", "ms", p99, GOAL_P99 * 1e3,
               round(GOAL_P99 * 1e3 / p99, 3) if p99 else 0.0, 1.0, p99 <= GOAL_P99 * 1e3),
        Result(f"{phase.name}: errors", "", errors, 0.0, 0.0, 0.0, met=not errors),
    ]  # fmt: skip


def _most(phase: Phase) -> list[Result]:
    """Tell what full cores answer, late as it may be, and what the generator took of them."""
    share = round(phase.cores["this generator"] / (os.cpu_count() or 1), 3)
    rate, alone = round(phase.seen.per_second, 1), round(phase.alone, 1)
    return [
        Result("most answered a second", "1/s", rate, GOAL_PER_SECOND,
               round(rate / GOAL_PER_SECOND, 3), 1.0, rate >= GOAL_PER_SECOND),
        Result("the generator's share of the cores meanwhile", "", share, 0.0, 0.0, 0.0, met=True),
        Result("reckoned: all cores for the suite alone", "1/s", alone, 0.0, 0.0, 0.0,
               met=True),
    ]  # fmt: skip


def _streams(suite: Suite, tenants: list[Tenant], mix: Mix, given: argparse.Namespace) -> Phase:
    """Hold idle pages open and let the sessions go on."""
    before = usage(suite)
    # A session may hold no more than a few streams: with few tenants each takes several sessions.
    turns = ((tenant, turn) for turn in itertools.count() for tenant in tenants)
    tokens = [
        tenant.tokens[turn % len(tenant.tokens)]
        for tenant, turn in itertools.islice(turns, given.streams)
    ]
    draw = _sessions_in_turn(mix, tenants)
    streams, held, seen = uvloop.run(
        _beside_streams(suite, tokens, draw, given.sessions / EVERY_SECONDS, given.seconds)
    )
    phase = Phase(f"the same beside {given.streams} idle live pages", seen, held, usage(suite))
    phase.tell()
    open_ones = [stream for stream in streams if stream.status == 200 and not stream.is_lost]
    heard = sum(stream.heard > 0 for stream in open_ones)
    grown = (held.total() - before.total()) / max(1, len(open_ones)) / 1e3
    print(
        f"  {len(open_ones)} streams open, {heard} of them heard a heartbeat; {grown:.0f} kB each"
        f" (PSS of all processes)",
        file=sys.stderr,
    )
    if len(open_ones) < given.streams or heard < given.streams:
        ended = Counter(
            f"{stream.status}{', ended' if stream.is_lost else ''}" for stream in streams
        )
        print(f"  streams by what they were answered: {dict(ended)}", file=sys.stderr)
        seen.errors["a stream that was not open, or heard nothing"] += 1
    return phase


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench load")
    parser.add_argument("--tenants", type=int, default=1_000)
    parser.add_argument("--rates", type=int, nargs="+", default=[500, 1_000])
    parser.add_argument("--most", type=int, default=2_500)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--streams", type=int, default=1_000)
    given = parser.parse_args()
    raise_limits()
    with running(NO_ARCHIVE, demo=False) as suite:
        begun = time.monotonic()
        own = given.tenants // 10
        provision(suite, given.tenants - own, dedicated=False)
        if own:
            provision(suite, own, dedicated=True)
        print(f"provisioned after {time.monotonic() - begun:.0f} s", file=sys.stderr)
        measure(suite, given)


def measure(suite: Suite, given: argparse.Namespace) -> None:
    """Let the crowds come, on a suite whose tenants are there; print the report."""
    results: list[Result] = []
    tenants = asyncio.run(_prepare(suite))
    print(f"{len(tenants)} tenants have something to ask for", file=sys.stderr, flush=True)
    until_at_rest(suite.pid, seconds=60)
    asyncio.run(_fresh_tokens(suite, tenants))
    parts = urlsplit(suite.base_url)
    mix = Mix(f"{parts.hostname}:{parts.port}", tenants)
    for rate in given.rates:
        name = f"mixed requests, {rate}/s asked"
        results += _answer(crowd(suite, name, mix.draw, rate, given.seconds), float(rate))
    results += _most(crowd(suite, "more than it can", mix.draw, given.most, given.seconds))
    until_at_rest(suite.pid, seconds=30)
    asyncio.run(_open_sessions(suite, tenants, given.sessions))
    rate = given.sessions / EVERY_SECONDS
    name = f"{given.sessions} sessions, each every {EVERY_SECONDS:.0f} s"
    draw = _sessions_in_turn(mix, tenants)
    results += _answer(crowd(suite, name, draw, rate, given.seconds), rate)
    results += _answer(_streams(suite, tenants, mix, given), rate)
    show("load", results)


if __name__ == "__main__":
    main()
