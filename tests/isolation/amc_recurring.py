"""A catalogue, a mapping, and a schedule that has fired."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from metatron.apps.amc.catalogue.importing import import_kept
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context

if TYPE_CHECKING:
    from .realms import Realm

_FIRED = text("""
insert into amc.firing (tenant_id, schedule_id, fire_at, kind, outcome, run_id, fired_at)
values (:tenant_id, :schedule_id, :now, 'regular', 'run', :run_id, :now)
""")


async def furnish_recurring(realm: "Realm") -> None:
    """Import a product and a campaign, map them, and let a schedule of the workflow fire."""
    m, client, now = realm.marker, realm.client, utc_now()
    context = system_context(realm.tenant_id)
    files = {
        "asins": f"asin\ttitle\tbrand\nB000000001\t{m}\t{m}\n",
        "campaigns": f"campaign id,name,type,brand\n{m},{m},SP,{m}\n",
    }
    for subject, content in files.items():
        answer = await client.post(
            f"/amc/catalogue/{subject}/import",
            content=content.encode(),
            params={"file_name": f"{m}.csv"},
        )
        assert answer.status_code == 202, answer.text
        async with realm.door.database.transaction(context) as session:
            await import_kept(session, context, import_id=UUID(answer.json()["id"]), now=now)
        realm.note("import_id", answer.json()["id"])
    brand = {"name": m, "asins": ["B000000001"], "campaign_ids": [m]}
    saved = await client.put(
        f"/amc/instances/{realm.one('instance_id')}/mapping", json={"brands": [brand]}
    )
    assert saved.status_code == 200, saved.text
    body = {
        "name": f"Schedule {m}", "workflow_id": realm.one("workflow_id"),
        "instance_id": realm.one("instance_id"), "window": {"kind": "rolling", "days": 7},
        "kind": {"kind": "after_data", "unit": "week"},
    }  # fmt: skip
    made = await client.post(
        "/amc/schedules", json=body, headers={"idempotency-key": f"schedule-{m}"}
    )
    assert made.status_code == 201, made.text
    row = {
        "tenant_id": realm.tenant_id, "schedule_id": made.json()["id"], "now": now,
        "run_id": realm.one("run_id"),
    }  # fmt: skip
    async with realm.door.database.transaction(context) as session:
        await session.execute(_FIRED, row)
    realm.note("brand", m)
    realm.note("schedule_id", made.json()["id"])
