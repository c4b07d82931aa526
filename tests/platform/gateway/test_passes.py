"""A credential just let through is let through again, and not a moment longer than it should be."""

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.http.access import Access, Asked
from metatron.platform.gateway import passes
from metatron.platform.gateway.limits import RateLimiter
from tests.support.control import make_key
from tests.support.people import Door, new_email

READ = Access("permission", "tenancy:members")


def asked(app: FastAPI, *headers: tuple[str, str]) -> Asked:
    named = {name.encode(): value.encode() for name, value in headers}
    scope = {"app": app, "client": ("203.0.113.9", 1), "headers": list(named.items()), "state": {}}
    return Asked(scope, named, "a-request")


def bearer(client: httpx.AsyncClient) -> tuple[str, str]:
    return "authorization", client.headers["authorization"]


async def test_a_pass_needs_somebody_known(door: Door) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    gate = door.app.state.gate
    gate.facts.forget_all()
    gate.passes.clear()
    assert gate.admit_at_once(asked(door.app, bearer(client)), READ) is None
    assert (await client.get("/members")).is_success
    context = gate.admit_at_once(asked(door.app, bearer(client), ("user-agent", "a test")), READ)
    assert context is not None
    assert (context.tenant_id, context.actor_kind) == (tenant.id, "user")
    assert (context.ip, context.user_agent) == ("203.0.113.9", "a test")
    assert context.request_id == "a-request"
    assert gate.admit_at_once(asked(door.app, bearer(client)), Access("permission", "x:y")) is None
    assert gate.admit_at_once(asked(door.app, bearer(client)), Access("operator", "x:y")) is None
    assert gate.admit_at_once(asked(door.app, bearer(client), ("x-api-key", "k")), READ) is None
    assert gate.admit_at_once(asked(door.app), READ) is None


async def test_a_pass_lasts_a_second_and_no_longer_than_its_facts(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    assert (await client.get("/members")).is_success
    gate = door.app.state.gate
    assert gate.admit_at_once(asked(door.app, bearer(client)), READ) is not None
    gate.facts.forget_all()
    # The pass alone still holds; a notice takes it away with the facts, and time does too.
    assert gate.admit_at_once(asked(door.app, bearer(client)), READ) is not None
    begun = passes.time.monotonic()
    monkeypatch.setattr(passes.time, "monotonic", lambda: begun + passes.PASS_SECONDS)
    assert gate.admit_at_once(asked(door.app, bearer(client)), READ) is None


async def test_every_pass_is_counted(door: Door) -> None:
    tenant = await door.organisation()
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    assert (await client.get("/members")).is_success
    gate, app = door.app.state.gate, FastAPI()
    app.state.limiter = RateLimiter(door.settings)
    left = []
    for _ in range(3):
        request = asked(app, bearer(client))
        assert gate.admit_at_once(request, READ) is not None
        left.append(int(dict(request.scope["state"]["written_headers"])[b"ratelimit-remaining"]))
    assert left == [left[0], left[0] - 1, left[0] - 2]


async def test_a_key_bound_to_addresses_is_looked_at_each_time(door: Door) -> None:
    tenant = await door.organisation()
    gate = door.app.state.gate
    for networks, expected in ((), True), (("203.0.113.0/24",), False):
        made = await make_key(door.database, tenant.id, "tenancy:members", ip_allow_list=networks)
        key = made.text
        caller = door.browser("203.0.113.9")
        caller.headers["x-api-key"] = key
        assert (await caller.get("/members")).is_success
        admitted = gate.admit_at_once(asked(door.app, ("x-api-key", key)), READ)
        assert (admitted is not None) is expected
