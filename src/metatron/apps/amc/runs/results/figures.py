"""What the columns of a result come to: sum, count, least and greatest of each that has numbers."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metatron.apps.amc.runs.results import engine
from metatron.apps.amc.runs.results.reading import Result
from metatron.apps.amc.runs.results.statements import FILE, Columns, Question, quoted

_WIDTH = re.compile(r"DECIMAL\((\d+)")
_WIDEST = 28
"""Sums of longer decimals may not fit into one: they are made of floating numbers."""


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """A column's figures; `count` is of values, empty cells left out. Without any, all are None."""

    name: str
    sum: Decimal | None
    count: int
    minimum: Decimal | None
    maximum: Decimal | None


async def figures_of(result: Result) -> list[ColumnFigures]:
    """Return the figures of all columns of numbers; raises `engine.Failed`."""
    names = [name for name in result.columns.types if result.columns.is_number(name)]
    if not names:
        return []
    question = statement(result.columns, names).told(str(result.file))
    job = {"kind": "ask", "questions": {"figures": question}}
    told = await engine.run(job, limits=engine.KEEPING, files=[result.file])
    [row] = told["figures"]["rows"]
    return [_read(name, row[4 * place : 4 * place + 4]) for place, name in enumerate(names)]


def statement(columns: Columns, names: list[str]) -> Question:
    """Return the question: four figures for each of the names, in one row."""
    figures = []
    for name in names:
        column = quoted(name)
        width = _WIDTH.match(columns.types[name])
        summed = column
        if width and int(width[1]) > _WIDEST:
            summed = f"cast({column} as double)"
        figures.append(f"sum({summed}), count({column}), min({column}), max({column})")
    return Question("select " + ", ".join(figures) + " from " + FILE)


def _read(name: str, cells: list[Any]) -> ColumnFigures:
    total, count, least, most = cells
    return ColumnFigures(name, _number(total), int(count), _number(least), _number(most))


def _number(value: Any) -> Decimal | None:
    if value is None:
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None
