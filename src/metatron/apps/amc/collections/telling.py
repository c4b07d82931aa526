"""Mails about collections that rest: to their makers, and to who can take them over."""

from datetime import datetime
from uuid import UUID

from metatron.apps.amc.collections.tables import MAKER_GONE, Collection
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.telling import RESTING, able_to_take_over, mail
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.notifications.interface import MailTemplate, register_templates
from metatron.platform.tenancy.interface import rights_of_actor

TEMPLATE = "amc_collection_rests"
LEFT_TEMPLATE = "amc_collection_without_maker"

register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        kind=RESTING,
        subject="The collection {{ collection }} rests",
        text=(
            "The collection {{ collection }} has been paused: it runs in your name, and you may "
            "not run queries any more.\n\n"
            "What it has stays. Ask for the right to run queries, or let somebody who has it go "
            "on with the collection.\n\n{{ link }}\n"
        ),
        keeps_text=True,
    ),
    MailTemplate(
        name=LEFT_TEMPLATE,
        version=1,
        kind=RESTING,
        subject="The collection {{ collection }} needs somebody",
        text=(
            "The collection {{ collection }} has been paused: whoever made it has left, or may "
            "not run queries any more.\n\n"
            "Somebody who may run queries on its clients can go on with it in their own "
            "name.\n\n{{ link }}\n"
        ),
        keeps_text=True,
    ),
)


async def tell(database: Database, context: Context, *, collection_id: UUID, now: datetime) -> None:
    """Mail the maker of a collection that rests, unless they have left, and who can take it over.

    One that somebody has resumed or archived since is let be.
    """
    async with database.transaction(context) as session:
        found = await session.get(Collection, (context.tenant_id, collection_id))
    if found is None or found.pause_reason != MAKER_GONE or found.archived_at is not None:
        return
    told = {
        "collection": found.name,
        "link": site().page(f"/amc/runs/collections/{collection_id}"),
    }
    maker = found.created_by
    is_here = maker and await rights_of_actor(database, context.tenant_id, maker) is not None
    if maker and is_here:
        await mail(database, context, [maker], template=TEMPLATE, variables=told, now=now)
    others = await able_to_take_over(database, context)
    await mail(database, context, others, template=LEFT_TEMPLATE, variables=told, now=now)
