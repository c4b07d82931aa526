"""The door for the providers' webhooks."""

import structlog
from starlette.requests import Request

from metatron.kernel.clock import utc_now
from metatron.kernel.http.access import public
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db
from metatron.platform.payments.errors import ProviderUnknown, WebhookRefused, WebhookTooLarge
from metatron.platform.payments.providers import adapter_named
from metatron.platform.payments.schemas import WebhookAnswer
from metatron.platform.payments.webhook_batches import WebhookBatches
from metatron.platform.payments.webhook_owners import find_tenant
from metatron.platform.payments.webhook_signatures import LARGEST_BODY_BYTES

log = structlog.get_logger(__name__)
router = Router(tags=["payments"])


@router.post("/webhooks/payments/{provider}")
@public(
    raises=(WebhookRefused, WebhookTooLarge, ProviderUnknown),
    max_body_bytes=LARGEST_BODY_BYTES,
    rate_class="webhook",
)
async def receive_payment_webhook(request: Request, provider: str, database: Db) -> WebhookAnswer:
    """Take a provider's message; its signature, made over the raw body, is the credential."""
    adapter = adapter_named(provider)
    raw = await _body(request)
    # Replay protection counts in real time, whatever a sandbox tenant's clock says.
    event = adapter.read_webhook(raw, request.headers, now=utc_now())
    tenant_id = event.tenant_id or await find_tenant(database, provider, event)
    if tenant_id is None:
        log.warning("payment_webhook_without_tenant", event_id=event.event_id, kind=event.kind)
        return WebhookAnswer(status="ignored")
    batches = database.keep(WebhookBatches)
    is_new = await batches.keep(tenant_id, provider=provider, event=event, raw=raw)
    return WebhookAnswer(status="received" if is_new else "duplicate")


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY_BYTES:
            raise WebhookTooLarge
        parts.append(part)
    return b"".join(parts)
