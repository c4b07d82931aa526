"""Introspection, revocation and tokens between services."""

import httpx
import jwt
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.identity.service_clients import NewClient, create_client
from tests.support.control import make_key
from tests.support.people import Door, new_email


def _token(client: httpx.AsyncClient) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


async def _service(door: Door, *audiences: str, scopes: tuple[str, ...] = ()) -> NewClient:
    context = system_context()
    name = new_email("svc").split("@")[0]
    async with door.database.transaction(context) as session:
        return await create_client(
            session,
            context,
            name=name,
            audiences=list(audiences),
            scopes=list(scopes),
            now=utc_now(),
        )


async def _service_token(client: httpx.AsyncClient, made: NewClient, audience: str) -> str:
    body = {
        "client_id": str(made.client_id),
        "client_secret": made.client_secret,
        "audience": audience,
    }
    answer = await client.post("/auth/service-token", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_in"] == 60
    return str(answer.json()["access_token"])


async def test_introspection_within_the_organisation(door: Door) -> None:
    tenant, other = await door.organisation(), await door.organisation()
    member = await door.signed_in(new_email(), tenant.id, ("participant",))
    stranger = await door.signed_in(new_email(), other.id, ("participant",))
    key = await make_key(door.database, tenant.id, "identity:introspect")
    asking = door.browser()
    asking.headers["x-api-key"] = key.text
    active = await asking.post("/auth/introspect", data={"token": _token(member)})
    assert active.status_code == 200, active.text
    claims = jwt.decode(_token(member), options={"verify_signature": False})
    shown = active.json()
    assert shown["active"] is True
    assert {name: shown[name] for name in ("sub", "exp", "tid", "jti")} == {
        name: claims[name] for name in ("sub", "exp", "tid", "jti")
    }
    for token in (_token(stranger), "nonsense", "a.b.c"):
        answer = (await asking.post("/auth/introspect", data={"token": token})).json()
        assert answer["active"] is False
        assert set(answer.values()) == {False, None}
    await member.post("/auth/logout")
    gone = await asking.post("/auth/introspect", data={"token": _token(member)})
    assert gone.json()["active"] is False


async def test_introspection_needs_the_right(door: Door) -> None:
    tenant = await door.organisation()
    member = await door.signed_in(new_email(), tenant.id, ("participant",))
    refused = await member.post("/auth/introspect", data={"token": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    nobody = await door.browser().post("/auth/introspect", data={"token": "x"})
    assert nobody.status_code == 401
    manager = await door.signed_in(new_email(), tenant.id, ("administrator",))
    for bad in (
        {"json": {"token": "x"}},
        {"data": {"other": "x"}},
        {"content": b"token=a&token=b"},
    ):
        answer = await manager.post("/auth/introspect", **bad)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_revocation_of_both_kinds(door: Door) -> None:
    for kind in ("access", "refresh"):
        client = await door.signed_in(new_email())
        token = _token(client) if kind == "access" else client.cookies["metatron_refresh"]
        anybody = door.browser()
        assert (await anybody.post("/auth/revoke", data={"token": token})).status_code == 200
        assert (await client.post("/auth/refresh", json={})).status_code == 401
        assert (await anybody.post("/auth/revoke", data={"token": token})).status_code == 200
    assert (await door.browser().post("/auth/revoke", data={"token": "x"})).status_code == 200


async def test_a_service_calls_with_its_scopes(door: Door) -> None:
    tenant = await door.organisation()
    member = await door.signed_in(new_email(), tenant.id, ("participant",))
    made = await _service(door, "metatron", scopes=("identity:introspect",))
    service = door.browser()
    token = await _service_token(service, made, "metatron")
    assert jwt.get_unverified_header(token)["alg"] == "Ed25519"
    service.headers["authorization"] = f"Bearer {token}"
    found = await service.post("/auth/introspect", data={"token": _token(member)})
    assert found.json()["active"] is True
    assert (await service.get("/auth/me")).status_code == 401
    assert (await service.get("/auth/sessions")).status_code == 401


async def test_a_token_for_another_service_opens_nothing_here(door: Door) -> None:
    made = await _service(door, "billing", scopes=("identity:introspect",))
    service = door.browser()
    token = await _service_token(service, made, "billing")
    service.headers["authorization"] = f"Bearer {token}"
    assert (await service.post("/auth/introspect", data={"token": "x"})).status_code == 401


@pytest.mark.parametrize("fault", ["secret", "id", "audience"])
async def test_wrong_clients(door: Door, fault: str) -> None:
    made = await _service(door, "billing")
    body = {
        "client_id": str(made.client_id),
        "client_secret": made.client_secret,
        "audience": "billing",
    }
    body |= {
        "secret": {"client_secret": "wrong"},
        "id": {"client_id": "00000000-0000-7000-8000-000000000009"},
        "audience": {"audience": "metatron"},
    }[fault]
    client = door.browser()
    answers = [await client.post("/auth/service-token", json=body) for _ in range(6)]
    expected = (403, "audience_not_allowed") if fault == "audience" else (401, "invalid_client")
    assert (answers[0].status_code, answers[0].json()["code"]) == expected
    assert answers[-1].status_code == 429
