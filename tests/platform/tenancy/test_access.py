"""Who may do what where, as others ask it."""

from metatron.kernel.clock import utc_now
from metatron.kernel.context import anonymous_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.interface import (
    create_organisation,
    memberships_of,
    resolve_access,
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
        now=utc_now(),
    )
    assert facts.slug.startswith("fruh-sohne")
    assert await tenant_by_id(database, facts.id) == facts
    assert await tenant_by_slug(database, facts.slug) == facts
    [membership] = await memberships_of(database, founder)
    assert (membership.tenant_id, membership.roles) == (facts.id, ("owner",))
    access = await resolve_access(database, facts.id, founder)
    assert access is not None
    assert "tenancy:manage_members" in access.permissions
    assert await resolve_access(database, facts.id, new_id()) is None
