"""Messages that come in at the same moment are kept in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.micro_batcher import Limits, MicroBatcher, Traits
from metatron.platform.payments.adapter import ProviderEvent
from metatron.platform.payments.inbox import Received, receive_webhooks

LIMITS = Limits(flush_seconds=0.003, at_once=60, most_waiting=2_000, pace_seconds=0.05)
type _Key = tuple[UUID, str]
"""Tenant and provider."""


class WebhookBatches:
    """One process's way of keeping messages."""

    def __init__(self, database: Database) -> None:
        """Take the database that leads to every tenant's."""
        self._database = database
        self._batches: MicroBatcher[_Key, Received, bool] = MicroBatcher(
            self._keep,
            limits=LIMITS,
            traits=Traits(claims=lambda received: (received.event.event_id,)),
        )

    async def keep(
        self, tenant_id: UUID, *, provider: str, event: ProviderEvent, raw: bytes
    ) -> bool:
        """Keep a verified message, as by `inbox.receive_webhook`; returns after the commit.

        Raises:
            Busy: too many wait.
        """
        return await self._batches.submit((tenant_id, provider), Received(event, raw))

    async def _keep(self, key: _Key, received: list[Received]) -> Sequence[bool]:
        tenant_id, provider = key
        context = system_context(tenant_id)
        async with self._database.transaction(context) as session:
            now = await session_now(session)
            return await receive_webhooks(
                session, context, provider=provider, received=received, now=now
            )
