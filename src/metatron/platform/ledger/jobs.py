"""Releasing holds when their time is over; sealing the books; checking them at night."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import Job, Schedule, enqueue
from metatron.platform.ledger.checking import CHECK_TENANT_JOB, check_all, check_tenant
from metatron.platform.ledger.events import TransferExpired
from metatron.platform.ledger.sealing import seal_books
from metatron.platform.ledger.transfers import EXPIRY_JOB, expire_pending

AT_ONCE = 500
"""Holds released in one transaction; more are left to a job of their own."""


async def expire_due(session: AsyncSession, context: Context, *, now: datetime) -> None:
    """Release what is due at `now` and announce each."""
    expired = await expire_pending(session, context, now=now, most=AT_ONCE)
    for transfer in expired:
        event = TransferExpired(
            aggregate_id=transfer.id,
            debit_account_id=transfer.debit_account_id,
            credit_account_id=transfer.credit_account_id,
            amount_minor=transfer.amount,
            ledger=transfer.ledger,
            code=transfer.code,
            user_data_128=transfer.user_data_128,
        )
        await publish(session, context, event, now=now)
    if len(expired) == AT_ONCE:
        await enqueue(session, context, EXPIRY_JOB)


CHECK_JOB = "ledger.check_books"
SEAL_JOB = "ledger.seal_books"
JOBS = (
    Job(EXPIRY_JOB, expire_due),
    Job(CHECK_JOB, check_all, transactional=False),
    Job(SEAL_JOB, seal_books, transactional=False),
    Job(CHECK_TENANT_JOB, check_tenant, transactional=False, most_attempts=3, priority=-5),
)
SCHEDULES = (
    Schedule("ledger.check_books", "23 2 * * *", CHECK_JOB),
    Schedule("ledger.seal_books", "* * * * *", SEAL_JOB),
)
