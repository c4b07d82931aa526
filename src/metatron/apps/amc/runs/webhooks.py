"""Telling an alert's webhook: a signed POST to an address outside, tried again until it arrives.

Whoever answers there may take ten seconds for it, and set as many alerts as they like: of one
organisation few are told at a time, the others a little later.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from metatron.apps.amc.runs.alert_makers import maker_now
from metatron.apps.amc.runs.events import AlertFired
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import Alert, Run
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.http import outward
from metatron.kernel.http.signed_webhook import send_signed

SEND_JOB = "amc.send_webhook"
MOST_OF_ONE = 4
"""Webhooks of one organisation under way in a process."""
AFTER_OTHERS = timedelta(seconds=5)
_under_way: Counter[UUID] = Counter()


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
    with place(context) as is_free:
        if not is_free:
            again = {
                "alert_id": alert_id, "run_id": run_id, "url": url, "value": value,
                "fired_at": fired_at,
            }  # fmt: skip
            await put_off(database, context, SEND_JOB, again, now=now)
            return
        await _send(
            database, context, alert_id=alert_id, run_id=run_id, url=url, value=value,
            fired_at=fired_at, now=now,
        )  # fmt: skip


@contextmanager
def place(context: Context) -> Iterator[bool]:
    """Tell whether fewer than the most of the organisation's webhooks are under way; count one."""
    is_free = _under_way[context.tenant_id] < MOST_OF_ONE
    _under_way[context.tenant_id] += is_free
    try:
        yield is_free
    finally:
        _under_way[context.tenant_id] -= is_free
        if not _under_way[context.tenant_id]:
            del _under_way[context.tenant_id]


async def put_off(
    database: Database, context: Context, job: str, arguments: dict[str, Any], *, now: datetime
) -> None:
    """Have a webhook told a little later; that was no try."""
    async with database.transaction(context) as session:
        await enqueue(session, context, job, run_at=now + AFTER_OTHERS, **arguments)


async def _send(
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
    async with database.transaction(context) as session:
        alert = await session.get(Alert, (context.tenant_id, alert_id))
        run = await session.get(Run, (context.tenant_id, run_id))
    if alert is None or run is None:
        return
    if not (await maker_now(database, context, alert, run)).sees_client:
        return
    message = {
        "type": AlertFired.name,
        "alert": {"id": alert.id, "name": alert.name, "condition": alert.condition},
        "run": {"id": run.id, "name": run.name},
        "value": value,
        "fired_at": fired_at,
    }
    await post_signed(alert, url, message, now=now)


async def post_signed(alert: Alert, url: str, message: object, *, now: datetime) -> None:
    """Post a message of an alert, signed with its secret; raises `NotDelivered`."""
    secret, private = site().box.open(alert.sealed_secret), site().private_webhooks
    # It led outside when it was set: whoever moved it inside is not followed, nor asked again.
    with suppress(outward.NotOutward):
        await send_signed(url, message, secret=secret, now=now, allow_private=private)
