"""Telling an alert's webhook: a signed POST to an address outside, tried again until it arrives."""

from datetime import datetime
from uuid import UUID

import orjson

from metatron.apps.amc.runs.alert_makers import maker_now
from metatron.apps.amc.runs.events import AlertFired
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert, Run
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http import outward
from metatron.kernel.http.signed_webhook import signature

SEND_JOB = "amc.send_webhook"


def check_address(url: str) -> None:
    """Raise `InvalidInput` for an address that is not called."""
    try:
        outward.checked(url, allow_private=site().private_webhooks)
    except outward.NotOutward as error:
        raise InvalidInput.field("body.channels.url", "bad_address", str(error)) from error


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
    """Post a firing, signed.

    An alert or a run that is gone meanwhile is not told of, nor one whose maker has left.

    Raises:
        NotDelivered: no success: the job tries again.
    """
    async with database.transaction(context) as session:
        alert = await session.get(Alert, (context.tenant_id, alert_id))
        run = await session.get(Run, (context.tenant_id, run_id))
    if alert is None or run is None:
        return
    if not (await maker_now(database, context, alert, run)).sees_client:
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
