"""Trying an alert out: its channels are told once that they would be, whatever any result says."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.permissions import EDIT
from metatron.apps.amc.runs.alert_mail_count import spent
from metatron.apps.amc.runs.alert_mails import Readers, mail_alert
from metatron.apps.amc.runs.events import AlertTried
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert
from metatron.apps.amc.runs.webhooks import place, post_signed, put_off
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import TooManyRequests
from metatron.kernel.events.event import publish
from metatron.kernel.events.feed import id_at
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.http.outward import NotDelivered
from metatron.platform.notifications.interface import MailTemplate, register_templates

TRY_JOB = "amc.try_webhook"
TEMPLATE = "amc_alert_trial"
MOST_A_MINUTE = 5
"""Trials of one organisation: each sends up to five mails and webhooks to whoever is named."""
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))")
_LATELY = text("""
select count(*) from kernel.event e
where e.tenant_id = :tenant_id and e.id > :since and e.name = :name
""")
register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=2,
        subject="Trial of the alert {{ alert }}",
        text=(
            "This is a trial of the alert {{ alert }}: no result was looked at.\n\n"
            "When it holds, a mail like this one tells you the figure and the run.\n\n{{ link }}\n"
            "{% if stop %}\nTo get no more alerts here:\n{{ stop }}\n{% endif %}"
        ),
        keeps_text=True,
    )
)


async def try_alert(
    session: AsyncSession, context: Context, *, alert: Alert, readers: Readers, now: datetime
) -> list[dict[str, str]]:
    """Tell every channel of an alert that this is a trial; returns whom not: `to`, `reason`.

    Raises:
        TooManyRequests: five were tried within a minute.
        AlertMailsSpent: the organisation's alerts have sent their mails for today.
    """
    context.demand(EDIT)
    await _demand_rest(session, context)
    not_sent: list[dict[str, str]] = []
    for channel in alert.channels:
        if channel["kind"] == "webhook":
            await enqueue(session, context, TRY_JOB, alert_id=alert.id, url=channel["url"])
            continue
        told = {"alert": alert.name, "link": site().page("/amc/runs/alerts")}
        reason = await mail_alert(
            session, context, to=channel["to"], readers=readers, template=TEMPLATE,
            variables=told, now=now,
        )  # fmt: skip
        if reason == "cap":
            raise await spent(session)
        not_sent += [] if reason is None else [{"to": channel["to"], "reason": reason}]
    await publish(session, context, AlertTried(aggregate_id=alert.id), now=now)
    return not_sent


async def _demand_rest(session: AsyncSession, context: Context) -> None:
    # In turn: of many at one moment each would see none of the others.
    await session.execute(_ONE_AT_A_TIME, {"lock": f"amc/trials/{context.tenant_id}"})
    asked = {
        "tenant_id": context.tenant_id,
        "since": id_at(utc_now() - timedelta(minutes=1)),
        "name": AlertTried.name,
    }
    if int((await session.execute(_LATELY, asked)).scalar_one()) >= MOST_A_MINUTE:
        hint = f"{MOST_A_MINUTE} alerts are tried in a minute at most."
        raise TooManyRequests(hint, headers={"Retry-After": "60"})


async def send_trial(
    database: Database, context: Context, *, alert_id: UUID, url: str, now: datetime
) -> None:
    """Post a trial, signed as a firing is, once; an alert taken away meanwhile is not told of."""
    with place(context) as is_free:
        if is_free:
            await _send_trial(database, context, alert_id=alert_id, url=url, now=now)
        else:
            again = {"alert_id": alert_id, "url": url}
            await put_off(database, context, TRY_JOB, again, now=now)


async def _send_trial(
    database: Database, context: Context, *, alert_id: UUID, url: str, now: datetime
) -> None:
    async with database.transaction(context) as session:
        alert = await session.get(Alert, (context.tenant_id, alert_id))
    if alert is None:
        return
    told = {
        "type": AlertTried.name,
        "alert": {"id": alert.id, "name": alert.name, "condition": alert.condition},
        "tried_at": now.isoformat(),
    }
    # One that does not arrive has shown what it was to show.
    with suppress(NotDelivered):
        await post_signed(alert, url, told, now=now)
