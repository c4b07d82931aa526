"""What a suite that does not come back is waiting for, as the database and its log tell."""

import os
from pathlib import Path

import asyncpg

from bench.night.stand import Stand
from metatron.kernel.database.lost import DATABASE_ERRORS

_AT_WORK = """
select format('%s %s %s/%s %s s: %s', usename, state, wait_event_type, wait_event,
  round(extract(epoch from now() - coalesce(xact_start, query_start)))::int,
  left(regexp_replace(query, '\\s+', ' ', 'g'), 90))
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
order by xact_start nulls last limit 8
"""
_QUEUE = """
select format('%s %s %s, due in %s s', count(*), status, entrypoint,
  round(extract(epoch from min(execute_after) - now()))::int)
from jobs.pgqueuer group by status, entrypoint order by count(*) desc limit 6
"""
_OUTBOX = "select count(*) from kernel.outbox where run_at <= now()"
_SAID = 3


async def waiting(stand: Stand) -> str:
    """Tell who is at work in the database, what the queue holds, and the suite's last words."""
    try:
        system = await asyncpg.connect(stand.server.dsn("metatron_system"), timeout=3)
        try:
            busy = [row[0] for row in await system.fetch(_AT_WORK, timeout=3)]
            queue = [row[0] for row in await system.fetch(_QUEUE, timeout=3)]
            due = await system.fetchval(_OUTBOX, timeout=3)
        finally:
            system.terminate()
        found = f"at work: {busy}; queue: {queue}; due in the outbox: {due}"
    except (*DATABASE_ERRORS, TimeoutError) as error:
        found = f"the database answers {type(error).__name__}: {error}"
    return f"{_work_of_worker(stand)}; {found}; {_last_words(stand)}"


def _work_of_worker(stand: Stand) -> str:
    """Tell whether the worker waits for a processor: others may want it more."""
    told = f"load {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores"
    for pid in stand.pids("worker"):
        try:
            ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
        except (OSError, ValueError):
            continue
        told += f", worker {pid} ran {int(ran) / 1e9:.1f} s, waited {int(waited) / 1e9:.1f}"
    return told


def _last_words(stand: Stand) -> str:
    told = []
    for name in ("worker", "web"):
        log = stand.disk.data / "logs" / f"{name}.log"
        try:
            lines = log.read_text(errors="replace").splitlines()[-_SAID:]
        except OSError:
            continue
        told += [f"{name}: {line[:200]}" for line in lines]
    return "; ".join(told)
