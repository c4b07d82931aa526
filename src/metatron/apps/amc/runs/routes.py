"""Routes of runs: asked for, listed, shown, cancelled, asked for again, saved as a workflow."""

from datetime import date
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.catalogue.mapping import settle_values
from metatron.apps.amc.connections.errors import InstanceGone, InstanceNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.declarations import as_rows
from metatron.apps.amc.edge import Cursor, Limit, Page, Words, answer_json, answer_page
from metatron.apps.amc.library.errors import VersionNotFound, WorkflowNotFound
from metatron.apps.amc.library.saving import create_workflow
from metatron.apps.amc.library.schemas import WorkflowAnswer
from metatron.apps.amc.library.showing import show_workflow_of
from metatron.apps.amc.permissions import EDIT, READ, RUN
from metatron.apps.amc.runs import (
    asking,
    cancelling,
    days,
    errors,
    queries,
    refusing,
    schemas,
    windows,
)
from metatron.apps.amc.runs.home_queries import HOME
from metatron.apps.amc.runs.records import demand_text, load
from metatron.apps.amc.runs.sources import Query as QueryToRun
from metatron.apps.amc.runs.sources import one_source, query_of_workflow, read_parameters
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit, UnitOfWork

router = Router(prefix="/amc", tags=["amc runs"])
Day = Annotated[date, Query(ge=days.FIRST, lt=days.LAST)]
NOT_THERE = (InstanceNotFound, InstanceGone, errors.InstanceUnusable)


@router.post("/windows/preview", response_model=schemas.WindowAnswer)
@requires(READ)
async def preview_window(body: schemas.WindowBody, unit: Unit) -> Response:
    """Show what a window rule comes to now and next, and whether the data are complete."""
    zone, now = windows.known_zone(body.time_zone), unit.now
    settles = body.sql is not None and await refusing.reads_traffic_time(body.sql, body.tables)
    lag = windows.lag_days(reads_traffic_time=settles)
    span = windows.span_of(body.window, zone=zone, lag=lag, now=now)
    following = windows.next_spans(body.window, zone=zone, lag=lag, now=now)
    return answer_json(
        {
            **span.as_json(),
            "data_ready": windows.ready_at(span, zone=zone, lag=lag) <= now,
            "lag_days": lag,
            "hint": windows.hint_of(span, zone=zone, lag=lag, now=now),
            "next": [each.as_json() for each in following],
        }
    )


@router.post("/runs", status_code=202, response_model=schemas.RunAnswer)
@requires(
    RUN,
    raises=(
        *NOT_THERE,
        WorkflowNotFound,
        VersionNotFound,
        errors.DestinationNotFound,
        errors.QueryRefused,
    ),
    idempotency="required",
)
async def ask_run(body: schemas.RunBody, unit: Unit) -> Response:
    """Queue a run of a workflow or a query over a window; AMC gets it as soon as there is room."""
    one_source(body.workflow_id, body.sql)
    if body.workflow_id is not None:
        query = await query_of_workflow(
            unit.session, unit.context, workflow_id=body.workflow_id, number=body.workflow_version
        )
    else:
        query = QueryToRun(body.sql or "", list(body.parameters or ()), "REMOVE_ROWS")
    if body.privacy is not None:
        query = query.with_privacy(body.privacy)
    values, sources = await settle_values(
        unit.session, unit.context, instance_id=body.instance_id, parameters=query.parameters,
        given=(body.values,),
    )  # fmt: skip
    wish = asking.Wish(
        body.instance_id, query, body.window, values, sources, dry_run=body.dry_run, name=body.name,
        destination_ids=body.destination_ids,
        require_synthetic_data=body.require_synthetic_data,
        disable_aggregation_controls=body.disable_aggregation_controls,
    )  # fmt: skip
    run = await asking.ask(unit.session, unit.context, wish=wish, now=unit.now)
    return await _show(unit, run.id, status=202)


@router.get("/runs", response_model=Page[schemas.RunSummary])
@requires(READ)
async def list_runs(
    read: Read,
    *,
    instance_id: Annotated[UUID | None, Query()] = None,
    workflow_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[schemas.State | None, Query()] = None,
    origin: Annotated[schemas.RunOrigin | None, Query()] = None,
    origin_id: Annotated[UUID | None, Query()] = None,
    q: Words = None,
    since: Day | None = None,
    until: Day | None = None,
    time_zone: Annotated[schemas.Zone, Query()] = "UTC",
    sort: queries.Sort = "-created_at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List runs, the newest first; `q` looks into names of runs, clients and workflows.

    `since` and `until` are the first and the last day, both included, on which they were asked for:
    days of `time_zone`.
    """
    begun, over = days.instants_of(since, until, time_zone)
    narrow = (
        (origin_id, "origin_id"),
        (workflow_id, "workflow_id"),
        (instance_id, "instance_id"),
        (state, "state"),
    )
    narrowed_by = next((by for given, by in narrow if given is not None), "")
    by_days = begun is not None or over is not None
    sql, kinds = queries.runs(sort, narrowed_by, by_days=by_days, deep=cursor is not None)
    return await answer_page(
        read,
        sql,
        instance_id,
        workflow_id,
        state,
        origin,
        origin_id,
        q,
        *keys_of(cursor, kinds),
        limit + 1,
        viewer_of(read.context),
        begun,
        over,
        limit=limit,
    )


@router.get("/home", response_model=schemas.HomeAnswer)
@requires(READ)
async def show_amc_home(read: Read) -> Response:
    """Show what succeeded and failed lately, what fails still, and the newest runs."""
    found = await read.direct.json(read.context, HOME, viewer_of(read.context))
    return answer_json(found or b"{}")


@router.get("/runs/{run_id}", response_model=schemas.RunAnswer)
@requires(READ, raises=(errors.RunNotFound,))
async def show_run(run_id: UUID, read: Read) -> Response:
    """Show one run with its query, values and state."""
    found = await read.direct.json(read.context, queries.RUN, run_id, viewer_of(read.context))
    if found is None:
        raise errors.RunNotFound
    return answer_json(found, version=orjson.loads(found)["version"])


@router.post("/runs/{run_id}/cancel", response_model=schemas.RunAnswer)
@requires(RUN, raises=(errors.RunNotFound, errors.RunEnded))
async def cancel_run(run_id: UUID, unit: Unit) -> Response:
    """End a run: at once while it is queued, else as soon as AMC has ended it."""
    await cancelling.cancel(unit.session, unit.context, run_id=run_id, now=unit.now)
    return await _show(unit, run_id)


@router.post("/runs/{run_id}/again", status_code=202, response_model=schemas.RunAnswer)
@requires(
    RUN,
    raises=(errors.RunNotFound, errors.TextPrivate, *NOT_THERE, errors.QueryRefused),
    idempotency="required",
)
async def ask_run_again(run_id: UUID, unit: Unit) -> Response:
    """Queue the same query with the same values; the window rule is evaluated anew."""
    run = await asking.ask_again(unit.session, unit.context, run_id=run_id, now=unit.now)
    return await _show(unit, run.id, status=202)


@router.post("/runs/{run_id}/save-as-workflow", status_code=201, response_model=WorkflowAnswer)
@requires(EDIT, raises=(errors.RunNotFound, errors.TextPrivate))
async def save_run_as_workflow(run_id: UUID, body: schemas.SaveBody, unit: Unit) -> Response:
    """Keep a run's query in the library, the values that were given as its defaults."""
    run = await load(unit.session, unit.context, run_id)
    await demand_text(unit.session, unit.context, run)
    # What one client's mapping gave is no default: every client would get it.
    given = {
        name: run.values[name] for name, from_ in run.value_sources.items() if from_ == "given"
    }
    parameters = [
        each.model_copy(update={"default": given.get(each.name, each.default)})
        for each in read_parameters(run.parameters)
    ]
    text = {"sql": run.sql, "parameters": as_rows(parameters), "privacy": run.privacy}
    workflow = await create_workflow(
        unit.session, unit.context, about={"name": body.name}, text=text,
        note=f"From the run {run.name}", now=unit.now,
    )  # fmt: skip
    return await show_workflow_of(unit, workflow.id, status=201)


async def _show(unit: UnitOfWork, run_id: UUID, *, status: int = 200) -> Response:
    viewer = viewer_of(unit.context)
    key = {"tenant_id": unit.context.tenant_id, "id": run_id, "viewer": viewer}
    found = (await unit.session.execute(queries.RUN_NOW, key)).scalar_one()
    return answer_json(found.encode(), status=status, version=orjson.loads(found)["version"])
