"""Which faults strike, one after the other: out of the seed alone."""

import random
from collections.abc import Iterator, Sequence

from bench.night.faults import Fault

TOGETHER = 0.25
"""Part of the faults that strike while the one before is still going on."""


def draw(faults: Sequence[Fault], seed: int, count: int) -> list[Fault]:
    """Return `count` faults: each that is possible once as far as there is room, then by weight."""
    chance = random.Random(f"faults {seed}")
    each_once = list(faults)
    chance.shuffle(each_once)
    weights = [fault.weight for fault in faults]
    more = chance.choices(faults, weights, k=max(0, count - len(each_once)))
    drawn = [*each_once[:count], *more]
    chance.shuffle(drawn)
    return drawn


def together(drawn: Sequence[Fault], seed: int) -> Iterator[list[tuple[int, Fault]]]:
    """Yield the faults in groups of one or two that strike at the same time, with their numbers."""
    chance = random.Random(f"together {seed}")
    group: list[tuple[int, Fault]] = []
    for number, fault in enumerate(drawn, start=1):
        group.append((number, fault))
        if len(group) == 1 and chance.random() < TOGETHER:
            continue
        yield group
        group = []
    if group:
        yield group
