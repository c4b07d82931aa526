"""What has done its duty goes; what still guards stays."""

from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.pruner import Pruner
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings


async def test_only_what_is_over_goes(committed_database: tuple[Settings, Database]) -> None:
    _, database = committed_database
    tenant = system_context(new_id())
    mark = text(
        "insert into kernel.delivery (tenant_id, id, handler, delivered_at)"
        " values (:tenant, :id, 'a.b', now() - make_interval(days => :days))"
    )
    async with database.transaction(tenant) as session:
        for days in (29, 31):
            row = {"tenant": tenant.tenant_id, "id": new_id(), "days": days}
            await session.execute(mark, row)
    assert await Pruner(database.outboxes).prune() == 1
    assert await database.system.fetchval("select count(*) from kernel.delivery") == 1
    assert await Pruner(database.outboxes).prune() == 0
