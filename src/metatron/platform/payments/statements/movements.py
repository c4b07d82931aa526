"""The movements that statement lines may stand for, read for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.statements.matching import NEAR_DAYS, Line, Movement

_COLUMNS = """
m.movement_kind as kind, m.id, m.part, m.reference, m.amount_minor, m.currency,
(m.occurred_at at time zone 'UTC')::date as occurred_on, m.is_certain,
exists (select from payments.statement_line l where l.tenant_id = m.tenant_id
        and l.movement_id = m.id and l.movement_part = m.part) as is_claimed
"""
_BY_REFERENCE = text(
    "select "
    + _COLUMNS
    + """ from payments.movement m
    where m.tenant_id = :tenant_id and m.provider = :provider and m.reference = any(:references)"""
)
_BY_AMOUNT = text(
    "select "
    + _COLUMNS
    + """ from payments.movement m
    where m.tenant_id = :tenant_id and m.provider = :provider and m.amount_minor = any(:amounts)
      and m.occurred_at >= cast(:first as date) - 6 and m.occurred_at < cast(:last as date) + 7"""
)


class Candidates:
    """Movements found by their reference, and by amount and day; `claim` takes one for a line."""

    def __init__(self, found: Iterable[Movement]) -> None:
        """Index what was found; the same movement twice counts once."""
        self._by_reference: dict[str, list[Movement]] = defaultdict(list)
        self._by_day: dict[tuple[int, date], list[Movement]] = defaultdict(list)
        for one in {(one.id, one.part): one for one in found}.values():
            for place in self._places(one):
                place.append(one)

    def of(self, line: Line) -> Sequence[Movement]:
        """Return those of the line's reference; where nobody knows it, those it may be by amount.

        Of these none is left out that lies within `NEAR_DAYS` of the line.
        """
        named = self._by_reference.get(line.reference) if line.reference else None
        if named:
            return named
        first = line.value_on.toordinal() - NEAR_DAYS
        days = [date.fromordinal(first + number) for number in range(2 * NEAR_DAYS + 1)]
        return [one for day in days for one in self._by_day.get((line.amount_minor, day), ())]

    def claim(self, found: Movement) -> None:
        """Note that a line stands for it now."""
        for place in self._places(found):
            place[place.index(found)] = replace(found, is_claimed=True)

    def _places(self, one: Movement) -> list[list[Movement]]:
        by_day = self._by_day[one.amount_minor, one.occurred_on]
        return [by_day, self._by_reference[one.reference]] if one.reference else [by_day]


async def candidates(
    session: AsyncSession, context: Context, *, provider: str, lines: Sequence[Line]
) -> Candidates:
    """Read, in two statements, whatever any of the lines may stand for."""
    key = {"tenant_id": context.tenant_id, "provider": provider}
    references = sorted({line.reference for line in lines if line.reference})
    found = _read(await session.execute(_BY_REFERENCE, {**key, "references": references}))
    known = {one.reference for one in found}
    loose = [line for line in lines if line.reference not in known]
    if loose:
        near = {
            "amounts": sorted({line.amount_minor for line in loose}),
            "first": min(line.value_on for line in loose),
            "last": max(line.value_on for line in loose),
        }
        found += _read(await session.execute(_BY_AMOUNT, {**key, **near}))
    return Candidates(found)


def _read(rows: Iterable[object]) -> list[Movement]:
    return [Movement(*row) for row in rows]  # type: ignore[misc]
