"""Trying an alert out: its channels are told once that they would be, whatever any result says."""

from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.permissions import EDIT
from metatron.apps.amc.runs.alerts import seen
from metatron.apps.amc.runs.events import AlertTried
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert
from metatron.apps.amc.runs.webhooks import post_signed
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.platform.notifications.interface import MailTemplate, register_templates, send_mail

TRY_JOB = "amc.try_webhook"
TEMPLATE = "amc_alert_trial"
register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        subject="Trial of the alert {{ alert }}",
        text=(
            "This is a trial of the alert {{ alert }}: no result was looked at.\n\n"
            "When it holds, a mail like this one tells you the figure and the run.\n\n{{ link }}\n"
        ),
        keeps_text=True,
    )
)


async def try_alert(
    session: AsyncSession, context: Context, *, alert_id: UUID, now: datetime
) -> None:
    """Tell every channel of an alert that this is a trial; raises `AlertNotFound`."""
    context.demand(EDIT)
    alert = await seen(session, context, alert_id)
    for channel in alert.channels:
        if channel["kind"] == "webhook":
            await enqueue(session, context, TRY_JOB, alert_id=alert.id, url=channel["url"])
            continue
        await send_mail(
            session,
            context,
            to=channel["to"],
            template=TEMPLATE,
            variables={"alert": alert.name, "link": f"{site().page_url}/amc/runs/alerts"},
            now=now,
        )
    await publish(session, context, AlertTried(aggregate_id=alert.id), now=now)


async def send_trial(
    database: Database, context: Context, *, alert_id: UUID, url: str, now: datetime
) -> None:
    """Post a trial, signed as a firing is; an alert taken away meanwhile is not told of.

    Raises:
        NotDelivered: no success: the job tries again.
    """
    async with database.transaction(context) as session:
        alert = await session.get(Alert, (context.tenant_id, alert_id))
    if alert is None:
        return
    told = {
        "type": AlertTried.name,
        "alert": {"id": alert.id, "name": alert.name, "condition": alert.condition},
        "tried_at": now.isoformat(),
    }
    await post_signed(alert, url, orjson.dumps(told, default=str), now=now)
