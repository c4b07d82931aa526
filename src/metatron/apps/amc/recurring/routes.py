"""Routes of schedules."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.connections.errors import InstanceGone, InstanceNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.connections.showing import show, show_now
from metatron.apps.amc.edge import Cursor, IfMatch, Limit, Page, answer_json, answer_page
from metatron.apps.amc.library.errors import VersionNotFound, WorkflowNotFound
from metatron.apps.amc.permissions import EDIT, READ, RUN
from metatron.apps.amc.recurring import answers, dry_runs, firing, makers, queries, schemas, setting
from metatron.apps.amc.recurring.errors import ScheduleNotFound, ScheduleNotPossible
from metatron.apps.amc.recurring.rhythms import next_firings
from metatron.apps.amc.runs import queries as run_queries
from metatron.apps.amc.runs import refusing, windows
from metatron.apps.amc.runs.errors import DestinationNotFound, InstanceUnusable, QueryRefused
from metatron.apps.amc.runs.schemas import RunAnswer
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.paging import cursor_keys

router = Router(prefix="/amc/schedules", tags=["amc schedules"])
NOT_THERE = (
    InstanceNotFound, InstanceGone, InstanceUnusable, WorkflowNotFound, VersionNotFound,
    DestinationNotFound,
)  # fmt: skip
SHOWN, SPANS = 10, 3


@router.post("/preview", response_model=answers.PreviewAnswer)
@requires(READ, raises=(InstanceNotFound,))
async def preview_schedule(body: schemas.PreviewBody, unit: Unit) -> Response:
    """Show the next ten instants of a rhythm, and what its first three runs would read."""
    zone = windows.known_zone(body.time_zone)
    place = zone
    if body.instance_id is not None:
        place = await setting.zone_of(unit.session, unit.context, body.instance_id)
    instants = next_firings(body.kind, zone=zone, after=unit.now, count=SHOWN)
    settles = body.sql is not None and await refusing.reads_traffic_time(body.sql, body.tables)
    lag = windows.lag_days(reads_traffic_time=settles)
    spans = [
        windows.span_of(body.window, zone=place, lag=lag, now=instant).as_json()
        for instant in instants[:SPANS]
    ]
    return answer_json({"firings": instants, "windows": spans})


@router.get("", response_model=Page[answers.ScheduleAnswer])
@requires(READ)
async def list_schedules(
    read: Read,
    *,
    instance_id: Annotated[UUID | None, Query()] = None,
    workflow_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[Literal["active", "paused"] | None, Query()] = None,
    sort: queries.Sort = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List schedules, by name unless another order is asked for."""
    statement, kinds = queries.schedules(sort, deep=cursor is not None)
    return await answer_page(
        read,
        statement,
        instance_id,
        workflow_id,
        state,
        *keys_of(cursor, kinds),
        limit + 1,
        viewer_of(read.context),
        limit=limit,
    )


@router.post("", status_code=201, response_model=answers.ScheduleAnswer)
@requires(EDIT, raises=NOT_THERE, idempotency="required")
async def make_schedule(body: schemas.NewScheduleBody, unit: Unit) -> Response:
    """Have a workflow run again and again.

    A query that has not run on the client yet is asked for once as a dry run; if AMC refuses it,
    the schedule rests (`dry_run_failed`) before it has fired.
    """
    made = await setting.make_schedule(
        unit.session, unit.context, wanted=body.columns(), now=unit.now
    )
    await dry_runs.try_dry(unit.session, unit.context, made, now=unit.now)
    return await show_now(unit, queries.SCHEDULE_NOW, made.id, status=201)


@router.get("/{schedule_id}", response_model=answers.ScheduleAnswer)
@requires(READ, raises=(ScheduleNotFound,))
async def show_schedule(schedule_id: UUID, read: Read) -> Response:
    """Show one schedule."""
    return await show(read, queries.SCHEDULE, schedule_id, missing=ScheduleNotFound)


@router.patch("/{schedule_id}", response_model=answers.ScheduleAnswer)
@requires(EDIT, raises=(ScheduleNotFound, VersionConflict, *NOT_THERE))
async def change_schedule(
    schedule_id: UUID, body: schemas.ChangeScheduleBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Change a schedule; its next instant is counted from now."""
    await setting.change_schedule(
        unit.session,
        unit.context,
        schedule_id=schedule_id,
        fields=body.columns(),
        if_match=if_match,
        now=unit.now,
    )
    return await show_now(unit, queries.SCHEDULE_NOW, schedule_id)


@router.delete("/{schedule_id}", status_code=204)
@requires(EDIT, raises=(ScheduleNotFound,))
async def remove_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Take a schedule away; its runs stay."""
    await setting.remove_schedule(unit.session, unit.context, schedule_id=schedule_id, now=unit.now)
    return Response(status_code=204)


@router.post("/{schedule_id}/pause", response_model=answers.ScheduleAnswer)
@requires(EDIT, raises=(ScheduleNotFound, ScheduleNotPossible))
async def pause_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Let a schedule rest."""
    await setting.pause_schedule(unit.session, unit.context, schedule_id=schedule_id, now=unit.now)
    return await show_now(unit, queries.SCHEDULE_NOW, schedule_id)


@router.post("/{schedule_id}/resume", response_model=answers.ScheduleAnswer)
@requires(EDIT, raises=(ScheduleNotFound, ScheduleNotPossible))
async def resume_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Let a schedule fire again, from now on."""
    await setting.resume_schedule(unit.session, unit.context, schedule_id=schedule_id, now=unit.now)
    return await show_now(unit, queries.SCHEDULE_NOW, schedule_id)


@router.post("/{schedule_id}/take-over", response_model=answers.ScheduleAnswer)
@requires(RUN, raises=(ScheduleNotFound, ScheduleNotPossible, *NOT_THERE))
async def take_over_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Let a schedule run in one's own name; one whose maker has left fires again."""
    await makers.take_over(unit.session, unit.context, schedule_id=schedule_id, now=unit.now)
    return await show_now(unit, queries.SCHEDULE_NOW, schedule_id)


@router.post("/{schedule_id}/trial", status_code=202, response_model=RunAnswer)
@requires(RUN, raises=(ScheduleNotFound, *NOT_THERE, QueryRefused), idempotency="required")
async def try_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Run what the schedule would run now; it counts in no statistics."""
    run = await firing.try_out(unit.session, unit.context, schedule_id=schedule_id, now=unit.now)
    viewer = viewer_of(unit.context)
    key = {"tenant_id": unit.context.tenant_id, "id": run.id, "viewer": viewer}
    found = (await unit.session.execute(run_queries.RUN_NOW, key)).scalar_one()
    return answer_json(found.encode(), status=202, version=run.version)


@router.post("/{schedule_id}/extra", status_code=204)
@requires(RUN, raises=(ScheduleNotFound,), idempotency="required")
async def run_schedule_once_more(
    schedule_id: UUID, body: schemas.ExtraBody, unit: Unit
) -> Response:
    """Have the schedule run out of turn; its own instants stay where they are."""
    await firing.ask_for_extra(
        unit.session, unit.context, schedule_id=schedule_id, at=body.at, now=unit.now
    )
    return Response(status_code=204)


@router.get("/{schedule_id}/runs", response_model=Page[answers.FiringAnswer])
@requires(READ, raises=(ScheduleNotFound,))
async def list_firings(
    schedule_id: UUID, read: Read, *, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List what became of a schedule's instants, the newest first."""
    viewer = viewer_of(read.context)
    if await read.direct.json(read.context, queries.SCHEDULE, schedule_id, viewer) is None:
        raise ScheduleNotFound
    before, _ = cursor_keys(cursor)
    return await answer_page(read, queries.FIRINGS, schedule_id, before, limit + 1, limit=limit)
