"""Who may see a client: those it is granted to, everybody while it is granted to nobody.

This is the one test of it. Every statement that names, lists or counts clients, their runs,
schedules or figures contains `granted`, with `viewer_of` the context as its parameter.
"""

from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.permissions import EDIT, MANAGE, READ, RUN
from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied

Level = Literal["read", "run", "edit"]
LEVELS: dict[Level, str] = {"read": READ, "run": RUN, "edit": EDIT}
"""From the least to the most, each with the right it goes with; the higher contain the lower."""


def viewer_of(context: Context) -> list[UUID] | None:
    """Return the ids a grant may name for who asks; None sees every client.

    Those who set up clients see them all, and so does the system unless it acts for somebody.
    """
    if context.allows(MANAGE):
        return None
    if context.actor_kind == "system" and context.actor_id is None:
        return None
    return [*([context.actor_id] if context.actor_id else []), *sorted(context.role_ids)]


def granted(client: str, viewer: str, level: Level = "read") -> str:
    """Return the SQL test that `viewer` may do at least `level` with a client.

    `client` is a column that holds its id, with its alias (`i.id`, `r.instance_id`): the same row
    names the tenant. So the grants are read after it, when the tenant is bound: read before, no
    grant would be seen and every client be open. `viewer` is an expression of the type uuid[].
    """
    tenant = f"{client.partition('.')[0]}.tenant_id"
    names = list(LEVELS)
    enough = ", ".join(f"'{name}'" for name in names[names.index(level) :])
    return f"""({viewer} is null or coalesce((
      select bool_or(g.level in ({enough}) and coalesce(g.user_id, g.role_id) = any({viewer}))
      from amc.instance_grant g
      where g.tenant_id = {tenant} and g.instance_id = {client}), true))"""


_VIEWER = "cast(:viewer as uuid[])"
_MAY = {
    level: text(
        "select "
        + granted("i.id", _VIEWER)
        + " as sees, "
        + granted("i.id", _VIEWER, level)
        + " as may from amc.instance i where i.tenant_id = :tenant_id and i.id = :id"
    )
    for level in LEVELS
}


async def demand_client(
    session: AsyncSession, context: Context, instance_id: UUID, level: Level = "read"
) -> None:
    """Let pass who may do `level` with a client.

    Raises:
        InstanceNotFound: no client of this organisation that the actor may see has the id.
        PermissionDenied: it is granted to the actor, but not so much.
    """
    asked = {
        "tenant_id": context.tenant_id, "id": instance_id, "viewer": viewer_of(context),
    }  # fmt: skip
    found = (await session.execute(_MAY[level], asked)).one_or_none()
    if found is None or not found.sees:
        raise InstanceNotFound
    if not found.may:
        raise PermissionDenied(LEVELS[level])
