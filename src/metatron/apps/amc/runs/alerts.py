"""Alerts: a condition over each new result, and mail or a signed webhook when it holds."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import false, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.library.loading import visible_workflow
from metatron.apps.amc.permissions import EDIT
from metatron.apps.amc.runs.errors import AlertNotFound, NoResult, ResultGone, ResultUnreadable
from metatron.apps.amc.runs.events import AlertFired, AlertRemoved, AlertSet
from metatron.apps.amc.runs.records import load
from metatron.apps.amc.runs.results import reading
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert, Run
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.http import outward
from metatron.kernel.ids import new_id
from metatron.platform.notifications.interface import MailTemplate, register_templates, send_mail

SEND_JOB = "amc.send_webhook"
TEMPLATE = "amc_alert"
_FIRE = text("""
insert into amc.alert_firing (tenant_id, alert_id, run_id, value, fired_at)
values (:tenant_id, :alert_id, :run_id, :value, :now) on conflict do nothing returning 1
""")
_ABOUT = text("""
select name from amc.workflow where tenant_id = :tenant_id and id = :id
union all select name from amc.schedule where tenant_id = :tenant_id and id = :id
""")
_SCHEDULE = text("select 1 from amc.schedule where tenant_id = :tenant_id and id = :id")
register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        subject="{{ alert }}: {{ value }}",
        text=(
            "The alert {{ alert }} holds on the run {{ run }}.\n\n"
            "{{ aggregate }} of {{ column }} is {{ value }} ({{ op }} {{ limit }}).\n\n{{ link }}\n"
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
    session: AsyncSession, context: Context, *, wanted: Wanted, now: datetime
) -> tuple[Alert, str]:
    """Add an alert; returns it with the secret that its webhooks are signed with, shown once.

    Raises:
        WorkflowNotFound: there is no such workflow.
        InvalidInput: neither workflow nor schedule, or both; there is no such schedule; a webhook's
            address cannot be called.
    """
    context.demand(EDIT)
    if (wanted.workflow_id is None) == (wanted.schedule_id is None):
        hint = "Give a workflow or a schedule: one of the two."
        raise InvalidInput.field("body.workflow_id", "one_of_two", hint)
    if wanted.workflow_id is not None:
        await visible_workflow(session, context, wanted.workflow_id)
    else:
        await _demand_schedule(session, context, wanted.schedule_id)
    for channel in wanted.channels:
        if channel["kind"] == "webhook":
            _check_address(channel["url"])
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
    await publish(session, context, AlertSet(aggregate_id=alert.id), now=now)
    return alert, secret


async def about(session: AsyncSession, alert: Alert) -> str | None:
    """Return the name of the workflow or schedule that an alert watches."""
    of_what = {"tenant_id": alert.tenant_id, "id": alert.workflow_id or alert.schedule_id}
    found: str | None = await session.scalar(_ABOUT, of_what)
    return found


async def _demand_schedule(
    session: AsyncSession, context: Context, schedule_id: UUID | None
) -> None:
    key = {"tenant_id": context.tenant_id, "id": schedule_id}
    if (await session.execute(_SCHEDULE, key)).first() is None:
        raise InvalidInput.field("body.schedule_id", "not_found", "There is no such schedule.")


def _check_address(url: str) -> None:
    try:
        outward.checked(url, allow_private=site().private_webhooks)
    except outward.NotOutward as error:
        raise InvalidInput.field("body.channels.url", "bad_address", str(error)) from error


async def remove_alert(
    session: AsyncSession, context: Context, *, alert_id: UUID, now: datetime
) -> None:
    """Take an alert away; raises `AlertNotFound`."""
    context.demand(EDIT)
    alert = await one(session, context, alert_id)
    await session.delete(alert)
    await session.flush()
    await publish(session, context, AlertRemoved(aggregate_id=alert_id), now=now)


async def one(session: AsyncSession, context: Context, alert_id: UUID) -> Alert:
    """Return an alert; raises `AlertNotFound`."""
    query = select(Alert).where(Alert.tenant_id == context.tenant_id, Alert.id == alert_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise AlertNotFound
    return found


async def judge(database: Database, context: Context, *, run_id: UUID, now: datetime) -> None:
    """Hold a run's result against the alerts on its workflow and schedule, once each."""
    async with database.transaction(context) as session:
        run = await load(session, context, run_id)
        sources = [
            column == source
            for column, source in (
                (Alert.workflow_id, run.workflow_id), (Alert.schedule_id, run.origin_id),
            )
            if source is not None
        ]  # fmt: skip
        query = select(Alert).where(Alert.tenant_id == context.tenant_id, or_(false(), *sources))
        alerts = list((await session.execute(query)).scalars())
    for alert in alerts:
        value = await _figure(context, run, alert.condition)
        if not holds(value, alert.condition["op"], alert.condition["value"]):
            continue
        async with database.transaction(context) as session:
            await _fire(session, context, alert, run, value=value, now=now)


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
    session: AsyncSession, context: Context, alert: Alert, run: Run, *, value: Any, now: datetime
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
    for channel in alert.channels:
        if channel["kind"] == "mail":
            await send_mail(
                session, context, to=channel["to"], template=TEMPLATE, variables=variables, now=now
            )
        else:
            message = {
                "alert_id": alert.id, "url": channel["url"], "run_id": run.id,
                "value": str(value), "fired_at": now.isoformat(),
            }  # fmt: skip
            await enqueue(session, context, SEND_JOB, **message)


async def send(
    database: Database,
    context: Context,
    *,
    alert_id: UUID,
    run_id: UUID,
    url: str,
    value: str,
    fired_at: str,
    now: datetime,
) -> None:
    """Post a firing, signed; an alert that was taken away meanwhile is not told of.

    Raises:
        NotDelivered: no success: the job tries again.
    """
    async with database.transaction(context) as session:
        try:
            alert = await one(session, context, alert_id)
            run = await load(session, context, run_id)
        except AlertNotFound:
            return
    body = orjson.dumps(
        {
            "type": AlertFired.name,
            "alert": {"id": alert.id, "name": alert.name, "condition": alert.condition},
            "run": {"id": run.id, "name": run.name},
            "value": value,
            "fired_at": fired_at,
        },
        default=str,
    )
    await post_signed(alert, url, body, now=now)


async def post_signed(alert: Alert, url: str, body: bytes, *, now: datetime) -> None:
    """Post a message of an alert, signed with its secret; raises `NotDelivered`."""
    secret = site().box.open(alert.sealed_secret)
    headers = {
        "content-type": "application/json",
        "user-agent": "Metatron",
        "metatron-signature": signature(secret, body, at=int(now.timestamp())),
    }
    try:
        answer = await outward.post(url, body, headers, allow_private=site().private_webhooks)
    except outward.NotOutward:
        # It led outside when it was set: whoever moved it inside is not followed, nor asked again.
        return
    if not 200 <= answer.status < 300:
        raise outward.NotDelivered(f"The webhook answered {answer.status}.")


def signature(secret: str, body: bytes, *, at: int) -> str:
    """Return `t=<unix time>,v1=<hex>`: HMAC-SHA256 with the secret over `<unix time>.<body>`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
