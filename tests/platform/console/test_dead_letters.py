"""Dead letters are seen and sent round again."""

from uuid import UUID

import orjson

from metatron.kernel.database.database import Database
from tests.platform.console.steps import operator_client
from tests.support.people import Door


async def _dead(database: Database, tenant_id: UUID) -> int:
    found: int = await database.system.fetchval(
        "insert into jobs.pgqueuer (priority, status, entrypoint, payload, headers, attempts)"
        " values (0, 'failed', 'tenancy.send_mail', $1, $2, 12) returning id",
        b'{"secret": "payload"}',
        orjson.dumps({"tenant_id": str(tenant_id)}).decode(),
    )
    return found


async def test_a_dead_letter_goes_round_again(door: Door, database: Database) -> None:
    inside, outside = (await door.organisation()).id, (await door.organisation()).id
    mine, other = await _dead(database, inside), await _dead(database, outside)
    client = await operator_client(door, ("tenants", [inside], "jobs", "*"))
    listed = await client.get("/admin/jobs")
    [item] = listed.json()["items"]
    assert (item["id"], item["name"], item["attempts"]) == (mine, "tenancy.send_mail", 12)
    assert "payload" not in listed.text
    assert (await client.post(f"/admin/jobs/{other}/retry")).status_code == 404
    assert (await client.post(f"/admin/jobs/{mine}/retry")).status_code == 204
    assert (await client.post(f"/admin/jobs/{mine}/retry")).status_code == 404
    row = await database.system.fetchrow(
        "select status::text, attempts from jobs.pgqueuer where id = $1", mine
    )
    assert row is not None
    assert tuple(row) == ("queued", 0)
    noted = await database.system.fetchval(
        "select count(*) from kernel.event where name = 'console.job_retried.v1'"
        " and payload->>'queue_id' = $1",
        str(mine),
    )
    assert noted == 1
    await database.system.execute("delete from jobs.pgqueuer where id = any($1)", [mine, other])
