"""Changing an alert: its name, its condition, whom it tells, whether it rests."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.permissions import EDIT
from metatron.apps.amc.runs.alert_mails import Readers, ask_strangers
from metatron.apps.amc.runs.alerts import check_channels, seen
from metatron.apps.amc.runs.errors import AlertMakerOnly
from metatron.apps.amc.runs.events import AlertChanged
from metatron.apps.amc.runs.tables import Alert
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish

_MAKERS = {"condition", "channels"}


async def change_alert(
    session: AsyncSession,
    context: Context,
    *,
    alert_id: UUID,
    fields: dict[str, Any],
    readers: Readers,
    if_match: str | None = None,
    now: datetime,
) -> Alert:
    """Set what is given of an alert: `name`, `condition`, `channels`, `paused`.

    A new condition or new channels make it the alert of whoever changed it: from then on it tells
    what that one may read. A paused alert looks at no result; those it missed are not made up for.

    Raises:
        AlertNotFound: there is none that the actor may know of.
        AlertMakerOnly: condition or channels of somebody else's alert.
        VersionConflict: it changed since it was read.
        InvalidInput: a webhook's address cannot be called.
        AlertMailsSpent: an address of nobody here cannot be asked today.
    """
    context.demand(EDIT)
    alert = await seen(session, context, alert_id)
    await session.refresh(alert, with_for_update=True)
    check_if_match(if_match, alert.version)
    viewer = viewer_of(context)
    others = viewer is not None and alert.created_by not in viewer
    if others and not _MAKERS.isdisjoint(fields):
        raise AlertMakerOnly
    check_channels(fields.get("channels", []))
    paused = fields.get("paused", alert.paused_at is not None)
    wanted = {name: value for name, value in fields.items() if name != "paused"}
    wanted["paused_at"] = (alert.paused_at or now) if paused else None
    changed = sorted(name for name, value in wanted.items() if getattr(alert, name) != value)
    if alert.rests_since is not None and not _MAKERS.isdisjoint(fields):
        # Kept as it is by somebody who is there, it goes on in their name.
        changed = sorted({*changed, *_MAKERS.intersection(fields)})
    if not changed:
        return alert
    await ask_strangers(session, context, fields.get("channels", []), readers=readers, now=now)
    for name in changed:
        setattr(alert, name, wanted[name])
    if not _MAKERS.isdisjoint(changed):
        alert.created_by, alert.rests_since = context.actor_id, None
    alert.version += 1
    await session.flush()
    await publish(session, context, AlertChanged(aggregate_id=alert.id, fields=changed), now=now)
    return alert
