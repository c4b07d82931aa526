"""A run with a kept result, and an alert that it made go off."""

from typing import TYPE_CHECKING
from uuid import UUID

import duckdb
from sqlalchemy import text

from metatron.apps.amc.runs.results import keeping
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context

if TYPE_CHECKING:
    from .realms import Realm

_SUCCEEDED = text("""
update amc.run set state = 'succeeded', finished_at = :now, row_count = 1, size_bytes = 1,
  sha256 = decode(repeat('00', 32), 'hex'), amc_execution_id = :execution,
  columns = '[{"name": "campaign", "type": "VARCHAR"}]'
where tenant_id = :tenant_id and id = :id
""")
_FIRED = text("""
insert into amc.alert_firing (tenant_id, alert_id, run_id, value, fired_at)
values (:tenant_id, :alert_id, :id, :value, :now)
""")


async def furnish_runs(realm: "Realm") -> None:
    """Ask for a run of the realm's workflow, and let it have ended."""
    m, client = realm.marker, realm.client
    workflow_id = realm.one("workflow_id")
    body = {
        "instance_id": realm.one("instance_id"), "workflow_id": workflow_id, "name": f"Run {m}",
        "window": {"kind": "rolling", "days": 7},
    }  # fmt: skip
    answer = await client.post("/amc/runs", json=body, headers={"idempotency-key": f"run-{m}"})
    assert answer.status_code == 202, answer.text
    run_id = UUID(answer.json()["id"])
    body = {
        "name": f"Alert {m}", "workflow_id": workflow_id, "condition": {"op": ">", "value": 0},
        "channels": [{"kind": "mail", "to": f"{m}@example.com"}],
    }  # fmt: skip
    alert = await client.post("/amc/alerts", json=body)
    assert alert.status_code == 201, alert.text
    place = keeping.place_of(realm.tenant_id, run_id)
    place.parent.mkdir(parents=True)
    duckdb.connect().execute(
        f"copy (select '{m}' as campaign) to '{place}' (format parquet)"  # letters and digits
    )
    context = system_context(realm.tenant_id)
    values = {"tenant_id": realm.tenant_id, "id": run_id, "now": utc_now()}
    async with realm.door.database.transaction(context) as session:
        await session.execute(_SUCCEEDED, values | {"execution": f"execution-{m}"})
        await session.execute(_FIRED, values | {"alert_id": alert.json()["id"], "value": m})
    realm.note("run_id", run_id)
    realm.note("alert_id", alert.json()["id"])
    realm.note("left", run_id)
    realm.note("right", run_id)
