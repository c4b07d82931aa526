"""Alerts: a condition over each new result, and mail or a signed webhook when it holds."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import false, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import demand_client, viewer_of
from metatron.apps.amc.library.loading import visible_workflow
from metatron.apps.amc.permissions import EDIT
from metatron.apps.amc.runs.alert_mails import Readers, ask_strangers, mail_alert, readers_of
from metatron.apps.amc.runs.alert_makers import maker_now, rest_or_wake
from metatron.apps.amc.runs.alert_queries import CLIENT_OF_SCHEDULE, SEEN
from metatron.apps.amc.runs.errors import (
    AlertNotFound,
    NoResult,
    ResultGone,
    ResultUnreadable,
    RunNotFound,
    ScheduleNotFound,
)
from metatron.apps.amc.runs.events import AlertFired, AlertRemoved, AlertSet
from metatron.apps.amc.runs.records import load
from metatron.apps.amc.runs.results import reading
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert, Run
from metatron.apps.amc.runs.webhooks import SEND_JOB, check_address
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.notifications.interface import (
    MailKind,
    MailTemplate,
    register_kinds,
    register_templates,
)

TEMPLATE = "amc_alert"
ALERTS = "amc.alerts"
_FIRE = text("""
insert into amc.alert_firing (tenant_id, alert_id, run_id, value, fired_at)
values (:tenant_id, :alert_id, :run_id, :value, :now) on conflict do nothing returning 1
""")
_NOT_SENT = text("""
update amc.alert_firing set not_sent = cast(:not_sent as jsonb)
where tenant_id = :tenant_id and alert_id = :alert_id and run_id = :run_id
""")
register_kinds(
    MailKind(
        ALERTS,
        "Alerts on results",
        "A condition on the results of a query holds.",
    )
)
register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=2,
        kind=ALERTS,
        subject="{{ alert }}: {{ value }}",
        text=(
            "The alert {{ alert }} holds on the run {{ run }}.\n\n"
            "{{ aggregate }} of {{ column }} is {{ value }} ({{ op }} {{ limit }}).\n\n{{ link }}\n"
            "{% if stop %}\nTo get no more alerts here:\n{{ stop }}\n{% endif %}"
        ),
        keeps_text=True,
    )
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert somebody wants; channels are as the API takes them."""

    name: str
    workflow_id: UUID | None
    schedule_id: UUID | None
    condition: dict[str, Any]
    channels: list[dict[str, Any]]


async def set_alert(
    session: AsyncSession, context: Context, *, wanted: Wanted, readers: Readers, now: datetime
) -> tuple[Alert, str]:
    """Add an alert; returns it with the secret that its webhooks are signed with, shown once.

    Raises:
        WorkflowNotFound: there is no such workflow.
        ScheduleNotFound: there is no such schedule on a client that the actor may see.
        PermissionDenied: the actor may not edit what belongs to the schedule's client.
        InvalidInput: neither workflow nor schedule, or both; a webhook's address cannot be called.
        AlertMailsSpent: an address of nobody here cannot be asked today.
    """
    context.demand(EDIT)
    if (wanted.workflow_id is None) == (wanted.schedule_id is None):
        hint = "Give a workflow or a schedule: one of the two."
        raise InvalidInput.field("body.workflow_id", "one_of_two", hint)
    if wanted.workflow_id is not None:
        await visible_workflow(session, context, wanted.workflow_id)
    check_channels(wanted.channels)
    if wanted.schedule_id is not None:
        await _demand_schedule(session, context, wanted.schedule_id)
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    alert = Alert(
        tenant_id=context.tenant_id,
        id=new_id(),
        name=wanted.name,
        workflow_id=wanted.workflow_id,
        schedule_id=wanted.schedule_id,
        condition=wanted.condition,
        channels=wanted.channels,
        sealed_secret=site().box.seal(secret),
        created_by=context.actor_id,
        created_at=now,
    )
    session.add(alert)
    await session.flush()
    await ask_strangers(session, context, wanted.channels, readers=readers, now=now)
    await publish(session, context, AlertSet(aggregate_id=alert.id), now=now)
    return alert, secret


def check_channels(channels: list[dict[str, Any]]) -> None:
    """Raise `InvalidInput` for a webhook whose address cannot be called."""
    for channel in channels:
        if channel["kind"] == "webhook":
            check_address(channel["url"])


async def _demand_schedule(session: AsyncSession, context: Context, schedule_id: UUID) -> None:
    asked = {"tenant_id": context.tenant_id, "id": schedule_id}
    client = (await session.execute(CLIENT_OF_SCHEDULE, asked)).scalar_one_or_none()
    if client is None:
        raise ScheduleNotFound
    try:
        await demand_client(session, context, client, "edit")
    except InstanceNotFound as error:
        raise ScheduleNotFound from error


async def remove_alert(
    session: AsyncSession, context: Context, *, alert_id: UUID, now: datetime
) -> None:
    """Take an alert away; raises `AlertNotFound`."""
    context.demand(EDIT)
    alert = await seen(session, context, alert_id)
    await session.delete(alert)
    await session.flush()
    await publish(session, context, AlertRemoved(aggregate_id=alert_id), now=now)


async def seen(session: AsyncSession, context: Context, alert_id: UUID) -> Alert:
    """Return an alert that the actor may know of; raises `AlertNotFound`."""
    asked = {"tenant_id": context.tenant_id, "id": alert_id, "viewer": viewer_of(context)}
    if (await session.execute(SEEN, asked)).first() is None:
        raise AlertNotFound
    query = select(Alert).where(Alert.tenant_id == context.tenant_id, Alert.id == alert_id)
    return (await session.execute(query)).scalar_one()


async def judge(database: Database, context: Context, *, run_id: UUID, now: datetime) -> None:
    """Hold a run's result against the alerts on its workflow and schedule, once each.

    An alert tells of what its maker may read by now.
    """
    async with database.transaction(context) as session:
        try:
            run = await load(session, context, run_id)
        except RunNotFound:
            return
        sources = [
            column == source
            for column, source in (
                (Alert.workflow_id, run.workflow_id), (Alert.schedule_id, run.origin_id),
            )
            if source is not None
        ]  # fmt: skip
        watched = (Alert.tenant_id == context.tenant_id, Alert.paused_at.is_(None))
        query = select(Alert).where(*watched, or_(false(), *sources))
        alerts = list((await session.execute(query)).scalars())
    for alert in alerts:
        maker = await maker_now(database, context, alert, run)
        await rest_or_wake(database, context, alert, is_there=maker.is_there, now=now)
        if not maker.sees_client:
            continue
        value = await _figure(context, run, alert.condition)
        if not holds(value, alert.condition["op"], alert.condition["value"]):
            continue
        readers = await readers_of(database, context, alert.channels)
        async with database.transaction(context) as session:
            await _fire(session, context, alert, run, value=value, readers=readers, now=now)


async def _figure(context: Context, run: Run, condition: dict[str, Any]) -> Any:
    """Return the figure, None when the result has none: no such column, or no rows."""
    try:
        result = reading.kept_result(context, run)
        if condition["column"] is None:
            return result.row_count
        return await reading.aggregate(result, condition["column"], condition["aggregate"])
    except (InvalidInput, NoResult, ResultGone, ResultUnreadable):
        return None


def holds(value: Any, operator: str, limit: Any) -> bool:
    """Tell whether a figure is on the alarming side; nothing holds of what is no number."""
    try:
        left, right = Decimal(str(value)), Decimal(str(limit))
        outcomes = {
            "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right,
            "=": left == right, "!=": left != right,
        }  # fmt: skip
    except InvalidOperation:
        return False
    return outcomes[operator]


async def _fire(
    session: AsyncSession,
    context: Context,
    alert: Alert,
    run: Run,
    *,
    value: Any,
    readers: Readers,
    now: datetime,
) -> None:
    row = {
        "tenant_id": context.tenant_id, "alert_id": alert.id, "run_id": run.id,
        "value": str(value), "now": now,
    }  # fmt: skip
    if (await session.execute(_FIRE, row)).first() is None:
        return
    await publish(session, context, AlertFired(aggregate_id=alert.id, run_id=run.id), now=now)
    variables = {
        "alert": alert.name,
        "run": run.name,
        "value": str(value),
        "column": alert.condition["column"] or "rows",
        "aggregate": alert.condition["aggregate"],
        "op": alert.condition["op"],
        "limit": alert.condition["value"],
        "link": f"{site().page_url}/amc/runs/{run.id}",
    }
    not_sent: list[dict[str, str]] = []
    for channel in alert.channels:
        if channel["kind"] == "mail":
            reason = await mail_alert(
                session, context, to=channel["to"], readers=readers, template=TEMPLATE,
                variables=variables, now=now,
            )  # fmt: skip
            not_sent += [] if reason is None else [{"to": channel["to"], "reason": reason}]
        else:
            message = {
                "alert_id": alert.id, "url": channel["url"], "run_id": run.id,
                "value": str(value), "fired_at": now.isoformat(),
            }  # fmt: skip
            await enqueue(session, context, SEND_JOB, **message)
    if not_sent:
        told = {name: row[name] for name in ("tenant_id", "alert_id", "run_id")}
        await session.execute(_NOT_SENT, told | {"not_sent": orjson.dumps(not_sent).decode()})
