"""Routes of an organisation's webhooks."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Header, Query
from starlette.responses import Response

from metatron.kernel.errors import TooManyRequests, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.tenancy.interface import Page
from metatron.platform.webhooks import endpoints, queries, repeating, schemas
from metatron.platform.webhooks.catalogue import published
from metatron.platform.webhooks.errors import (
    DeliveryNotFound,
    DeliveryNotOver,
    TooManyWebhooks,
    WebhookNotFound,
    WebhookOff,
)
from metatron.platform.webhooks.permissions import MANAGE, READ
from metatron.platform.webhooks.tables import Endpoint, WebhookDelivery

router = Router(prefix="/webhooks", tags=["webhooks"])
IfMatch = Annotated[str | None, Header()]
JSON = "application/json"


@router.get("", response_model=schemas.WebhookPage)
@requires(READ)
async def list_webhooks(read: Read, page: Page) -> Response:
    """List the organisation's webhooks, the oldest first."""
    found = await read.direct.json(read.context, queries.ENDPOINTS, *page.arguments("uuid"))
    return Response(found, media_type=JSON)


@router.post("", status_code=201)
@requires(MANAGE, raises=(TooManyWebhooks,))
async def add_webhook(
    body: schemas.NewWebhook, unit: Unit, response: Response
) -> schemas.WebhookWithSecret:
    """Tell an address of events from now on; its secret is in this answer and nowhere else."""
    made, secret = await endpoints.add_endpoint(
        unit.session, unit.context, **body.model_dump(), now=unit.now
    )
    return _with_secret(made, secret, response)


@router.get("/events")
@requires(READ)
async def list_webhook_events() -> schemas.PublishedEvents:
    """List the events there are, with what each of them tells."""
    return schemas.PublishedEvents(
        items=[
            schemas.PublishedEvent(
                name=each.name, module=each.module, description=each.description, of=list(each.of)
            )
            for each in published()
        ]
    )


@router.post("/deliveries/{webhook_delivery_id}/redeliver", status_code=202)
@requires(MANAGE, raises=(DeliveryNotFound, DeliveryNotOver, WebhookOff))
async def redeliver_webhook(webhook_delivery_id: UUID, unit: Unit) -> schemas.DeliveryAsked:
    """Send a delivery that is over once more, under the same `webhook-id`."""
    asked = await repeating.redeliver(
        unit.session, unit.context, delivery_id=webhook_delivery_id, now=unit.now
    )
    return _asked(asked)


@router.get("/{webhook_id}", response_model=schemas.WebhookItem)
@requires(READ, raises=(WebhookNotFound,))
async def read_webhook(webhook_id: UUID, read: Read) -> Response:
    """Read one webhook, without its secret."""
    found = await read.direct.json(read.context, queries.ENDPOINT, webhook_id)
    if found is None:
        raise WebhookNotFound
    tag = etag(orjson.loads(found)["version"])
    return Response(found, media_type=JSON, headers={"etag": tag})


@router.patch("/{webhook_id}")
@requires(MANAGE, raises=(WebhookNotFound, VersionConflict))
async def change_webhook(
    webhook_id: UUID,
    body: schemas.WebhookChange,
    unit: Unit,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.WebhookItem:
    """Change a webhook; whoever does so answers for it: it is told what they may read."""
    changed = await endpoints.change_endpoint(
        unit.session,
        unit.context,
        endpoint_id=webhook_id,
        **body.model_dump(),
        if_match=if_match,
        now=unit.now,
    )
    response.headers["etag"] = etag(changed.version)
    return schemas.WebhookItem.model_validate(changed)


@router.delete("/{webhook_id}", status_code=204)
@requires(MANAGE, raises=(WebhookNotFound,))
async def remove_webhook(webhook_id: UUID, unit: Unit) -> None:
    """Tell an address no longer; its log goes with it."""
    await endpoints.remove_endpoint(
        unit.session, unit.context, endpoint_id=webhook_id, now=unit.now
    )


@router.post("/{webhook_id}/rotate-secret")
@requires(MANAGE, raises=(WebhookNotFound,))
async def rotate_webhook_secret(
    webhook_id: UUID, body: schemas.SecretRotation, unit: Unit, response: Response
) -> schemas.WebhookWithSecret:
    """Give a webhook a new secret; for the overlap messages carry a signature of each."""
    rotated, secret = await endpoints.rotate_secret(
        unit.session, unit.context, endpoint_id=webhook_id, **body.model_dump(), now=unit.now
    )
    return _with_secret(rotated, secret, response)


@router.post("/{webhook_id}/test", status_code=202)
@requires(MANAGE, raises=(WebhookNotFound, WebhookOff, TooManyRequests))
async def test_webhook(webhook_id: UUID, unit: Unit) -> schemas.DeliveryAsked:
    """Send a message of no consequence, once; its delivery is in the log."""
    asked = await repeating.test_endpoint(
        unit.session, unit.context, endpoint_id=webhook_id, now=unit.now
    )
    return _asked(asked)


@router.get("/{webhook_id}/deliveries", response_model=schemas.DeliveryPage)
@requires(READ, raises=(WebhookNotFound,))
async def list_webhook_deliveries(
    webhook_id: UUID,
    read: Read,
    page: Page,
    state: Annotated[schemas.State | None, Query()] = None,
) -> Response:
    """List what was sent to a webhook within 30 days, the newest first, with each attempt."""
    if await read.direct.json(read.context, queries.ENDPOINT, webhook_id) is None:
        raise WebhookNotFound
    arguments = (*page.arguments("uuid"), webhook_id, state)
    found = await read.direct.json(read.context, queries.DELIVERIES, *arguments)
    return Response(found, media_type=JSON)


def _with_secret(endpoint: Endpoint, secret: str, response: Response) -> schemas.WebhookWithSecret:
    response.headers["etag"] = etag(endpoint.version)
    shown = schemas.WebhookItem.model_validate(endpoint).model_dump()
    return schemas.WebhookWithSecret(**shown, secret=secret)


def _asked(delivery: WebhookDelivery) -> schemas.DeliveryAsked:
    return schemas.DeliveryAsked.model_validate(delivery, from_attributes=True)
