"""Routes of alerts on results."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import Cursor, IfMatch, Limit, Page, answer_json, answer_page
from metatron.apps.amc.library.errors import WorkflowNotFound
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.runs import (
    alert_changing,
    alert_queries,
    alert_schemas,
    alert_trials,
    alerts,
    errors,
)
from metatron.apps.amc.runs.alert_mails import readers_of
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, UnitOfWork

router = Router(prefix="/amc", tags=["amc alerts"])
_SET = (WorkflowNotFound, errors.ScheduleNotFound, errors.AlertMailsSpent)
_CHANGE = (errors.AlertNotFound, errors.AlertMakerOnly, errors.AlertMailsSpent, VersionConflict)


@router.get("/alerts", response_model=Page[alert_schemas.AlertAnswer])
@requires(READ)
async def list_alerts(
    read: Read,
    *,
    workflow_id: Annotated[UUID | None, Query()] = None,
    schedule_id: Annotated[UUID | None, Query()] = None,
    sort: alert_queries.Sort = "-created_at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List alerts, the newest first, each with its last firing."""
    statement, kinds = alert_queries.alerts(sort, deep=cursor is not None)
    return await answer_page(
        read,
        statement,
        workflow_id,
        schedule_id,
        *keys_of(cursor, kinds),
        limit + 1,
        viewer_of(read.context),
        limit=limit,
    )


@router.post("/alerts", status_code=201, response_model=alert_schemas.NewAlertAnswer)
# The answer holds a secret: it is not kept for repeats.
@requires(EDIT, raises=_SET, idempotency="ignored")
async def set_alert(body: alert_schemas.AlertBody, unit: Unit, database: Db) -> Response:
    """Add an alert on a workflow's or a schedule's results.

    Mails go to members, and to other addresses once their owners have said yes to the question
    that they are sent.
    """
    wanted = alerts.Wanted(
        body.name,
        body.workflow_id,
        body.schedule_id,
        body.condition.model_dump(mode="json"),
        [each.model_dump(mode="json") for each in body.channels],
    )
    readers = await readers_of(database, unit.context, wanted.channels)
    alert, secret = await alerts.set_alert(
        unit.session, unit.context, wanted=wanted, readers=readers, now=unit.now
    )
    shown = await _shown(unit, alert.id)
    return answer_json(shown | {"webhook_secret": secret}, status=201, version=alert.version)


@router.patch("/alerts/{alert_id}", response_model=alert_schemas.AlertAnswer)
@requires(EDIT, raises=_CHANGE)
async def change_alert(
    alert_id: UUID,
    body: alert_schemas.AlertChanges,
    unit: Unit,
    database: Db,
    if_match: IfMatch = None,
) -> Response:
    """Change an alert's name, condition or channels, have it rest or watch again."""
    fields = body.fields()
    readers = await readers_of(database, unit.context, fields.get("channels", []))
    alert = await alert_changing.change_alert(
        unit.session, unit.context, alert_id=alert_id, fields=fields, readers=readers,
        if_match=if_match, now=unit.now,
    )  # fmt: skip
    return answer_json(await _shown(unit, alert.id), version=alert.version)


@router.post("/alerts/{alert_id}/test", status_code=202, response_model=alert_schemas.TrialAnswer)
@requires(EDIT, raises=(errors.AlertNotFound, errors.AlertMailsSpent))
async def try_alert(alert_id: UUID, unit: Unit, database: Db) -> Response:
    """Tell an alert's channels once that this is a trial; answers with whom it did not go to."""
    alert = await alerts.seen(unit.session, unit.context, alert_id)
    readers = await readers_of(database, unit.context, alert.channels)
    not_sent = await alert_trials.try_alert(
        unit.session, unit.context, alert=alert, readers=readers, now=unit.now
    )
    return answer_json({"not_sent": not_sent}, status=202)


@router.delete("/alerts/{alert_id}", status_code=204)
@requires(EDIT, raises=(errors.AlertNotFound,))
async def remove_alert(alert_id: UUID, unit: Unit) -> Response:
    """Take an alert away."""
    await alerts.remove_alert(unit.session, unit.context, alert_id=alert_id, now=unit.now)
    return Response(status_code=204)


async def _shown(unit: UnitOfWork, alert_id: UUID) -> dict[str, Any]:
    viewer = viewer_of(unit.context)
    key = {"tenant_id": unit.context.tenant_id, "id": alert_id, "viewer": viewer}
    shown: dict[str, Any] = orjson.loads(
        (await unit.session.execute(alert_queries.ALERT_NOW, key)).scalar_one()
    )
    return shown
