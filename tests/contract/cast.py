"""Who calls the API in these tests: nobody, each role, a program, and an operator."""

from typing import Any
from uuid import UUID

import httpx

from tests.isolation.realms import Realm
from tests.support.control import make_operator
from tests.support.people import new_email

ROLES = ("anonymous", "participant", "supplier", "organiser", "owner", "key", "garbled", "operator")
UPSETTING = {
    "post_logout", "post_revoke", "post_revoke_others", "post_password", "post_switch",
    "delete_session", "post_totp", "post_totp_confirm", "post_totp_remove", "patch_me",
    "patch_member", "delete_member", "patch_role", "delete_role_route", "delete_api_key",
    "post_refresh", "patch_module",
}  # fmt: skip
"""Operations after which their caller may be signed out, or no longer in their role."""


class Cast:
    """Clients by role, made when first asked for, and anew after an upsetting operation."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def client(self, role: str) -> httpx.AsyncClient:
        """A client that calls as `role`."""
        if role not in self._clients:
            self._clients[role] = await self._make(role)
        return self._clients[role]

    async def ready(self) -> dict[str, httpx.AsyncClient]:
        """Everybody."""
        return {role: await self.client(role) for role in ROLES}

    def upset(self, operation: dict[str, Any]) -> bool:
        """Forget everybody if the operation may have changed who they are."""
        if operation["operationId"] in UPSETTING:
            self._clients.clear()
            return True
        return False

    async def _make(self, role: str) -> httpx.AsyncClient:
        door, tenant_id = self.realm.door, self.realm.tenant_id
        if role in {"anonymous", "key"}:
            client = door.browser()
            if role == "key":
                client.headers["x-api-key"] = self.realm.key_text
        elif role == "garbled":
            client = await door.signed_in(self.realm.email, tenant_id)
            client.headers["x-api-key"] = self.realm.key_text[:-1]
        elif role == "operator":
            client = await door.signed_in(new_email("operator"))
            me = (await client.get("/auth/me")).json()
            await make_operator(door.database, UUID(me["user"]["id"] if "user" in me else me["id"]))
        elif role == "owner":
            client = await door.signed_in(self.realm.email, tenant_id)
        else:
            client = await door.signed_in(new_email(role), tenant_id, (role,))
        client.base_url = httpx.URL(door.settings.public_url)
        return client
