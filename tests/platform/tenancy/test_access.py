"""Who may do what where, as others ask it."""

from metatron.kernel.context import anonymous_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.interface import (
    ActorRights,
    create_organisation,
    memberships_of,
    resolve_access,
    rights_of_actor,
    roles_of,
    system_role_id,
    tenant_by_id,
    tenant_by_slug,
)


async def test_the_founder_owns_the_organisation(database: Database) -> None:
    founder = new_id()
    facts = await create_organisation(
        database,
        name="Früh & Söhne",
        slug=None,
        owner_user_id=founder,
        actor=anonymous_context(),
    )
    assert facts.slug.startswith("fruh-sohne")
    assert await tenant_by_id(database, facts.id) == facts
    assert await tenant_by_slug(database, facts.slug) == facts
    [membership] = await memberships_of(database, founder)
    assert (membership.tenant_id, membership.roles) == (facts.id, ("owner",))
    access = await resolve_access(database, facts.id, founder)
    assert access is not None
    assert "tenancy:manage_members" in access.permissions
    assert access.role_ids == {system_role_id("owner")}
    names = await roles_of(database, facts.id)
    assert names[system_role_id("auditor")] == "auditor"
    held = await rights_of_actor(database, facts.id, founder)
    assert held == ActorRights(access.permissions, access.role_ids)
    assert await rights_of_actor(database, facts.id, new_id()) is None
    assert await resolve_access(database, facts.id, new_id()) is None
