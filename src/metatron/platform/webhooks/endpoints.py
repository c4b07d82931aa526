"""Endpoints: added, changed, given another secret and removed by an administrator."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.http import outward
from metatron.kernel.http.signed_webhook import new_standard_secret
from metatron.kernel.ids import new_id
from metatron.platform.webhooks.catalogue import checked_events
from metatron.platform.webhooks.errors import TooManyWebhooks, WebhookNotFound
from metatron.platform.webhooks.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookRemoved,
    WebhookSecretRotated,
)
from metatron.platform.webhooks.permissions import MANAGE
from metatron.platform.webhooks.site import site
from metatron.platform.webhooks.tables import Endpoint

MOST = 20
"""Of an organisation: each event may go to all of them."""
_ALONE = text("select pg_advisory_xact_lock(hashtextextended('webhooks/' || :tenant_id, 0))")
_COUNT = text("select count(*) from webhooks.endpoint where tenant_id = :tenant_id")


async def add_endpoint(
    session: AsyncSession,
    context: Context,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    is_on: bool,
    now: datetime,
) -> tuple[Endpoint, str]:
    """Tell `url` of events from now on; returns the endpoint and its secret, shown only here.

    Raises:
        PermissionDenied: an operator in somebody's name: it would outlive the impersonation.
        InvalidInput: we do not call such an address, or no such events are published.
        TooManyWebhooks: there are twenty already.
    """
    context.demand_lasting(MANAGE)
    _check_address(url)
    wanted = checked_events(events)
    # Those who add at once would not count each other.
    await session.execute(_ALONE, {"tenant_id": str(context.tenant_id)})
    if (await session.scalar(_COUNT, {"tenant_id": context.tenant_id}) or 0) >= MOST:
        raise TooManyWebhooks
    secret = new_standard_secret()
    endpoint = Endpoint(
        tenant_id=context.tenant_id, id=new_id(), url=url, description=description, events=wanted,
        is_on=is_on, sealed_secret=site().box.seal(secret), answerable_id=context.actor_id,
        created_at=now, updated_at=now, version=1,
    )  # fmt: skip
    session.add(endpoint)
    await session.flush()
    event = WebhookAdded(aggregate_id=endpoint.id, events=wanted)
    await publish(session, context, event, now=now)
    return endpoint, secret


async def change_endpoint(
    session: AsyncSession,
    context: Context,
    *,
    endpoint_id: UUID,
    url: str | None = None,
    description: str | None = None,
    events: Sequence[str] | None = None,
    is_on: bool | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Endpoint:
    """Change an endpoint; whoever does so answers for it from now on.

    Raises:
        WebhookNotFound, VersionConflict, PermissionDenied: as they say.
        InvalidInput: we do not call such an address, or no such events are published.
    """
    context.demand_lasting(MANAGE)
    endpoint = await load_endpoint(session, context, endpoint_id)
    check_if_match(if_match, endpoint.version)
    if url is not None and url != endpoint.url:
        _check_address(url)
    wanted = {
        "url": url, "description": description, "is_on": is_on,
        "events": None if events is None else checked_events(events),
    }  # fmt: skip
    fields = [
        name
        for name, value in wanted.items()
        if value is not None and value != getattr(endpoint, name)
    ]
    for name in fields:
        setattr(endpoint, name, wanted[name])
    if is_on is not None:
        # Whoever switches it on gives it another chance; whoever switches it off has a reason.
        endpoint.off_reason = endpoint.told_at = endpoint.failing_since = None
    if endpoint.answerable_id != context.actor_id:
        endpoint.answerable_id = context.actor_id
        fields.append("answerable_id")
    if fields:
        endpoint.version += 1
        endpoint.updated_at = now
        await session.flush()
        event = WebhookChanged(aggregate_id=endpoint.id, fields=fields)
        await publish(session, context, event, now=now)
    return endpoint


async def remove_endpoint(
    session: AsyncSession, context: Context, *, endpoint_id: UUID, now: datetime
) -> None:
    """Tell an address no longer; its log goes with it. Raises `WebhookNotFound`."""
    context.demand_lasting(MANAGE)
    endpoint = await load_endpoint(session, context, endpoint_id)
    await session.delete(endpoint)
    await session.flush()
    await publish(session, context, WebhookRemoved(aggregate_id=endpoint_id), now=now)


async def rotate_secret(
    session: AsyncSession,
    context: Context,
    *,
    endpoint_id: UUID,
    overlap_seconds: int,
    now: datetime,
) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret, shown only here; for the overlap both of them sign.

    Raises:
        WebhookNotFound, PermissionDenied: as they say.
    """
    context.demand_lasting(MANAGE)
    endpoint = await load_endpoint(session, context, endpoint_id)
    secret = new_standard_secret()
    endpoint.sealed_old_secret, endpoint.old_secret_until = None, None
    if overlap_seconds:
        endpoint.sealed_old_secret = endpoint.sealed_secret
        endpoint.old_secret_until = utc_now() + timedelta(seconds=overlap_seconds)
    endpoint.sealed_secret = site().box.seal(secret)
    endpoint.version += 1
    endpoint.updated_at = now
    await session.flush()
    event = WebhookSecretRotated(aggregate_id=endpoint.id, overlap_seconds=overlap_seconds)
    await publish(session, context, event, now=now)
    return endpoint, secret


async def load_endpoint(session: AsyncSession, context: Context, endpoint_id: UUID) -> Endpoint:
    """Return an endpoint, locked; raises `WebhookNotFound`."""
    key = context.tenant_id, endpoint_id
    found = await session.get(Endpoint, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise WebhookNotFound
    return found


def _check_address(url: str) -> None:
    try:
        outward.checked(url, allow_private=site().allow_private)
    except outward.NotOutward as error:
        raise InvalidInput.field("body.url", "bad_address", str(error)) from error
