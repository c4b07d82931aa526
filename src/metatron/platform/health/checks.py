"""What is asked of the things this process depends on."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

State = Literal["healthy", "degraded", "unhealthy", "maintenance", "unknown"]
LONGEST_LAG_SECONDS = 60.0
_APPLIED = "select version_num from kernel.alembic_version"
_BRANCH = re.compile(r"(.+)_[0-9]+")
QUEUE = """
with recursive tenant as (
  (select tenant_id from kernel.outbox order by tenant_id limit 1)
  union all
  select (select o.tenant_id from kernel.outbox o
          where o.tenant_id > tenant.tenant_id order by o.tenant_id limit 1)
  from tenant where tenant.tenant_id is not null
), due as (
  select o.run_at + make_interval(secs => -coalesce(c.offset_seconds, 0)) as due_at
  from tenant left join kernel.tenant_clock c on c.tenant_id = tenant.tenant_id
  cross join lateral (
    select run_at from kernel.outbox o where o.tenant_id = tenant.tenant_id
      and o.run_at <= now() + make_interval(secs => coalesce(c.offset_seconds, 0))
    order by o.run_at limit 100) o
  where tenant.tenant_id is not null
), job as (
  select count(*) filter (where status = 'queued') as waiting,
         count(*) filter (where status = 'failed') as dead,
         min(execute_after) filter (where status = 'queued' and execute_after <= now()) as oldest
  from jobs.pgqueuer
)
select (select count(*) from due) as outbox_due, job.waiting, job.dead,
       extract(epoch from now() - least(job.oldest, (select min(due_at) from due)))::float8
         as oldest_seconds
from job
"""
"""Due rows of the outbox (up to 100 a tenant), jobs waiting, dead letters, age of the oldest."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question found out; `facts` are figures worth showing."""

    state: State
    facts: dict[str, Any]


Question = Callable[[], Awaitable[Outcome]]
Pool = Any


@dataclass(frozen=True, slots=True)
class Check:
    """A named question; the essential ones decide whether the process is ready."""

    name: str
    ask: Question
    essential: bool = False


def database_check(pool: Pool) -> Check:
    """Ask the database for an answer of one row."""

    async def ask() -> Outcome:
        started = time.perf_counter()
        await pool.fetchval("select 1")
        return Outcome("healthy", {"database_ms": (time.perf_counter() - started) * 1000})

    return Check("database", ask, essential=True)


def migrations_check(pool: Pool, ours: list[str]) -> Check:
    """Ask whether the database has the revisions `ours` or newer ones of the same branches."""

    async def ask() -> Outcome:
        applied = {row["version_num"] for row in await pool.fetch(_APPLIED)}
        missing = behind(applied, ours)
        return Outcome("unhealthy" if missing else "healthy", {"missing": missing})

    return Check("migrations", ask, essential=True)


def behind(applied: set[str], ours: list[str]) -> list[str]:
    """Return our revisions that a database lacks; what it has beyond them does not matter."""
    newest = {_branch(revision): revision for revision in applied}
    return [head for head in ours if newest.get(_branch(head), "") < head]


def _branch(revision: str) -> str:
    found = _BRANCH.fullmatch(revision)
    return found[1] if found else revision


def queue_check(pool: Pool) -> Check:
    """Ask how long the oldest due event or job has been waiting."""

    async def ask() -> Outcome:
        row = await pool.fetchrow(QUEUE)
        facts = dict(row)
        late = (facts["oldest_seconds"] or 0.0) > LONGEST_LAG_SECONDS
        return Outcome("degraded" if late else "healthy", facts)

    return Check("queue", ask)


def reachable_check(name: str, url: str, default_port: int) -> Check:
    """Ask whether something listens at the address of an outside service."""
    parts = urlsplit(url)

    async def ask() -> Outcome:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port or default_port)
        writer.close()
        return Outcome("healthy", {})

    return Check(name, ask)


def maintenance_check(data_dir: Path) -> Check:
    """Ask whether an operator has put the installation under maintenance."""

    async def ask() -> Outcome:
        closed = await asyncio.to_thread((data_dir / "maintenance").exists)
        return Outcome("maintenance" if closed else "healthy", {})

    return Check("maintenance", ask, essential=True)
