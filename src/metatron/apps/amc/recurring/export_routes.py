"""Routes of schedules that are handed to Amazon."""

from uuid import UUID

import orjson
from pydantic import TypeAdapter
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.connections.showing import show_now
from metatron.apps.amc.edge import answer_json
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.recurring import answers, exporting, queries
from metatron.apps.amc.recurring.errors import (
    ScheduleDoesNotFit,
    ScheduleNotFound,
    ScheduleNotPossible,
)
from metatron.apps.amc.recurring.native import native_of
from metatron.apps.amc.recurring.rhythms import Kind, Rhythm
from metatron.apps.amc.recurring.routes import NOT_THERE
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit

router = Router(prefix="/amc/schedules/{schedule_id}/amc-schedule", tags=["amc schedules"])
_RHYTHM: TypeAdapter[Kind] = TypeAdapter(Rhythm)


@router.get("", response_model=answers.FitAnswer)
@requires(READ, raises=(ScheduleNotFound,))
async def show_fit_of_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Show the daily or weekly schedule of Amazon's that does the same, or why there is none."""
    key = {
        "tenant_id": unit.context.tenant_id, "id": schedule_id, "viewer": viewer_of(unit.context),
    }  # fmt: skip
    found = (await unit.session.execute(queries.SCHEDULE_SEEN, key)).scalar_one_or_none()
    if found is None:
        raise ScheduleNotFound
    shown = orjson.loads(found)
    rhythm = _RHYTHM.validate_python(shown["kind"])
    try:
        native = native_of(rhythm, shown["window"], zone=shown["time_zone"], now=unit.now)
    except ScheduleDoesNotFit as error:
        return answer_json({"native": None, "reason": error.detail})
    return answer_json({"native": native.as_json(), "reason": None})


@router.put("", status_code=202, response_model=answers.ScheduleAnswer)
@requires(EDIT, raises=(ScheduleNotFound, ScheduleDoesNotFit, *NOT_THERE))
async def export_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Hand a schedule to Amazon as it is now; ours goes on beside it."""
    await exporting.ask_for_export(
        unit.session, unit.context, schedule_id=schedule_id, now=unit.now
    )
    return await show_now(unit, queries.SCHEDULE_NOW, schedule_id, status=202)


@router.delete("", status_code=202, response_model=answers.ScheduleAnswer)
@requires(EDIT, raises=(ScheduleNotFound, ScheduleNotPossible))
async def take_back_schedule(schedule_id: UUID, unit: Unit) -> Response:
    """Have Amazon forget its copy of a schedule."""
    await exporting.ask_to_take_back(
        unit.session, unit.context, schedule_id=schedule_id, now=unit.now
    )
    return await show_now(unit, queries.SCHEDULE_NOW, schedule_id, status=202)
