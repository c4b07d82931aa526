"""A board's figures put together: totals, changes, series and clients."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metatron.apps.amc.boards.arithmetic import Change, change, worth
from metatron.apps.amc.boards.measures import Figures, Measure
from metatron.apps.amc.boards.periods import part_of
from metatron.apps.amc.collections.segments import Calendar

EXACT = 2**53 - 1
_PER_CLIENT = {"distinct", "last"}
"""These cannot be added up over clients: each client has a series of its own."""


@dataclass(frozen=True, slots=True)
class Material:
    """Figures of the period and of the one it is compared with, None without comparison."""

    now: Sequence[Figures]
    before: Sequence[Figures] | None
    clients: Sequence[Mapping[str, Any]]
    parts: Calendar | None


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
            point | {"segment_ids": [each.segment_id for each in held]}
            for point, held in _series(measure, material.now, material.parts)
        ],
        "clients": [_client(measure, client, material) for client in material.clients],
    }


def _client(measure: Measure, client: Mapping[str, Any], material: Material) -> dict[str, Any]:
    own = _of(client, material.now)
    total = worth(measure, own).value
    base = None
    if material.before is not None:
        base = worth(measure, _of(client, material.before)).value
    series = None
    if measure.kind in _PER_CLIENT:
        series = [point for point, _ in _series(measure, own, material.parts)]
    return {
        "instance": dict(client),
        "total": number(total),
        "base": number(base),
        "change": _shown(change(total, base)),
        "series": series,
    }


def _of(client: Mapping[str, Any], figures: Iterable[Figures]) -> list[Figures]:
    return [each for each in figures if str(each.instance_id) == str(client["id"])]


def _series(
    measure: Measure, figures: Iterable[Figures], parts: Calendar | None
) -> Iterable[tuple[dict[str, Any], list[Figures]]]:
    groups: dict[tuple[dt.datetime, dt.datetime], list[Figures]] = {}
    for each in figures:
        groups.setdefault(part_of(each.start, each.end, parts), []).append(each)
    for (start, end), held in sorted(groups.items(), key=lambda group: group[0]):
        point = {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "value": number(worth(measure, held).value),
            "provisional": any(each.is_provisional for each in held),
        }
        yield point, held


def _shown(found: Change) -> dict[str, Any]:
    return {"kind": found.kind, "value": number(found.value)}
