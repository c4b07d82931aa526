"""All checks over all books: the ledger's own and those that other modules register."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.platform.ledger.checks import Violation, run_checks
from metatron.platform.ledger.events import BooksFoundWrong
from metatron.platform.ledger.seal_checks import check_seals

log = structlog.get_logger(__name__)

CHECK_TENANT_JOB = "ledger.check_tenant"
SUBJECTS_TOLD = 20
_HOLDS = "select exists (select from ledger.account)"
_TENANTS = """
with recursive found as (
  (select tenant_id from ledger.account order by tenant_id limit 1)
  union all
  select (select a.tenant_id from ledger.account a where a.tenant_id > found.tenant_id
          order by a.tenant_id limit 1)
  from found where found.tenant_id is not null)
select tenant_id from found where tenant_id is not null
"""

Run = Callable[[AsyncSession, Context], Awaitable[list[Violation]]]


@dataclass(frozen=True, slots=True)
class Check:
    """A named set of rules; `run` looks at one tenant and changes nothing."""

    name: str
    run: Run


async def _run_own(session: AsyncSession, context: Context) -> list[Violation]:
    return [*await run_checks(session), *await check_seals(session, context)]


_CHECKS: dict[str, Check] = {"ledger": Check("ledger", _run_own)}


def register_check(name: str, run: Run) -> None:
    """Let `metatron ledger check` and the nightly run look at `run` too.

    A module calls it where its manifest is made, so that commands and workers alike know of it.
    `run(session, context)` returns what is wrong in the context's tenant. It sees one snapshot
    (repeatable read) and is given a transaction of its own.
    """
    _CHECKS[name] = Check(name, run)


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation, with the tenant and the check that found it."""

    tenant_id: UUID
    check: str
    violation: Violation


async def tenants_with_books(database: Database) -> list[UUID]:
    """Return the tenants that have accounts, in the home database and in all dedicated ones."""
    found: set[UUID] = set()
    for pool in await database.keep(Holdings).sources(_HOLDS):
        found.update(UUID(str(row["tenant_id"])) for row in await pool.fetch(_TENANTS))
    return sorted(found)


async def check_books(database: Database, tenant_id: UUID) -> list[Finding]:
    """Run every check over one tenant's books, wherever they live.

    A check that cannot run is a finding as well, and does not keep the others from running.
    """
    context = system_context(tenant_id)
    found = []
    for check in list(_CHECKS.values()):
        try:
            async with database.transaction(context) as session:
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                violations = await check.run(session, context)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("ledger_check_failed", check=check.name, tenant_id=str(tenant_id))
            violations = [Violation(0, "the check could not run", None, type(error).__name__)]
        found += [Finding(tenant_id, check.name, violation) for violation in violations]
    return found


async def check_all(database: Database, _context: Context, *, now: datetime) -> None:
    """Ask for a check of every tenant's books, each as a job of its own."""
    del now
    for tenant_id in await tenants_with_books(database):
        context = system_context(tenant_id)
        async with database.transaction(context) as session:
            await enqueue(session, context, CHECK_TENANT_JOB)


async def check_tenant(database: Database, context: Context, *, now: datetime) -> None:
    """Check one tenant's books; what is wrong raises an alert and is announced."""
    findings = await check_books(database, context.tenant_id)
    if not findings:
        return
    rules = sorted({f"{finding.check}: {finding.violation.rule}" for finding in findings})
    log.error(
        "books_found_wrong", tenant_id=str(context.tenant_id), findings=len(findings), rules=rules
    )
    subjects = [finding.violation.subject for finding in findings]
    event = BooksFoundWrong(
        aggregate_id=context.tenant_id,
        findings=len(findings),
        rules=rules,
        subjects=[subject for subject in subjects if subject is not None][:SUBJECTS_TOLD],
    )
    async with database.transaction(context) as session:
        await publish(session, context, event, now=now)
