"""Routes of results: windows of rows, facts, grids, differences, and files for elsewhere."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.apps.amc.edge import answer_json
from metatron.apps.amc.permissions import READ, RUN
from metatron.apps.amc.runs import errors, schemas
from metatron.apps.amc.runs.errors import ResultUnreadable
from metatron.apps.amc.runs.results import engine, exporting, reading
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.access import requires
from metatron.kernel.http.edge import lift_time_limit
from metatron.kernel.http.plain_text import refuse_unkept_value
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Who

router = Router(prefix="/amc", tags=["amc results"])
REFUSALS = (errors.RunNotFound, errors.NoResult, errors.ResultGone, ResultUnreadable)
MOST_OFFSET = 2**40
Column = Annotated[str | None, Query(min_length=1, max_length=1_000)]
FilterText = Annotated[str | None, Query(max_length=20_000)]
MOST_KEYS = 20


@router.get("/runs/compare", response_model=schemas.CompareAnswer)
@requires(READ, raises=REFUSALS)
async def compare_runs(
    left: Annotated[UUID, Query()],
    right: Annotated[UUID, Query()],
    keys: Annotated[str, Query(min_length=1, max_length=10_000)],
    read: Read,
) -> Response:
    """Tell which rows were added, removed or changed; `keys` are names, or JSON for odd ones."""
    one = await reading.read_result(read, left)
    other = await reading.read_result(read, right)
    return answer_json(await reading.compare(one, other, _keys(keys)))


@router.get("/runs/{run_id}/rows", response_model=schemas.RowsAnswer)
@requires(READ, raises=REFUSALS)
async def read_rows(
    run_id: UUID,
    read: Read,
    *,
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    sort: Column = None,
    filter: FilterText = None,  # noqa: A002
) -> Response:
    """Show a window of a result's rows, sorted by a column (minus descends) and filtered."""
    result = await reading.read_result(read, run_id)
    told = await reading.rows(
        result, offset=offset, limit=limit, sort=sort, filters=read_filters(filter)
    )
    return answer_json(told)


@router.get("/runs/{run_id}/statistics", response_model=schemas.StatisticsAnswer)
@requires(READ, raises=REFUSALS)
async def read_statistics(run_id: UUID, read: Read, column: Column = None) -> Response:
    """Show counts, range, quantiles, the most frequent values and a histogram of a column."""
    result = await reading.read_result(read, run_id)
    return answer_json(await reading.statistics(result, column))


@router.post("/runs/{run_id}/pivot", response_model=schemas.PivotAnswer)
@requires(READ, raises=REFUSALS)
async def pivot_result(run_id: UUID, body: schemas.PivotBody, read: Read) -> Response:
    """Show a grid of aggregates."""
    result = await reading.read_result(read, run_id)
    measures = [(each.column, str(each.aggregate)) for each in body.measures]
    told = await reading.pivot(result, rows=body.rows, columns=body.columns, measures=measures)
    return answer_json(told)


@router.get("/runs/{run_id}/export", response_class=StreamingResponse)
@requires(RUN, raises=REFUSALS)
async def export_result(
    run_id: UUID,
    request: Request,
    who: Who,
    database: Db,
    *,
    format: Annotated[exporting.Form, Query()] = "csv",  # noqa: A002
    sort: Column = None,
    filter: FilterText = None,  # noqa: A002
    columns: FilterText = None,
) -> StreamingResponse:
    """Download a result as CSV, JSON, Parquet or a workbook; formulas are made harmless.

    Sort and filter are those of its rows; without them it is whole, in its own order. So it is with
    `columns`, a JSON list of names.
    """
    # Ended before the export's turn is waited for, which may take seconds.
    async with database.transaction(who) as session:
        result, parts = await reading.export(
            session, who, run_id=run_id, form=format, now=await session_now(session),
            sort=sort, filters=read_filters(filter), columns=_names(columns or "[]", "columns"),
        )  # fmt: skip
    return await download(request, parts, name=result.name, form=format)


async def download(
    request: Request, parts: AsyncIterator[bytes], *, name: str, form: exporting.Form
) -> StreamingResponse:
    """Answer with an export as it is made; raises `ResultUnreadable` when it fails at once."""
    try:
        body = await exporting.begun(parts)
    except engine.Failed as error:
        raise ResultUnreadable(str(error)) from error
    lift_time_limit(request.scope)
    return StreamingResponse(
        body,
        media_type=exporting.MEDIA_TYPES[form],
        headers={"content-disposition": _attachment(f"{name}.{form}")},
    )


def read_filters(given: str | None) -> list[Any]:
    """Read `[[column, operator, value]]` from an address; raises `InvalidInput`."""
    return _listed(given or "[]", "filter", 'Give JSON such as [["reach", ">", 100]].')


def _listed(given: str, name: str, hint: str) -> list[Any]:
    try:
        found = orjson.loads(given)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, list):
        raise InvalidInput.field(f"query.{name}", f"bad_{name}", hint)
    refuse_unkept_value(found, f"query.{name}")
    return found


def _keys(given: str) -> list[str]:
    if not given.startswith("["):
        return list(dict.fromkeys(given.split(",")))[:MOST_KEYS]
    return _names(given, "keys")[:MOST_KEYS]


def _names(given: str, name: str) -> list[str]:
    found = _listed(given, name, 'Give JSON such as ["campaign, of May"].')
    if not all(isinstance(each, str) for each in found):
        raise InvalidInput.field(f"query.{name}", f"{name}_needed", "Give names of columns.")
    return list(dict.fromkeys(found))


def _attachment(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
