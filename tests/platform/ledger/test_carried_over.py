"""Entries and their event times survive the way to the newest revision and back."""

from datetime import timedelta

import asyncpg

from metatron.kernel.clock import utc_now
from metatron.kernel.settings import Settings
from metatron.platform.ledger.interface import TransferFlags
from metatron.platform.ledger.module import MODULE
from tests.platform.ledger.books import Books, post, transfer

_ENTRIES = """
select e.*, x.event_at from ledger.entry e
left join ledger.entry_event x using (tenant_id, account_id, version)
where e.tenant_id = $1 order by e.account_id, e.version
"""
_IN_ONE_TABLE = (
    "select * from ledger.entry where tenant_id = $1 and event_at is {0} null"
    " order by account_id, version"
)


async def test_entries_are_carried_over_and_back(books: Books, settings: Settings) -> None:
    a, b = await books.opened(), await books.opened()
    then = utc_now() - timedelta(days=3)
    hold = transfer(a, b, flags=TransferFlags.PENDING, event_at=then)
    batches = [[transfer(a, b)], [transfer(b, a, event_at=then), hold], [post(hold, 7)]]
    for batch in batches:
        assert await books.book(*batch) == ["created"] * len(batch)
    assert MODULE.migrations is not None
    forth, back = (
        (MODULE.migrations / name).read_text()
        for name in ("ledger_0003_01_entries.sql", "ledger_0003_back.sql")
    )
    tenant = books.context.tenant_id
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    change = owner.transaction()
    await change.start()
    try:
        for table in ("entry", "entry_event"):
            await owner.execute(f"alter table ledger.{table} no force row level security")
        before = await owner.fetch(_ENTRIES, tenant)
        await owner.execute(back)
        dated = await owner.fetch(_IN_ONE_TABLE.format("not"), tenant)
        undated = await owner.fetch(_IN_ONE_TABLE.format(""), tenant)
        await owner.execute(forth)
        after = await owner.fetch(_ENTRIES, tenant)
    finally:
        await change.rollback()
        await owner.close()
    assert (len(dated), len(undated)) == (4, 4)
    assert {row["event_at"] for row in dated} == {then}
    assert len(before) == 8
    assert before == after
