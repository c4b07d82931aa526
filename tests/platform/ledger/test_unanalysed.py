"""What a batch reads follows from the batch, not from the books, also before any analysis."""

from sqlalchemy import text

from metatron.platform.ledger.interface import TransferFlags, create_transfers
from tests.platform.ledger.books import Books, post, transfer

HOLDS, BATCHES = 20, 25
_READ = text("""
select sum(idx_tup_fetch + seq_tup_read) from pg_stat_xact_user_tables where schemaname = 'ledger'
""")


async def test_posting_a_batch_reads_its_own_rows_alone(books: Books) -> None:
    pairs = [(await books.opened(), await books.opened()) for _ in range(HOLDS)]
    took = []
    async with books.database.transaction(books.context) as session:
        # Made anew at the first batch: the books are as good as empty then.
        await session.execute(text("discard plans"))
        for _ in range(BATCHES):
            holds = [transfer(a, b, flags=TransferFlags.PENDING) for a, b in pairs]
            posts = [post(hold, 100) for hold in holds]
            for batch in (holds, posts):
                before = (await session.execute(_READ)).scalar_one()
                results = await create_transfers(session, books.context, transfers=batch)
                assert {result.status for result in results} == {"created"}
                took.append((await session.execute(_READ)).scalar_one() - before)
    first_hold, first_post, *_, last_hold, last_post = took
    assert first_hold > 0
    assert last_hold <= 2 * first_hold
    assert last_post <= 2 * first_post
