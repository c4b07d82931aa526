"""A process that places commitments by batches until it is killed; says each that was answered."""

import asyncio
import sys
from hashlib import sha256
from uuid import UUID

from pydantic import SecretStr

from metatron.apps.campaigns.edge.commit_batches import CommitBatches
from metatron.apps.campaigns.gathering.wishes import Wish
from metatron.apps.campaigns.rules.addresses import Destination
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.http.idempotency import Keyed
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.payments.providers import configure_from

LANES = 20


def keyed_for(tenant_id: UUID, member_id: UUID, name: str) -> Keyed:
    """Return a member's request under the key `name`, with the same digest for the same name."""
    who = Context(tenant_id, "user", member_id, frozenset({"campaigns:commit"}), request_id="t")
    return Keyed(who, name, sha256(name.encode()).digest())


def wish_of(wish_id: UUID, units: int = 1, **changes: object) -> Wish:
    given: dict[str, object] = {
        "id": wish_id,
        "units": units,
        "terms_version": "3",
        "acknowledged_escrow_terms": True,
        "acknowledged_may_not_succeed": True,
        "payment_method": "pm_ok",
        "destination": Destination("A Member", "1 Sample Street", "0150", "Oslo", "NO"),
    }
    return Wish(**(given | changes))  # type: ignore[arg-type]


async def run(app: str, system: str, tenant_id: UUID, campaign_id: UUID) -> None:
    settings = Settings(
        environment="test",
        database_url=SecretStr(app),
        database_system_url=SecretStr(system),
        payments_secret=SecretStr("sandbox-secret"),
        payments_webhook_secrets=SecretStr("whsec-sandbox"),
    )
    configure_from(settings)
    batches = CommitBatches(await Database.open(settings))

    async def lane() -> None:
        while True:
            member_id, wish = new_id(), wish_of(new_id())
            keyed = keyed_for(tenant_id, member_id, str(wish.id))
            await batches.place(campaign_id, keyed, wish)
            print(wish.id, member_id, flush=True)

    await asyncio.gather(*(lane() for _ in range(LANES)))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], UUID(sys.argv[3]), UUID(sys.argv[4])))
