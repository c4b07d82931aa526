"""Routes of alerts on results."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import Cursor, Limit, Page, answer_json, cut_page
from metatron.apps.amc.library.errors import WorkflowNotFound
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.runs import alert_schemas, alert_trials, alerts, errors
from metatron.apps.amc.runs.alert_queries import ALERTS
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.paging import cursor_keys

router = Router(prefix="/amc", tags=["amc alerts"])


@router.get("/alerts", response_model=Page[alert_schemas.AlertAnswer])
@requires(READ)
async def list_alerts(
    read: Read,
    *,
    workflow_id: Annotated[UUID | None, Query()] = None,
    schedule_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List alerts, the newest first, each with its last firing."""
    found = await read.direct.json(
        read.context, ALERTS, workflow_id, schedule_id, *cursor_keys(cursor), limit + 1,
        viewer_of(read.context),
    )  # fmt: skip
    return answer_json(cut_page(orjson.loads(found or b"[]"), limit))


@router.post("/alerts", status_code=201, response_model=alert_schemas.NewAlertAnswer)
# The answer holds a secret: it is not kept for repeats.
@requires(EDIT, raises=(WorkflowNotFound, errors.ScheduleNotFound), idempotency="ignored")
async def set_alert(body: alert_schemas.AlertBody, unit: Unit) -> Response:
    """Add an alert on a workflow's or a schedule's results."""
    wanted = alerts.Wanted(
        body.name,
        body.workflow_id,
        body.schedule_id,
        body.condition.model_dump(mode="json"),
        [each.model_dump(mode="json") for each in body.channels],
    )
    alert, secret = await alerts.set_alert(unit.session, unit.context, wanted=wanted, now=unit.now)
    shown = {
        "id": alert.id,
        "name": alert.name,
        "workflow_id": alert.workflow_id,
        "schedule_id": alert.schedule_id,
        "about": await alerts.about(unit.session, alert),
        "condition": alert.condition,
        "channels": alert.channels,
        "created_by": alert.created_by,
        "created_at": alert.created_at,
        "version": alert.version,
        "last_firing": None,
        "webhook_secret": secret,
    }
    return answer_json(shown, status=201)


@router.post("/alerts/{alert_id}/test", status_code=202)
@requires(EDIT, raises=(errors.AlertNotFound,))
async def try_alert(alert_id: UUID, unit: Unit) -> Response:
    """Tell an alert's channels once that this is a trial."""
    await alert_trials.try_alert(unit.session, unit.context, alert_id=alert_id, now=unit.now)
    return answer_json({}, status=202)


@router.delete("/alerts/{alert_id}", status_code=204)
@requires(EDIT, raises=(errors.AlertNotFound,))
async def remove_alert(alert_id: UUID, unit: Unit) -> Response:
    """Take an alert away."""
    await alerts.remove_alert(unit.session, unit.context, alert_id=alert_id, now=unit.now)
    return Response(status_code=204)
