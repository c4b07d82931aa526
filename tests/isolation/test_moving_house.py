"""An organisation with one of everything moves out and comes home again, and nothing is lost."""

from uuid import uuid4

from metatron.kernel.clock import utc_now
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.rights import rights
from tests.support.people import Door

from .realms import Realm, furnish, move_out

GOES_ON = {"kernel.outbox", "kernel.event", "audit.seal", "audit.checkpoint"}
"""The move itself is an event, and the log is sealed on the way."""


async def test_there_and_back_with_everything(door: Door) -> None:
    realm = await furnish(door, f"m{uuid4().hex[:8]}")
    before = await realm.picture()
    await move_out(realm)
    away = await realm.picture()
    staying = {table for module in rights().modules for table in module.home_tables}
    compared = 0
    for place, content in before.items():
        table = place.partition(":")[2]
        if table not in staying | GOES_ON and f"1:{table}" in away:
            assert away[f"1:{table}"] == content, table
            compared += not content.startswith("0:")
    assert compared > 10
    assert (await realm.client.get(f"/campaigns/{realm.one('campaign_id')}")).status_code == 200
    await _opens(realm)
    await move_tenant(door.database, tenant_id=realm.tenant_id, to="pooled", now=utc_now())
    realm.owner_dsns.pop()
    after = await realm.picture()
    changed = {place.partition(":")[2] for place in before if after[place] != before[place]}
    assert changed <= GOES_ON | {"tenancy.tenant", "tenancy.placement", "identity.session"}
    assert (await realm.client.get(f"/campaigns/{realm.one('campaign_id')}")).status_code == 200
    await _opens(realm)


async def _opens(realm: Realm) -> None:
    """What lies beside the database is found wherever the rows are."""
    link, file_id = realm.one("link"), realm.one("file_id")
    for path in (f"/files/{file_id}/content", f"/public/files/{link}"):
        assert (await realm.client.get(path)).text == realm.marker
    asked = await realm.client.get(f"/approvals/{realm.one('approval_id')}")
    assert asked.json()["state"] == "requested"
