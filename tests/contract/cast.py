"""Who calls the API in these tests: nobody, each role, programs, and operators."""

import time
from typing import Any
from uuid import UUID

import httpx

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.identity.permissions import INTROSPECT, KEEP_PEOPLE
from metatron.platform.identity.service_clients import create_client
from tests.isolation.realms import Realm
from tests.support.control import make_operator
from tests.support.people import new_email, use_token

ADMIN_KEY = "an-admin-key-of-the-contract"
ROLES = (
    "anonymous", "participant", "supplier", "organiser", "analyst", "finance", "auditor",
    "administrator", "owner", "key", "garbled", "operator", "impersonation", "admin_key",
    "service", "service_of_auth",
)  # fmt: skip
SERVICE_SECONDS = 40
"""A service's token lives for sixty; a new one is bought in time."""
UPSETTING = {
    "post_logout", "post_revoke", "post_revoke_others", "post_password", "post_switch",
    "delete_session", "post_totp", "post_totp_confirm", "post_totp_remove", "patch_me",
    "patch_member", "delete_member", "patch_role", "delete_role_route", "delete_api_key",
    "post_refresh", "patch_module",
}  # fmt: skip
"""Operations after which their caller may be signed out, or no longer in their role."""

CLOSING = {"post_suspend", "post_maintenance"}
"""Operations that let nobody of the organisation in any more."""


class Cast:
    """Clients by role, made when first asked for, and anew after an upsetting operation."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._services_at = 0.0

    async def client(self, role: str) -> httpx.AsyncClient:
        """A client that calls as `role`."""
        if role not in self._clients:
            self._clients[role] = await self._make(role)
        return self._clients[role]

    async def ready(self) -> dict[str, httpx.AsyncClient]:
        """Everybody."""
        if time.monotonic() - self._services_at > SERVICE_SECONDS:
            self._services_at = time.monotonic()
            for role in [role for role in self._clients if role.startswith("service")]:
                del self._clients[role]
        return {role: await self.client(role) for role in ROLES}

    def upset(self, operation: dict[str, Any]) -> bool:
        """Forget everybody if the operation may have changed who they are."""
        if operation["operationId"] in UPSETTING:
            self._clients.clear()
            return True
        return False

    async def open_again(self, operation: dict[str, Any]) -> None:
        """Let the organisation's people in again, if the operation may have kept them out."""
        if operation["operationId"] in CLOSING:
            keeper = await self.client("admin_key")
            where = f"/api/v1/admin/tenants/{self.realm.tenant_id}"
            for way in ("activate", "maintenance/end"):
                answer = await keeper.post(f"{where}/{way}")
                assert answer.status_code in {200, 409}, answer.text

    async def _make(self, role: str) -> httpx.AsyncClient:
        door, tenant_id = self.realm.door, self.realm.tenant_id
        if role in {"anonymous", "key", "admin_key"}:
            client = door.browser()
            if role == "key":
                client.headers["x-api-key"] = self.realm.key_text
            if role == "admin_key":
                client.headers["x-admin-key"] = ADMIN_KEY
        elif role.startswith("service"):
            client = await self._service("auth" if role == "service_of_auth" else "metatron")
        elif role == "impersonation":
            client = await self._impersonation()
        elif role == "garbled":
            client = await door.signed_in(self.realm.email, tenant_id)
            client.headers["x-api-key"] = self.realm.key_text[:-1]
        elif role == "operator":
            client = await self._operator()
        elif role == "owner":
            client = await door.signed_in(self.realm.email, tenant_id)
        else:
            client = await door.signed_in(new_email(role), tenant_id, (role,))
        client.base_url = httpx.URL(door.settings.public_url)
        return client

    async def _operator(self) -> httpx.AsyncClient:
        client = await self.realm.door.signed_in(new_email("operator"))
        me = (await client.get("/auth/me")).json()
        await make_operator(self.realm.door.database, UUID(me["user"]["id"]))
        return client

    async def _impersonation(self) -> httpx.AsyncClient:
        """An operator who acts for an organiser."""
        door, tenant_id = self.realm.door, self.realm.tenant_id
        email = new_email("target")
        await door.signed_in(email, tenant_id, ("organiser",))
        operator, path = await self._operator(), f"/admin/users/{await door.person(email)}"
        body = {"tenant_id": str(tenant_id), "reason": "Ticket 4711: the book shows a wrong total"}
        answer = await operator.post(f"{path}/impersonate", json=body)
        assert answer.status_code == 200, answer.text
        client = door.browser()
        use_token(client, answer.json())
        return client

    async def _service(self, audience: str) -> httpx.AsyncClient:
        """A service with the scopes of every route that takes one."""
        door, context = self.realm.door, system_context()
        async with door.database.transaction(context) as session:
            made = await create_client(
                session,
                context,
                name=new_email("svc").split("@")[0],
                audiences=[audience],
                scopes=[INTROSPECT, KEEP_PEOPLE],
                now=utc_now(),
            )
        client = door.browser()
        body = {
            "client_id": str(made.client_id),
            "client_secret": made.client_secret,
            "audience": audience,
        }
        answer = await client.post("/auth/service-token", json=body)
        assert answer.status_code == 200, answer.text
        use_token(client, answer.json())
        return client
