"""The module's jobs; thin, they call a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Job, Schedule, Together
from metatron.platform.payments import dispute_evidence, inbox, sending
from metatron.platform.payments.instructions import SEND_JOB
from metatron.platform.payments.overdue import take_up_overdue
from metatron.platform.payments.statements import fetching

SWEEP_JOB = "payments.take_up_overdue"
FETCH_JOB = "payments.fetch_statements"


async def send(database: Database, context: Context, *, instruction_id: str, now: datetime) -> None:
    """Send an instruction, or find out what became of it."""
    await sending.send_instruction(database, context, instruction_id=UUID(instruction_id), now=now)


async def process(session: AsyncSession, context: Context, *, inbox_id: str, now: datetime) -> None:
    """Act on a webhook."""
    await inbox.process_webhook(session, context, inbox_id=UUID(inbox_id), now=now)


async def sweep(database: Database, _context: Context, *, now: datetime) -> None:
    """Ask again for what was left lying, in every tenant."""
    del now  # each tenant has a clock of its own
    await take_up_overdue(database)


async def fetch_statements(database: Database, _context: Context, *, now: datetime) -> None:
    """Fetch the providers' statements of the last days."""
    await fetching.fetch_statements(database, now=now)


async def submit_evidence(
    database: Database, context: Context, *, evidence_id: str, now: datetime
) -> None:
    """Hand evidence against a dispute in."""
    await dispute_evidence.submit_evidence(
        database, context, evidence_id=UUID(evidence_id), now=now
    )


JOBS = (
    Job(SEND_JOB, send, transactional=False, priority=5, waits=True),
    Job(inbox.PROCESS_JOB, process, priority=5, together=Together(inbox.process_webhooks)),
    Job(dispute_evidence.EVIDENCE_JOB, submit_evidence, transactional=False),
    Job(SWEEP_JOB, sweep, transactional=False),
    Job(FETCH_JOB, fetch_statements, transactional=False),
)
SCHEDULES = (
    Schedule("payments_overdue", "* * * * *", SWEEP_JOB),
    Schedule("payments_statements", "20 3 * * *", FETCH_JOB),
)
