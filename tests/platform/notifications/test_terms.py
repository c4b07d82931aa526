"""Bodies of mails, the personal data, end when their term is over; that they were sent stays."""

from datetime import timedelta

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.pruner import Pruner, kept_of
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.processes import all_modules

_MESSAGE = text(
    "insert into notifications.message (tenant_id, id, template, template_version, locale, state,"
    " created_at) values (:tenant, :id, 'a.b', 1, 'en', 'queued', :at)"
)
_BODY = text(
    "insert into notifications.message_body (tenant_id, id, address, subject, text, keeps_text,"
    " created_at) values (:tenant, :id, 'ada@example.org', 'S', 'T', true, :at)"
)


async def test_bodies_end_after_ninety_days(committed_database: tuple[Settings, Database]) -> None:
    _, database = committed_database
    kept = set()
    tenants = [system_context(new_id()) for _ in range(2)]
    for tenant in tenants:
        async with database.transaction(tenant) as session:
            for days in (1, 89, 91, 400):
                row = {
                    "tenant": tenant.tenant_id,
                    "id": new_id(),
                    "at": utc_now() - timedelta(days=days),
                }
                await session.execute(_MESSAGE, row)
                await session.execute(_BODY, row)
                if days < 90:
                    kept.add(row["id"])
    pruner = Pruner(database.outboxes, kept_of(all_modules()))
    assert await pruner.prune() == 4
    left = set()
    for tenant in tenants:
        async with database.transaction(tenant) as session:
            found = await session.scalars(text("select id from notifications.message_body"))
            left |= set(found.all())
            count = await session.scalar(text("select count(*) from notifications.message"))
            assert count == 4
    assert left == kept
    assert await pruner.prune() == 0
