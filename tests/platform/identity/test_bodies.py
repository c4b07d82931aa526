"""Whoever is not signed in may send little: what strangers have hashed or parsed stays cheap."""

from fastapi import FastAPI

from metatron.kernel.http.access import Access
from tests.support.people import Door, new_email

SMALL, OF_A_CEREMONY = 4_096, 32_768
"""Bytes; a passkey's certificates take more than a password."""


def test_every_route_of_credentials_bounds_its_body(app: FastAPI) -> None:
    bounds: dict[str, int | None] = {}
    for route in app.routes:
        endpoint = getattr(route, "endpoint", None)
        access: Access | None = getattr(endpoint, "__access__", None)
        if access is None or not endpoint.__module__.startswith("metatron.platform.identity."):
            continue
        if access.kind in {"public", "signed_in"} and route.methods & {"POST", "PUT", "PATCH"}:
            bounds[route.path] = access.max_body_bytes
    assert len(bounds) > 20, "the routes of identity were not found"
    assert {at: most for at, most in bounds.items() if most not in {SMALL, OF_A_CEREMONY}} == {}
    larger = {at for at, most in bounds.items() if most == OF_A_CEREMONY}
    assert all("passkey" in at for at in larger), larger


async def test_a_body_beyond_the_bound_is_refused(door: Door) -> None:
    body = {"email": new_email(), "password": "x" * SMALL}
    refused = await door.browser().post("/auth/login", json=body)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
