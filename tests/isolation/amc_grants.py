"""A client that was granted to a role and to a member."""

from typing import TYPE_CHECKING

from metatron.platform.tenancy.interface import system_role_id

if TYPE_CHECKING:
    from .realms import Realm


async def furnish_grants(realm: "Realm") -> None:
    """Grant the realm's client; its person sets up clients and sees it all the same."""
    body = {
        "users": [{"user_id": realm.one("actor_id"), "level": "edit"}],
        "roles": [{"role_id": str(system_role_id("organiser")), "level": "read"}],
    }
    answer = await realm.client.put(f"/amc/instances/{realm.one('instance_id')}/grants", json=body)
    assert answer.status_code == 200, answer.text
