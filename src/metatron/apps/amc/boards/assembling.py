"""A board's figures put together: totals, changes, series and clients."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from metatron.apps.amc.boards.arithmetic import Change, change, worth
from metatron.apps.amc.boards.measures import Figures, Measure
from metatron.apps.amc.boards.periods import part_of
from metatron.apps.amc.collections.segments import Calendar

EXACT = 2**53 - 1
_PER_CLIENT = {"distinct", "last"}
"""These cannot be added up over clients: each client has a series of its own."""


type _ByClient = Mapping[str, Sequence[Figures]]


@dataclass(frozen=True, slots=True)
class Part:
    """A point of a series without its value: from when to when, and the figures in it."""

    start: str
    end: str
    is_provisional: bool
    held: Sequence[Figures]


@dataclass(frozen=True, slots=True)
class Material:
    """Figures of the period and of the one it is compared with, None without comparison.

    They are sorted by client and by part once, however many measures ask for them.
    """

    now: Sequence[Figures]
    before: Sequence[Figures] | None
    clients: Sequence[Mapping[str, Any]]
    parts: Calendar | None
    now_of: _ByClient = field(init=False)
    before_of: _ByClient = field(init=False)
    cut: Sequence[Part] = field(init=False)
    cut_of: Mapping[str, Sequence[Part]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort them."""
        now_of = _by_client(self.now)
        object.__setattr__(self, "now_of", now_of)
        object.__setattr__(self, "before_of", _by_client(self.before or ()))
        object.__setattr__(self, "cut", _cut(self.now, self.parts))
        cut_of = {client: _cut(held, self.parts) for client, held in now_of.items()}
        object.__setattr__(self, "cut_of", cut_of)


def number(value: Decimal | None) -> int | float | None:
    """Return a number as JSON carries it."""
    if value is None:
        return None
    if value == value.to_integral_value() and abs(value) <= EXACT:
        return int(value)
    return float(value)


def measure_figures(measure: Measure, material: Material) -> dict[str, Any]:
    """Return a measure's total, what it is compared with, its series, and each client's."""
    whole = worth(measure, material.now)
    base = None if material.before is None else worth(measure, material.before).value
    return {
        "id": measure.id,
        "total": number(whole.value),
        "base": number(base),
        "reason": whole.reason,
        "change": _shown(change(whole.value, base)),
        "series": [
            _point(measure, part) | {"segment_ids": [each.segment_id for each in part.held]}
            for part in material.cut
        ],
        "clients": [_client(measure, client, material) for client in material.clients],
    }


def _client(measure: Measure, client: Mapping[str, Any], material: Material) -> dict[str, Any]:
    name = str(client["id"])
    own = material.now_of.get(name, ())
    total = worth(measure, own).value
    base = None
    if material.before is not None:
        base = worth(measure, material.before_of.get(name, ())).value
    series = None
    if measure.kind in _PER_CLIENT:
        series = [_point(measure, part) for part in material.cut_of.get(name, ())]
    return {
        "instance": dict(client),
        "total": number(total),
        "base": number(base),
        "change": _shown(change(total, base)),
        "series": series,
    }


def _by_client(figures: Iterable[Figures]) -> _ByClient:
    found: dict[str, list[Figures]] = {}
    for each in figures:
        found.setdefault(str(each.instance_id), []).append(each)
    return found


def _cut(figures: Iterable[Figures], parts: Calendar | None) -> list[Part]:
    groups: dict[tuple[dt.datetime, dt.datetime], list[Figures]] = {}
    for each in figures:
        groups.setdefault(part_of(each.start, each.end, parts), []).append(each)
    return [
        Part(start.isoformat(), end.isoformat(), any(each.is_provisional for each in held), held)
        for (start, end), held in sorted(groups.items(), key=lambda group: group[0])
    ]


def _point(measure: Measure, part: Part) -> dict[str, Any]:
    return {
        "start": part.start,
        "end": part.end,
        "value": number(worth(measure, part.held).value),
        "provisional": part.is_provisional,
    }


def _shown(found: Change) -> dict[str, Any]:
    return {"kind": found.kind, "value": number(found.value)}
