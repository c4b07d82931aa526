"""A folder that a run's result was delivered to."""

from typing import TYPE_CHECKING
from uuid import UUID

from metatron.apps.amc.destinations.delivering import deliver
from metatron.kernel.context import system_context

if TYPE_CHECKING:
    from .realms import Realm


async def furnish_destinations(realm: "Realm") -> None:
    """Make a destination and deliver the realm's run to it."""
    m, client = realm.marker, realm.client
    body = {"name": f"Destination {m}", "kind": "folder", "settings": {"folder": m}}
    made = await client.post(
        "/amc/destinations", json=body, headers={"idempotency-key": f"destination-{m}"}
    )
    assert made.status_code == 201, made.text
    begun = await client.post(
        f"/amc/runs/{realm.one('run_id')}/deliver", json={"destination_id": made.json()["id"]},
        headers={"idempotency-key": f"deliver-{m}"},
    )  # fmt: skip
    assert begun.status_code == 202, begun.text
    context = system_context(realm.tenant_id)
    await deliver(realm.door.database, context, delivery_id=UUID(begun.json()["id"]))
    realm.note("destination_id", made.json()["id"])
    realm.note("destination_ids", made.json()["id"])
    realm.note("delivery_id", begun.json()["id"])
