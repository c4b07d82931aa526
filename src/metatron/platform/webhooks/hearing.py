"""What an endpoint is told: what whoever answers for it may read at that moment."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.tenancy.interface import rights_of_actor
from metatron.platform.webhooks.permissions import MANAGE
from metatron.platform.webhooks.site import site

EVERYTHING = "audit:read"
Hearing = Literal["hears", "withheld", "left"]


async def hearing(
    database: Database,
    context: Context,
    *,
    answerable_id: UUID | None,
    event: tuple[UUID, str, UUID] | None,
) -> Hearing:
    """Tell how it stands with who answers for an endpoint, and with an event (id, name, record).

    `left`: they are no member any more, or may not manage webhooks; another has to take it over.
    """
    held = await rights_of_actor(database, context.tenant_id, answerable_id or UUID(int=0))
    if held is None or MANAGE not in held.permissions:
        return "left"
    if event is None or EVERYTHING in held.permissions:
        return "hears"
    module = site().modules.get(event[1].partition(".")[0])
    if module is None or module.watch is None or module.watch not in held.permissions:
        return "withheld"
    if module.audience is None:
        return "hears"
    reader = replace(
        context, actor_id=answerable_id, permissions=held.permissions, role_ids=held.role_ids
    )
    limited = await module.audience.find(await database.direct(context), context, [event])
    ids = module.audience.ids_of(reader)
    if event[0] not in limited or ids is None or not limited[event[0]].isdisjoint(ids):
        return "hears"
    return "withheld"
