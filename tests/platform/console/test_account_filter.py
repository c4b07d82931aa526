"""Every list of the console, narrowed to one client account, within the operator's scope."""

from dataclasses import dataclass
from uuid import UUID

import httpx
import orjson
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.gateway.admin_call_routes import months_at
from tests.support.people import Door

from .steps import code, make_account, operator_client, put_in_account

LISTS = (
    "/admin/accounts",
    "/admin/tenants",
    "/admin/onboarding",
    "/admin/jobs",
    "/admin/alerts",
    "/admin/calls",
    "/admin/roles",
    "/admin/users",
    "/admin/personal-data",
    "/admin/audit",
    "/admin/audit/export",
)


@dataclass(frozen=True)
class Customer:
    """A client account with one tenant; everything of its tenant carries the mark."""

    mark: str
    account_id: str
    tenant_id: UUID


async def _customer(door: Door, admin: httpx.AsyncClient, common: str) -> Customer:
    mark = f"{common}{new_id().hex[-10:]}"
    email = f"{mark}@example.com"
    tenant, account = await door.organisation(email), await make_account(admin, mark)
    await put_in_account(door.database, tenant.id, account["id"])
    await admin.patch(f"/admin/tenants/{tenant.id}", json={"name": mark})
    system = door.database.system
    await system.execute(
        "insert into jobs.pgqueuer (status, priority, entrypoint, headers)"
        " values ('failed', 0, $1, $2)",
        mark,
        orjson.dumps({"tenant_id": str(tenant.id)}).decode(),
    )
    await system.execute(
        "insert into health.alert (id, rule, threshold, value, highest_value, fired_at, tenant_id)"
        " values ($1, 'tenant_errors', 5, 9, 9, $2, $3)",
        new_id(), utc_now(), tenant.id,
    )  # fmt: skip
    month, _ = months_at(utc_now())
    # More than anybody else calls: only fifty are told.
    await system.execute(
        "insert into gateway.month_calls values ($1, $2, $3)", tenant.id, month, 2**50
    )
    owner = await door.signed_in(email)
    assert (await owner.post("/personal-data/exports", json={})).status_code == 201
    role = await owner.post("/roles", json={"name": mark, "permissions": ["tenancy:members"]})
    assert role.status_code == 201, role.text
    # Not set up in earnest: nobody here would do its steps.
    await system.execute(
        "insert into tenancy.onboarding (id, tenant_id, account_id, state, request, created_at)"
        " values ($1, $2, $3, 'failed', $4, $5)",
        new_id(), tenant.id, UUID(account["id"]), orjson.dumps({"name": mark}).decode(), utc_now(),
    )  # fmt: skip
    return Customer(mark, account["id"], tenant.id)


async def _call_no_more(door: Door) -> None:
    """Others here ask who calls most."""
    await door.database.system.execute("delete from gateway.month_calls where calls = $1", 2**50)


async def _seen(client: httpx.AsyncClient, path: str, common: str, **query: object) -> str:
    asked: dict[str, object] = {"limit": 200} | query
    if path.endswith("/users"):
        asked["email"] = common
    if path.endswith(("/calls", "/roles", "/export")):
        del asked["limit"]
    answer = await client.get(path, params={name: str(value) for name, value in asked.items()})
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


async def test_each_list_is_narrowed_to_one_client_account(
    door: Door, admin: httpx.AsyncClient
) -> None:
    common = f"q{new_id().hex[-8:]}"
    one, other = [await _customer(door, admin, common) for _ in range(2)]
    everywhere = await operator_client(door)
    within = await operator_client(door, ("accounts", [UUID(one.account_id)], "*", "*"))
    for path in LISTS:
        narrowed = await _seen(everywhere, path, common, account_id=one.account_id)
        told = one.mark if "audit" not in path else str(one.tenant_id)
        hidden = other.mark if "audit" not in path else str(other.tenant_id)
        assert told in narrowed, path
        assert hidden not in narrowed, path
        assert told in await _seen(within, path, common, account_id=one.account_id), path
        # An account beyond the scope has no rows, as an account that does not exist has none.
        foreign = await _seen(within, path, common, account_id=other.account_id)
        unknown = await _seen(within, path, common, account_id=new_id())
        for secret in (one.mark, other.mark, str(one.tenant_id), str(other.tenant_id)):
            assert secret not in foreign + unknown, (path, secret)
    await _call_no_more(door)


async def test_a_log_asked_for_with_a_foreign_account_is_unknown(
    door: Door, admin: httpx.AsyncClient
) -> None:
    common = f"q{new_id().hex[-8:]}"
    one, other = [await _customer(door, admin, common) for _ in range(2)]
    both = {"tenant_id": str(one.tenant_id), "account_id": one.account_id}
    log = (await admin.get("/admin/audit", params=both)).json()["items"]
    assert {entry["tenant_id"] for entry in log} == {str(one.tenant_id)}
    await _call_no_more(door)
    crossed = {"tenant_id": str(one.tenant_id), "account_id": other.account_id}
    assert code(await admin.get("/admin/audit", params=crossed)) == (404, "not_found")


@pytest.mark.parametrize("path", [path for path in LISTS if "export" not in path])
async def test_what_is_no_account_is_refused(admin: httpx.AsyncClient, path: str) -> None:
    answer = await admin.get(path, params={"account_id": "mine", "email": "abc"})
    assert code(answer)[0] == 422
