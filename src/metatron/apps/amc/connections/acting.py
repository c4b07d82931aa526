"""Acting in somebody's name later on, with the rights they have by then."""

from dataclasses import replace
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.tenancy.interface import rights_of_actor


async def in_name_of(database: Database, context: Context, actor_id: UUID | None) -> Context:
    """Return the system's context in the name of a person or an API key, as they stand now.

    Who has left holds no right any more; what nobody is named for, the system does by itself.
    """
    if actor_id is None:
        return context
    held = await rights_of_actor(database, context.tenant_id, actor_id)
    if held is None:
        return replace(context, actor_id=actor_id, permissions=frozenset(), role_ids=frozenset())
    return replace(context, actor_id=actor_id, permissions=held.permissions, role_ids=held.role_ids)
