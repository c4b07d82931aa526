"""The door for the providers' webhooks."""

from collections.abc import Mapping

import structlog
from starlette.requests import Request

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.http.access import public
from metatron.kernel.http.hot import HotRequest, any_value, hot
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db
from metatron.platform.payments.adapter import PaymentAdapter
from metatron.platform.payments.errors import ProviderUnknown, WebhookRefused, WebhookTooLarge
from metatron.platform.payments.providers import adapter_named
from metatron.platform.payments.schemas import WebhookAnswer
from metatron.platform.payments.webhook_batches import WebhookBatches
from metatron.platform.payments.webhook_owners import find_tenant
from metatron.platform.payments.webhook_signatures import LARGEST_BODY_BYTES

log = structlog.get_logger(__name__)
router = Router(tags=["payments"])


async def _hot_receive(exchange: HotRequest) -> tuple[int, bytes]:
    headers = {
        name.decode("latin-1"): value.decode("latin-1") for name, value in exchange.headers.items()
    }
    adapter = adapter_named(exchange.path_value)
    answer = await _take(exchange.database, adapter, await exchange.raw(), headers)
    return 200, answer.model_dump_json().encode()


@router.post("/webhooks/payments/{provider}")
@public(
    raises=(WebhookRefused, WebhookTooLarge, ProviderUnknown),
    max_body_bytes=LARGEST_BODY_BYTES,
    rate_class="webhook",
)
@hot(_hot_receive, when=any_value)
async def receive_payment_webhook(request: Request, provider: str, database: Db) -> WebhookAnswer:
    """Take a provider's message; its signature, made over the raw body, is the credential."""
    adapter = adapter_named(provider)
    return await _take(database, adapter, await _body(request), request.headers)


async def _take(
    database: Database, adapter: PaymentAdapter, raw: bytes, headers: Mapping[str, str]
) -> WebhookAnswer:
    # Replay protection counts in real time, whatever a sandbox tenant's clock says.
    event = adapter.read_webhook(raw, headers, now=utc_now())
    tenant_id = event.tenant_id or await find_tenant(database, adapter.name, event)
    if tenant_id is None:
        log.warning("payment_webhook_without_tenant", event_id=event.event_id, kind=event.kind)
        return WebhookAnswer(status="ignored")
    batches = database.keep(WebhookBatches)
    is_new = await batches.keep(tenant_id, provider=adapter.name, event=event, raw=raw)
    return WebhookAnswer(status="received" if is_new else "duplicate")


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY_BYTES:
            raise WebhookTooLarge
        parts.append(part)
    return b"".join(parts)
