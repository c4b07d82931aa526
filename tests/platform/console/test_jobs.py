"""Dead letters: seen without their payload, sent round again, dropped; within a scope."""

from uuid import UUID

import httpx
import orjson
import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from tests.support.people import Door

from .steps import code, events_of, make_account, operator_client, put_in_account

_INSERT = """
insert into jobs.pgqueuer
  (priority, status, entrypoint, payload, headers, attempts, dedupe_key)
values (0, 'failed', $1, $2, $3, 12, $4) returning id
"""
_LOG = """
insert into jobs.pgqueuer_log (job_id, status, priority, entrypoint, traceback)
values ($1, 'failed', 0, 'notifications.deliver', $2)
"""


async def _dead(
    database: Database, tenant_id: UUID, *, name: str = "notifications.deliver", key: str = ""
) -> int:
    """A job that gave up, as PgQueuer leaves it (see kernel/events/runner)."""
    job_id = await database.system.fetchval(
        _INSERT,
        name,
        b'{"secret": "of the tenant"}',
        orjson.dumps({"tenant_id": str(tenant_id)}).decode(),
        key or new_id().hex,
    )
    words = "cannot reach smtp://user:hunter2@mail.example.com\nDETAIL: Key (email)=(a@b.example)"
    traceback = {
        "job_id": job_id, "timestamp": "2026-01-01T00:00:00Z", "exception_type": "SMTPError",
        "exception_message": words, "traceback": "...", "additional_context": None,
    }  # fmt: skip
    await database.system.execute(_LOG, job_id, orjson.dumps(traceback).decode())
    return int(job_id)


async def _state(database: Database, job_id: int) -> tuple[str, int] | None:
    row = await database.system.fetchrow(
        "select status::text, attempts from jobs.pgqueuer where id = $1", job_id
    )
    return row and (row[0], row[1])


async def _mine(client: httpx.AsyncClient, tenant_id: UUID) -> list[dict[str, object]]:
    answer = await client.get("/admin/jobs", params={"state": "failed", "limit": 200})
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if item["tenant_id"] == str(tenant_id)]


async def test_a_dead_letter_is_shown_without_secrets(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    job_id = await _dead(door.database, tenant.id)
    [shown] = await _mine(admin, tenant.id)
    assert (shown["id"], shown["job"]) == (job_id, "notifications.deliver")
    assert (shown["state"], shown["attempts"]) == ("failed", 12)
    assert shown["error"] == "SMTPError: cannot reach smtp://[struck out]@mail.example.com"
    assert "of the tenant" not in str(shown)
    assert (await admin.get("/admin/jobs", params={"state": "successful"})).status_code == 422


async def test_it_goes_round_again_once(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    job_id = await _dead(door.database, tenant.id)
    assert (await admin.post(f"/admin/jobs/{job_id}/retry")).status_code == 204
    assert await _state(door.database, job_id) == ("queued", 0)
    assert code(await admin.post(f"/admin/jobs/{job_id}/retry")) == (404, "not_found")
    assert await _mine(admin, tenant.id) == []
    told = [name for name, _, p in await events_of(door.database, tenant.id)]
    assert told == ["console.job_retried.v1"]


async def test_the_same_work_is_not_queued_twice(door: Door, admin: httpx.AsyncClient) -> None:
    tenant, key = await door.organisation(), new_id().hex
    first, second = [await _dead(door.database, tenant.id, key=key) for _ in range(2)]
    assert (await admin.post(f"/admin/jobs/{first}/retry")).status_code == 204
    refused = await admin.post(f"/admin/jobs/{second}/retry")
    assert code(refused) == (409, "job_queued_anew")
    assert (await admin.delete(f"/admin/jobs/{second}")).status_code == 204
    assert await _state(door.database, second) is None
    assert code(await admin.delete(f"/admin/jobs/{second}")) == (404, "not_found")
    assert code(await admin.delete(f"/admin/jobs/{first}")) == (404, "not_found")
    assert code(await admin.delete(f"/admin/jobs/{2**62}")) == (404, "not_found")
    assert (await admin.delete(f"/admin/jobs/{2**64}")).status_code == 422


async def test_jobs_within_a_scope(door: Door, admin: httpx.AsyncClient) -> None:
    account = await make_account(admin)
    own, foreign = await door.organisation(), await door.organisation()
    await put_in_account(door.database, own.id, account["id"])
    mine, theirs = [await _dead(door.database, tenant.id) for tenant in (own, foreign)]
    client = await operator_client(door, ("accounts", [UUID(account["id"])], "jobs", "*"))
    listed = (await client.get("/admin/jobs", params={"limit": 200})).json()["items"]
    assert [item["id"] for item in listed] == [mine]
    assert code(await client.post(f"/admin/jobs/{theirs}/retry")) == (404, "not_found")
    assert code(await client.delete(f"/admin/jobs/{theirs}")) == (404, "not_found")
    assert (await client.post(f"/admin/jobs/{mine}/retry")).status_code == 204
    assert await _state(door.database, theirs) == ("failed", 12)


async def _failed(client: httpx.AsyncClient, **query: str) -> list[int]:
    answer = await client.get("/admin/jobs", params={"limit": "200", **query})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_jobs_of_one_tenant_or_one_kind(door: Door, admin: httpx.AsyncClient) -> None:
    one, other = await door.organisation(), await door.organisation()
    kind = f"tests.{new_id().hex}"
    mails = await _dead(door.database, one.id)
    first, second = [await _dead(door.database, each.id, name=kind) for each in (one, other)]
    assert await _failed(admin, tenant_id=str(one.id)) == [mails, first]
    assert await _failed(admin, job=kind) == [first, second]
    assert await _failed(admin, job=kind, tenant_id=str(other.id)) == [second]
    named = (await admin.get("/admin/jobs", params={"job": kind})).json()["items"]
    assert [item["tenant_name"] for item in named] == [one.name, other.name]
    limited = await operator_client(door, ("tenants", [one.id], "jobs", "*"))
    assert await _failed(limited, job=kind) == [first]
    assert await _failed(limited, tenant_id=str(other.id)) == []


async def _retried(client: httpx.AsyncClient, **wanted: str) -> dict[str, int]:
    answer = await client.post("/admin/jobs/retry", json=wanted)
    assert answer.status_code == 200, answer.text
    told: dict[str, int] = answer.json()
    return told


async def test_many_go_round_again_at_once(door: Door, admin: httpx.AsyncClient) -> None:
    one, other = await door.organisation(), await door.organisation()
    kind = f"tests.{new_id().hex}"
    ours = [await _dead(door.database, one.id, name=kind) for _ in range(3)]
    theirs = await _dead(door.database, other.id, name=kind)
    mail = await _dead(door.database, one.id)
    wanted = {"job": kind, "tenant_id": str(one.id)}
    assert await _retried(admin, **wanted) == {"retried": 3, "left": 0}
    assert [await _state(door.database, each) for each in ours] == [("queued", 0)] * 3
    for untouched in (theirs, mail):
        assert await _state(door.database, untouched) == ("failed", 12)
    told = [p["queue_id"] for _, _, p in await events_of(door.database, one.id)]
    assert told == ours
    assert await _retried(admin, **wanted) == {"retried": 0, "left": 0}
    assert await _retried(admin, job=kind) == {"retried": 1, "left": 0}
    refused = await admin.post("/admin/jobs/retry", json={"state": "queued"})
    assert refused.status_code == 422


async def test_no_more_go_round_at_once_than_may(
    door: Door, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metatron.platform.console.retrying.AT_ONCE", 2)
    tenant, kind = await door.organisation(), f"tests.{new_id().hex}"
    jobs = [await _dead(door.database, tenant.id, name=kind) for _ in range(3)]
    assert await _retried(admin, job=kind) == {"retried": 2, "left": 1}
    states = [await _state(door.database, each) for each in jobs]
    assert states == [("queued", 0), ("queued", 0), ("failed", 12)], "the oldest first"
    assert await _retried(admin, job=kind) == {"retried": 1, "left": 0}


async def test_of_the_same_work_one_goes_round(door: Door, admin: httpx.AsyncClient) -> None:
    tenant, kind, key = await door.organisation(), f"tests.{new_id().hex}", new_id().hex
    first, second = [await _dead(door.database, tenant.id, name=kind, key=key) for _ in range(2)]
    assert await _retried(admin, job=kind) == {"retried": 1, "left": 1}
    assert await _state(door.database, first) == ("queued", 0)
    assert await _retried(admin, job=kind) == {"retried": 0, "left": 1}
    assert await _state(door.database, second) == ("failed", 12)


async def test_many_are_retried_within_the_scope(door: Door, admin: httpx.AsyncClient) -> None:
    account = await make_account(admin)
    own, foreign = await door.organisation(), await door.organisation()
    await put_in_account(door.database, own.id, account["id"])
    kind = f"tests.{new_id().hex}"
    mine, theirs = [await _dead(door.database, each.id, name=kind) for each in (own, foreign)]
    limited = await operator_client(door, ("accounts", [UUID(account["id"])], "jobs", "*"))
    reach = {"job": kind, "tenant_id": str(foreign.id)}
    assert await _retried(limited, **reach) == {"retried": 0, "left": 0}
    assert await _retried(limited, job=kind) == {"retried": 1, "left": 0}
    assert await _state(door.database, mine) == ("queued", 0)
    assert await _retried(admin, job=kind, account_id=account["id"]) == {"retried": 0, "left": 0}
    assert await _state(door.database, theirs) == ("failed", 12)
    reader = await operator_client(door, ("all", [], "jobs", "read"))
    assert code(await reader.post("/admin/jobs/retry", json={})) == (403, "permission_denied")


async def _queued(database: Database, tenant_id: UUID) -> int:
    """A job that waits, put off so that no worker of another test takes it."""
    found = await database.system.fetchval(
        "insert into jobs.pgqueuer (priority, status, entrypoint, payload, headers, execute_after)"
        " values (0, 'queued', 'notifications.deliver', '', $1, now() + interval '1 hour')"
        " returning id",
        orjson.dumps({"tenant_id": str(tenant_id)}).decode(),
    )
    return int(found)


async def test_a_waiting_job_is_cancelled_once(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    job_id = await _queued(door.database, tenant.id)
    assert code(await admin.delete(f"/admin/jobs/{job_id}")) == (404, "not_found")
    assert (await admin.post(f"/admin/jobs/{job_id}/cancel")).status_code == 204
    assert await _state(door.database, job_id) is None
    assert code(await admin.post(f"/admin/jobs/{job_id}/cancel")) == (404, "not_found")
    told = [name for name, _, p in await events_of(door.database, tenant.id)]
    assert told == ["console.job_cancelled.v1"]
    dead = await _dead(door.database, tenant.id)
    assert code(await admin.post(f"/admin/jobs/{dead}/cancel")) == (404, "not_found")


async def test_a_job_out_of_reach_is_not_cancelled(door: Door) -> None:
    tenant, other = await door.organisation(), await door.organisation()
    job_id = await _queued(door.database, tenant.id)
    client = await operator_client(door, ("tenants", [other.id], "jobs", "*"))
    assert code(await client.post(f"/admin/jobs/{job_id}/cancel")) == (404, "not_found")
    assert await _state(door.database, job_id) == ("queued", 0)
    assert code(await client.get("/admin/queues")) == (403, "scope_too_narrow")


async def test_the_queue_is_counted_by_kind(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    before = await _kind(admin, "notifications.deliver")
    await _queued(door.database, tenant.id)
    await _dead(door.database, tenant.id)
    after = await _kind(admin, "notifications.deliver")
    assert after["later"] == before.get("later", 0) + 1
    assert after["gave_up"] == before.get("gave_up", 0) + 1


async def _kind(client: httpx.AsyncClient, job: str) -> dict[str, int]:
    answer = await client.get("/admin/queues")
    assert answer.status_code == 200, answer.text
    return next((item for item in answer.json()["items"] if item["job"] == job), {})
