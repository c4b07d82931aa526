"""A board's figures: read as plain numbers, put together by the rules of measures."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from metatron.apps.amc.boards import queries
from metatron.apps.amc.boards.assembling import Material, measure_figures
from metatron.apps.amc.boards.errors import BoardNotFound, BoardTooLarge
from metatron.apps.amc.boards.measures import Figures, Measure
from metatron.apps.amc.boards.periods import DatePeriod, compared_with, parts_of
from metatron.apps.amc.collections.segments import Calendar
from metatron.apps.amc.connections.grants import viewer_of
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.unit import Reader

MOST_FIGURES = 500_000
"""Measures times segments of clients, some seconds of a processor: thirteen months of days of
fifty clients are 19,800 segments, so 25 measures of them, or 12 compared with as many."""
MOST_SEGMENTS = 100_000


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to see; without days, all that the collection has."""

    from_on: date | None
    to_on: date | None
    compare: str
    group: str
    instance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A board with its figures, as the API answers them."""

    name: str
    measures: list[dict[str, Any]]
    layout: list[dict[str, Any]]
    clients: int
    figures: dict[str, Any]


async def figures_of(read: Reader, board_id: UUID, asked: Question) -> Shown:
    """Return a board's figures over a period.

    Raises:
        BoardNotFound: there is none.
        BoardTooLarge: so many segments of clients, for so many measures.
        InvalidInput: a period that ends before it begins, or parts smaller than the segments.
    """
    viewer = viewer_of(read.context)
    found = await read.direct.json(
        read.context, queries.GROUND, board_id, asked.instance_id, viewer
    )
    if found is None:
        raise BoardNotFound
    ground: dict[str, Any] = orjson.loads(found)
    calendar = Calendar(ground["unit"], ground["week_starts_on"])
    parts = parts_of(asked.group, calendar)
    period = _period(asked, ground)
    compared = compared_with(period, asked.compare, calendar.unit)
    measures = [Measure.read(each) for each in ground["measures"]]
    other = compared or period
    most = min(MOST_SEGMENTS, MOST_FIGURES // max(1, len(measures)))
    material = await read.direct.json(
        read.context, queries.MATERIAL, UUID(ground["collection_id"]),
        period.start, period.end, other.start, other.end,
        sorted({name for each in measures for name in each.columns()}), asked.instance_id, viewer,
        most,
    )  # fmt: skip
    if material is None:
        raise BoardTooLarge(len(measures), most)
    segments: list[dict[str, Any]] = orjson.loads(material)
    held = [_figures(each) for each in segments if each["is_kept"]]
    gathered = Material(
        [each for each in held if period.holds(each.start, each.end)],
        [each for each in held if compared.holds(each.start, each.end)] if compared else None,
        ground["clients"],
        parts,
    )
    told = {
        "period": period.as_json(),
        "compared": compared.as_json() if compared else None,
        "measures": await asyncio.to_thread(_all, measures, gathered),
        "missing": [
            {name: each[name] for name in ("instance_id", "start", "end", "state")}
            for each in segments
            if not each["is_kept"]
        ],
        "provisional": any(each.is_provisional for each in gathered.now),
    }
    return Shown(
        ground["name"], ground["measures"], ground["layout"], len(ground["clients"]), told
    )  # fmt: skip


def _all(measures: Sequence[Measure], gathered: Material) -> list[dict[str, Any]]:
    return [measure_figures(each, gathered) for each in measures]


def _period(asked: Question, ground: dict[str, Any]) -> DatePeriod:
    period = DatePeriod(
        asked.from_on or date.fromisoformat(ground["from_on"]),
        asked.to_on or date.fromisoformat(ground["to_on"]),
    )
    if period.start >= period.end:
        raise InvalidInput.field("query.to", "empty_period", "The end comes after the start.")
    return period


def _figures(row: dict[str, Any]) -> Figures:
    columns = {
        name: (_decimal(total), int(count), _decimal(least), _decimal(most))
        for name, (total, count, least, most) in (row["figures"] or {}).items()
    }
    return Figures(
        UUID(row["id"]),
        UUID(row["instance_id"]),
        datetime.fromisoformat(row["start"]),
        datetime.fromisoformat(row["end"]),
        row["is_provisional"],
        columns,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
