"""What people ask of a result: windows of rows, facts about a column, grids, differences, files."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.grants import Level, viewer_of
from metatron.apps.amc.permissions import READ, RUN
from metatron.apps.amc.runs import queries
from metatron.apps.amc.runs.errors import NoResult, ResultGone, RunNotFound
from metatron.apps.amc.runs.events import ResultExported
from metatron.apps.amc.runs.records import load
from metatron.apps.amc.runs.results import engine, exporting, keeping, sheets, statements
from metatron.apps.amc.runs.results.statements import MOST_PIVOT_COLUMNS, MOST_ROWS, Columns
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.http.unit import Reader


@dataclass(frozen=True, slots=True)
class Result:
    """A kept result."""

    tenant_id: UUID
    run_id: UUID
    name: str
    columns: Columns
    row_count: int
    file: Path


async def result_of(
    session: AsyncSession, context: Context, run_id: UUID, *, level: Level = "read"
) -> Result:
    """Return a run's result.

    Raises:
        RunNotFound: there is no such run.
        NoResult: it has not succeeded, or was a dry run.
        ResultGone: it is no longer kept.
        PermissionDenied: the actor may not do `level` with its client.
    """
    context.demand(READ)
    return kept_result(context, await load(session, context, run_id, level=level))


def kept_result(context: Context, run: Run) -> Result:
    """Return a loaded run's result; raises `NoResult` and `ResultGone`."""
    facts = {
        "id": run.id, "name": run.name, "state": run.state, "columns": run.columns,
        "row_count": run.row_count, "result_gone_at": run.result_gone_at,
    }  # fmt: skip
    return _kept(context, facts)


async def read_result(read: Reader, run_id: UUID) -> Result:
    """Return a run's result by the direct door; raises as `result_of`."""
    found = await read.direct.json(read.context, queries.RESULT, run_id, viewer_of(read.context))
    if found is None:
        raise RunNotFound
    return _kept(read.context, orjson.loads(found))


def _kept(context: Context, facts: dict[str, Any]) -> Result:
    if facts["state"] != "succeeded" or facts["row_count"] is None:
        raise NoResult
    run_id = UUID(str(facts["id"]))
    file = keeping.place_of(context.tenant_id, run_id)
    if facts["result_gone_at"] is not None or not file.is_file():
        raise ResultGone
    columns = Columns.of(facts["columns"])
    return Result(context.tenant_id, run_id, facts["name"], columns, facts["row_count"], file)


async def rows(
    result: Result, *, offset: int, limit: int, sort: str | None, filters: list[Any]
) -> dict[str, Any]:
    """Return a window of rows, each a list in the order of the columns.

    Raises:
        InvalidInput: a column or a filter that is none.
        ResultUnreadable: a value that does not fit its column.
    """
    questions = statements.window(
        result.columns, offset=offset, limit=limit, sort=sort, filters=filters
    )
    told = await _ask(questions, result)
    filtered = told["filtered"]["rows"][0][0] if filters else result.row_count
    return {
        "columns": shown(result.columns),
        "rows": told["page"]["rows"],
        "total": result.row_count,
        "filtered": filtered,
    }


async def statistics(result: Result, column: str | None) -> dict[str, Any]:
    """Return facts about a column, the first without a name; numbers have a histogram too."""
    name = next(iter(result.columns.types)) if column is None else column
    told = await _ask(statements.statistics(result.columns, name), result)
    count, nulls, distinct, least, most, mean, quantiles = told["facts"]["rows"][0]
    levels = [str(each) for each in statements.QUANTILES]
    return {
        "column": name,
        "count": count,
        "nulls": nulls,
        "distinct": distinct,
        "min": least,
        "max": most,
        "mean": mean,
        "quantiles": dict(zip(levels, quantiles, strict=True)) if quantiles else None,
        "top": [{"value": value, "count": n} for value, n in told["top"]["rows"]],
        "histogram": [
            {"from": low, "to": high, "count": n}
            for low, high, n in told.get("histogram", {"rows": []})["rows"]
        ],
    }


async def pivot(
    result: Result, *, rows: list[str], columns: list[str], measures: list[tuple[str, str]]
) -> dict[str, Any]:
    """Return a grid: `cells[row][column][measure]`, null where nothing is; what is cut is told."""
    questions = statements.pivot(result.columns, rows, columns, measures)
    found = (await _ask(questions, result))["grid"]["rows"]
    down, over = len(rows), len(columns)
    row_keys: dict[int, list[Any]] = {}
    column_keys: dict[int, list[Any]] = {}
    cells: dict[tuple[int, int], list[Any]] = {}
    row_total = column_total = 0
    for line in found:
        *values, row_place, column_place, row_total, column_total = line
        row_keys[row_place] = values[:down]
        column_keys[column_place] = values[down : down + over]
        cells[row_place, column_place] = values[down + over :]
    return {
        "rows": rows,
        "columns": columns,
        "measures": [{"column": name, "aggregate": how} for name, how in measures],
        "row_keys": [row_keys[each] for each in sorted(row_keys)],
        "column_keys": [column_keys[each] for each in sorted(column_keys)],
        "cells": [
            [cells.get((row, column)) for column in sorted(column_keys)] for row in sorted(row_keys)
        ],
        "is_cut": row_total > MOST_ROWS or column_total > MOST_PIVOT_COLUMNS,
    }


async def compare(left: Result, right: Result, keys: list[str]) -> dict[str, Any]:
    """Return how many rows were added, removed and changed from left to right, and the first."""
    if not keys:
        raise InvalidInput.field("query.keys", "keys_needed", "Name the columns that tell rows.")
    questions = statements.comparison(left.columns, right.columns, keys)
    for question in questions.values():
        question.values["right"] = str(right.file)
    told = await _ask(questions, left, right.file)
    counts = {kind: number for kind, number in told["counts"]["rows"] if kind is not None}
    shared = [
        name for name in left.columns.types if name in right.columns.types and name not in keys
    ]
    return {
        "added": counts.get("added", 0),
        "removed": counts.get("removed", 0),
        "changed": counts.get("changed", 0),
        "keys": keys,
        "columns": shared,
        "only_left": [name for name in left.columns.types if name not in right.columns.types],
        "only_right": [name for name in right.columns.types if name not in left.columns.types],
        "rows": [_difference(line, len(keys)) for line in told["rows"]["rows"]],
    }


def _difference(line: list[Any], keys: int) -> dict[str, Any]:
    kind, cells = line[0], line[1 + keys :]
    return {
        "kind": kind,
        "key": line[1 : 1 + keys],
        "left": None if kind == "added" else cells[0::2],
        "right": None if kind == "removed" else cells[1::2],
    }


async def aggregate(result: Result, column: str, how: str) -> Any:
    """Return one figure over a whole result; raises `InvalidInput` as `statements.measure`."""
    expression = statements.measure(result.columns, column, how, "body.condition")
    question = statements.Question(f"select {expression} from {statements.FILE}")
    told = await _ask({"figure": question}, result)
    return told["figure"]["rows"][0][0]


async def export(
    session: AsyncSession,
    context: Context,
    *,
    run_id: UUID,
    form: exporting.Form,
    now: datetime,
    sort: str | None = None,
    filters: list[Any] | None = None,
    columns: list[str] | None = None,
) -> tuple[Result, AsyncIterator[bytes]]:
    """Return a result with its content in a form; that it was taken out stands in the log.

    `sort` and `filters` choose rows and order as `rows` does, `columns` the columns and theirs; the
    log tells of the whole.

    Raises:
        RunNotFound, NoResult, ResultGone: as `result_of`.
        InvalidInput: a sheet has no room for so many rows, a column or a filter that is none.
    """
    context.demand(RUN)
    result = await result_of(session, context, run_id, level="run")
    if form == "xlsx" and await _counted(result, filters or []) > sheets.MOST_SHEET_ROWS:
        hint = f"A sheet holds {sheets.MOST_SHEET_ROWS:,} rows. Take CSV or Parquet."
        raise InvalidInput.field("query.format", "too_many_rows", hint)
    chosen = result.columns.chosen(columns, "query.columns") if columns else None
    event = ResultExported(aggregate_id=run_id, form=form, row_count=result.row_count)
    await publish(session, context, event, now=now)
    parts = exporting.content(
        form,
        result.columns,
        result.file,
        sort=sort,
        filters=filters,
        chosen=chosen,
        tenant_id=context.tenant_id,
    )
    return result, parts


async def _counted(result: Result, filters: list[Any]) -> int:
    """Return how many rows a sheet would hold; the file is asked only where it may be too many."""
    if not filters or result.row_count <= sheets.MOST_SHEET_ROWS:
        return result.row_count
    told = await rows(result, offset=0, limit=1, sort=None, filters=filters)
    return int(told["filtered"])


async def _ask(
    questions: dict[str, statements.Question], result: Result, *more: Path
) -> dict[str, Any]:
    told = {name: each.told(str(result.file)) for name, each in questions.items()}
    return await engine.ask(
        {"kind": "ask", "questions": told}, files=[result.file, *more], tenant_id=result.tenant_id
    )


def shown(columns: Columns) -> list[dict[str, str]]:
    """Return columns as the API names them."""
    return [{"name": name, "type": kind} for name, kind in columns.types.items()]
