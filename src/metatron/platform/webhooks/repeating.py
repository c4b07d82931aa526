"""Sending because somebody asks: a test, or a delivery once more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.errors import TooManyRequests
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.webhooks.catalogue import TEST
from metatron.platform.webhooks.endpoints import load_endpoint
from metatron.platform.webhooks.errors import (
    DeliveryNotFound,
    DeliveryNotOver,
    WebhookOff,
)
from metatron.platform.webhooks.events import DeliveryRepeated, WebhookTested
from metatron.platform.webhooks.permissions import MANAGE
from metatron.platform.webhooks.sending import ask_to_send
from metatron.platform.webhooks.tables import WebhookDelivery

MOST_TESTS_A_MINUTE = 10
_TESTS = text("""
select count(*) from webhooks.delivery d
where d.tenant_id = :tenant_id and d.endpoint_id = :endpoint_id and d.event_id is null
  and d.created_at > now() - interval '1 minute'
""")


async def test_endpoint(
    session: AsyncSession, context: Context, *, endpoint_id: UUID, now: datetime
) -> WebhookDelivery:
    """Have a message of no consequence sent, once; returns its delivery.

    Raises:
        WebhookNotFound, WebhookOff: as they say.
        TooManyRequests: ten were sent within the minute.
    """
    context.demand(MANAGE)
    endpoint = await load_endpoint(session, context, endpoint_id)
    if not endpoint.is_on:
        raise WebhookOff
    key = {"tenant_id": context.tenant_id, "endpoint_id": endpoint_id}
    if (await session.scalar(_TESTS, key) or 0) >= MOST_TESTS_A_MINUTE:
        hint = "Wait a minute before you send another test."
        raise TooManyRequests(hint, headers={"Retry-After": "60"})
    delivery = WebhookDelivery(
        tenant_id=context.tenant_id, id=new_id(), endpoint_id=endpoint_id, event_id=None,
        type=TEST, state="queued", attempts=0, attempts_before=0, next_attempt_at=utc_now(),
        created_at=utc_now(),
    )  # fmt: skip
    session.add(delivery)
    await session.flush()
    await ask_to_send(session, context, delivery)
    await publish(session, context, WebhookTested(aggregate_id=endpoint_id), now=now)
    return delivery


async def redeliver(
    session: AsyncSession, context: Context, *, delivery_id: UUID, now: datetime
) -> WebhookDelivery:
    """Send a delivery that is over once more, under the same `webhook-id`, with all its tries.

    What was withheld is looked at anew: somebody else may answer for the webhook by now.

    Raises:
        DeliveryNotFound, WebhookOff, DeliveryNotOver: as they say.
    """
    context.demand(MANAGE)
    key = context.tenant_id, delivery_id
    seen = await session.get(WebhookDelivery, key)
    if seen is None:
        raise DeliveryNotFound
    endpoint = await load_endpoint(session, context, seen.endpoint_id)
    delivery = await session.get(WebhookDelivery, key, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise DeliveryNotFound
    if not endpoint.is_on:
        raise WebhookOff
    if delivery.state == "queued":
        raise DeliveryNotOver
    delivery.state, delivery.reason, delivery.ended_at = "queued", None, None
    delivery.attempts_before, delivery.next_attempt_at = delivery.attempts, utc_now()
    await session.flush()
    await ask_to_send(session, context, delivery)
    event = DeliveryRepeated(aggregate_id=endpoint.id, delivery_id=str(delivery.id))
    await publish(session, context, event, now=now)
    return delivery
