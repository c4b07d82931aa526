"""Every operators' route, asked by operators whose rights reach one tenant or one account."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from tests.support.control import make_key
from tests.support.people import Door, new_email

from .steps import code, make_account, operator_client, put_in_account

API = "/api/v1"
PLATFORM = {
    ("GET", "/health/detailed"),
    ("POST", "/health/run"),
    ("GET", "/metrics"),
    ("GET", f"{API}/admin/status"),
    ("GET", f"{API}/admin/settings"),
    ("GET", f"{API}/admin/alert-rules"),
    ("PATCH", f"{API}/admin/alert-rules/{{name}}"),
    ("GET", f"{API}/admin/maintenance-windows"),
    ("POST", f"{API}/admin/maintenance-windows"),
    ("POST", f"{API}/admin/maintenance-windows/{{window_id}}/end"),
    ("GET", f"{API}/admin/alert-channels"),
    ("POST", f"{API}/admin/alert-channels"),
    ("POST", f"{API}/admin/alert-channels/{{channel_id}}/test"),
    ("DELETE", f"{API}/admin/alert-channels/{{channel_id}}"),
    ("GET", f"{API}/admin/database"),
    ("GET", f"{API}/admin/configuration"),
    ("GET", f"{API}/admin/configuration/versions"),
    ("POST", f"{API}/admin/configuration/difference"),
    ("PATCH", f"{API}/admin/configuration"),
    ("GET", f"{API}/admin/queues"),
    ("GET", f"{API}/admin/deprecations"),
    ("GET", f"{API}/admin/security"),
    ("GET", f"{API}/admin/traffic"),
    ("GET", f"{API}/admin/web-vitals"),
}
"""What is about the whole platform: for those whose right is over everything."""
LISTS = {
    ("GET", f"{API}/admin/{name}")
    for name in (
        "accounts", "tenants", "operators", "users", "onboarding", "jobs", "roles", "alerts",
        "access", "calls", "keys", "personal-data",
    )
} | {("POST", f"{API}/admin/jobs/retry")}  # fmt: skip
"""They answer what is within the scope, or do it to that alone."""
LOGS = {
    ("GET", f"{API}/admin/audit"),
    ("GET", f"{API}/admin/audit/export"),
    ("GET", f"{API}/admin/audit/status"),
    ("POST", f"{API}/admin/audit/verify"),
}
"""They name the tenant in the query."""
MAKING = {
    ("POST", f"{API}/admin/accounts"): (404, "not_found"),
    ("POST", f"{API}/admin/tenants"): (404, "not_found"),
    ("POST", f"{API}/admin/operators"): (403, "grant_above_own_rights"),
    ("POST", f"{API}/admin/keys"): (403, "grant_above_own_rights"),
}


@dataclass(frozen=True)
class Foreign:
    """What an operator of limited scope must not see: each has the mark in it, or is an id."""

    mark: str
    ids: dict[str, str]


@pytest.fixture
async def foreign(door: Door, admin: httpx.AsyncClient) -> Foreign:
    mark = f"zz{new_id().hex[-10:]}"
    email = f"{mark}@example.com"
    tenant, account = await door.organisation(email), await make_account(admin, mark)
    await put_in_account(door.database, tenant.id, account["id"])
    await admin.patch(f"/admin/tenants/{tenant.id}", json={"name": mark})
    user_id = await door.person(email)
    mighty = await operator_client(door)
    system = door.database.system
    job_id = await system.fetchval(
        "insert into jobs.pgqueuer (status, priority, entrypoint, headers)"
        " values ('failed', 0, $1, $2) returning id",
        mark,
        orjson.dumps({"tenant_id": str(tenant.id)}).decode(),
    )
    wish = {
        "name": mark, "account_id": account["id"],
        "first_user": {"email": new_email("fay"), "display_name": "Fay"},
    }  # fmt: skip
    started = (await admin.post("/admin/tenants", json=wish)).json()
    asked = await (await door.signed_in(email, tenant.id)).post("/personal-data/exports", json={})
    await system.execute(
        "insert into health.alert (id, rule, threshold, value, highest_value, fired_at, tenant_id)"
        " values ($1, 'tenant_errors', 5, 9, 9, $2, $3), ($4, 'cpu', 5, 9, 9, $2, null)"
        " on conflict do nothing",
        new_id(), utc_now(), tenant.id, new_id(),
    )  # fmt: skip
    ids = {
        "tenant_id": str(tenant.id),
        "account_id": account["id"],
        "user_id": str(user_id),
        "session_id": str(new_id()),
        "operator_id": mighty.headers["x-operator-id"],
        "onboarding_id": started["onboarding_id"],
        "job_id": str(job_id),
        "request_id": asked.json()["id"],
        "name": "campaigns",
        "window_id": str(new_id()),
        "channel_id": str(new_id()),
        "key_id": str((await make_key(door.database, tenant.id, "audit:read")).id),
    }
    return Foreign(mark, ids)


def _operations(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for route in app.routes
        if getattr(getattr(route, "endpoint", None), "__access__", None) is not None
        and route.endpoint.__access__.kind == "operator"
        for method in route.methods
    }


def _body(method: str, path: str, foreign: Foreign) -> dict[str, Any] | None:
    """A body in good order, so that nothing but the scope is refused."""
    ends = path.removeprefix(f"{API}/admin")
    grants = [{"scope": "all", "resource": "*", "action": "*"}]
    wish = {"name": "More", "account_id": foreign.ids["account_id"]}
    person = {"first_user": {"email": new_email("m"), "display_name": "M"}}
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("POST", "/accounts"): {"name": "New"},
        ("PATCH", "/accounts/{account_id}"): {"name": "Mine"},
        ("PATCH", "/alert-rules/{name}"): {"threshold": 96},
        ("POST", "/maintenance-windows"): {
            "title": "Night",
            "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-01T01:00:00Z",
        },
        ("POST", "/alert-channels"): {"url": "https://example.com/alerts"},
        ("POST", "/configuration/difference"): {"changes": {}},
        ("PATCH", "/configuration"): {"changes": {}},
        ("POST", "/operators"): {
            "email": new_email("made"), "display_name": "Made", "grants": grants,
        },
        ("PATCH", "/operators/{operator_id}"): {"display_name": "Mine"},
        ("POST", "/keys"): {"name": "Made", "grants": grants},
        ("POST", "/jobs/retry"): {},
        ("POST", "/tenants"): wish | person,
        ("PATCH", "/tenants/{tenant_id}"): {"tier": "pro"},
        ("PATCH", "/tenants/{tenant_id}/modules/{name}"): {"is_enabled": False},
        ("POST", "/tenants/{tenant_id}/move"): {"to": "pooled"},
        ("POST", "/tenants/{tenant_id}/maintenance"): {"note": "A larger disk"},
        ("POST", "/users/{user_id}/impersonate"): {
            "tenant_id": foreign.ids["tenant_id"], "reason": "A reason of some length.",
        },
    }  # fmt: skip
    return bodies.get((method, ends))


@pytest.mark.parametrize("scope", ["tenants", "accounts"])
async def test_a_limited_operator_sees_nothing_beyond_the_scope(
    door: Door, app: FastAPI, admin: httpx.AsyncClient, foreign: Foreign, scope: str
) -> None:
    tenant, account = await door.organisation(), await make_account(admin)
    await put_in_account(door.database, tenant.id, account["id"])
    subject = tenant.id if scope == "tenants" else UUID(account["id"])
    client = await operator_client(door, (scope, [subject], "*", "*"))
    root = door.settings.public_url
    for method, path in sorted(_operations(app)):
        query = {"tenant_id": foreign.ids["tenant_id"]} if (method, path) in LOGS else {}
        if path.endswith("/admin/users"):
            query = {"email": foreign.mark}
        body = _body(method, path, foreign)
        ids = foreign.ids | ({"name": "cpu"} if "rules" in path else {})
        answer = await client.request(method, root + path.format(**ids), params=query, json=body)
        what = (method, path, answer.text)
        if (method, path) in PLATFORM:
            assert code(answer) == (403, "scope_too_narrow"), what
            assert "over some accounts or tenants" in answer.json()["detail"]
        elif (method, path) in LISTS:
            assert answer.status_code == 200, what
            for each in (foreign.mark, *(name for name in foreign.ids.values() if len(name) == 36)):
                assert each not in answer.text, (*what, each)
        elif (method, path) in MAKING:
            assert code(answer) == MAKING[method, path], what
        else:
            assert "{" in path or (method, path) in LOGS, f"say what {method} {path} shows to whom"
            assert code(answer) == (404, "not_found"), what
    # Nobody's log is everybody's log.
    for path in ("/admin/audit", "/admin/audit/export"):
        assert (await client.get(path)).status_code == 422
    for method, path in (("GET", "/admin/audit/status"), ("POST", "/admin/audit/verify")):
        assert code(await client.request(method, path)) == (404, "not_found")


async def test_alerts_of_ones_own_tenants_are_shown(
    door: Door, admin: httpx.AsyncClient, foreign: Foreign
) -> None:
    mine = await door.organisation()
    await door.database.system.execute(
        "insert into health.alert (id, rule, threshold, value, highest_value, fired_at, tenant_id)"
        " values ($1, 'tenant_silence', 3600, 4000, 4000, $2, $3)",
        new_id(), utc_now(), mine.id,
    )  # fmt: skip
    client = await operator_client(door, ("tenants", [mine.id], "status", "read"))
    (alert,) = (await client.get("/admin/alerts")).json()["items"]
    assert (alert["tenant_id"], alert["tenant_name"]) == (str(mine.id), mine.name)
    assert alert["title"] == f"Silence of a tenant: {mine.name}"
    everything = await operator_client(door, ("all", [], "status", "read"))
    query = {"tenant_id": foreign.ids["tenant_id"]}
    (alert,) = (await everything.get("/admin/alerts", params=query)).json()["items"]
    assert alert["tenant_name"] == foreign.mark
    assert (await client.get("/admin/alerts", params=query)).json()["items"] == []


async def test_refusals_say_what_is_missing(door: Door) -> None:
    tenant = await door.organisation()
    reader = await operator_client(door, ("tenants", [tenant.id], "tenants", "read"))
    refused = (await reader.post(f"/admin/tenants/{tenant.id}/suspend")).json()
    assert refused["title"] == "Your rights as an operator do not include this"
    assert refused["detail"].startswith("This needs the right tenants:write;")
    nobody = await door.signed_in(new_email("nobody"))
    refused = (await nobody.get("/admin/tenants")).json()
    assert (refused["code"], refused["title"]) == (
        "permission_denied", "This is for operators of the platform",
    )  # fmt: skip
    assert "role" not in refused["title"] + refused["detail"]
