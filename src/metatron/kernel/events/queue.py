"""PgQueuer, set up to live in a schema of ours, whose queries wait for the database to be back."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import (
    JOB_STATUS,
    HealthCheckId,
    JobId,
    QueueEntrypoint,
    QueueManagerId,
)
from pgqueuer.ports.driver import Driver
from pgqueuer.ports.repository import EntrypointExecutionParameter

from metatron.kernel.database.lost import DATABASE_ERRORS

SCHEMA = "jobs"
_NAMES = DBSettings(db_schema=SCHEMA)
_AGAIN_SECONDS = 0.5
_ATTEMPTS = "select attempts from jobs.pgqueuer where id = $1"
_GIVE_BACK = """
update jobs.pgqueuer set status = 'queued', updated = now(), queue_manager_id = null
where queue_manager_id = $1 and status = 'picked' and not id = any($2::bigint[])
"""

log = structlog.get_logger(__name__)


class LastingQueries(Queries):
    """Queries that outlive a lost database where the library ends its loop or gives up a job.

    A job mostly fails because the database is away, and then its retry cannot be noted either: the
    library holds such a job as failed for good, whatever attempts it has left. And when looking for
    jobs fails, its loop ends, which waits for every job under way: nothing else runs until then.
    """

    looked_at = 0.0
    """When the loop last looked for jobs, in seconds of the monotonic clock."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Take what the library's own take."""
        super().__init__(*given, **named)
        self._in_hand: set[JobId] = set()
        self._answer_lost = False

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Job]:
        """Take what is due; nothing, a moment later, while the database is away."""
        self.looked_at = time.monotonic()
        try:
            if self._answer_lost:
                await self._give_back(queue_manager_id)
            jobs = await super().dequeue(
                batch_size,
                entrypoints,
                queue_manager_id,
                global_concurrency_limit,
                heartbeat_timeout,
            )
        except DATABASE_ERRORS as error:
            self._answer_lost = True
            log.warning("queue_waits", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)
            return []
        finally:
            self.looked_at = time.monotonic()
        self._in_hand.update(job.id for job in jobs)
        return jobs

    async def _give_back(self, taker: QueueManagerId) -> None:
        """Queue again what was taken for `taker` with an answer that never came.

        Else it waits until its heartbeat is found missing, half a minute later.
        """
        await self.driver.execute(_GIVE_BACK, taker, list(self._in_hand))
        self._answer_lost = False

    async def log_jobs(
        self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]
    ) -> None:
        """Note how jobs ended, which lets go of them."""
        await super().log_jobs(job_status)
        self._in_hand.difference_update(job.id for job, _, _ in job_status)

    async def notify_health_check(self, health_check_event_id: HealthCheckId) -> None:
        """Send a probe to the listener, as soon as the database is back."""
        while True:
            try:
                return await super().notify_health_check(health_check_event_id)
            except DATABASE_ERRORS:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """Count what is due; none while the database is away."""
        try:
            return await super().eligible_queued_work(entrypoints)
        except DATABASE_ERRORS:
            return 0

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        """Count what waits; none while the database is away."""
        try:
            return await super().queued_work(entrypoints)
        except DATABASE_ERRORS:
            return 0

    async def next_deferred_eta(self, entrypoints: list[QueueEntrypoint]) -> timedelta | None:
        """Tell when the next will be due; not, while the database is away."""
        try:
            return await super().next_deferred_eta(entrypoints)
        except DATABASE_ERRORS:
            return None

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """Queue the job again as soon as that can be noted, once even if an answer was lost."""
        tries = 0
        while True:
            try:
                if tries == 0 or await self._is_still_ours(job):
                    await super().retry_job(job, delay, traceback_record)
                self._in_hand.discard(job.id)
            except DATABASE_ERRORS as error:
                tries += 1
                log.warning("retry_waits", job=job.entrypoint, error=type(error).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _is_still_ours(self, job: Job) -> bool:
        rows = await self.driver.fetch(_ATTEMPTS, job.id)
        return [row["attempts"] for row in rows] == [job.attempts]


def queries(driver: Driver) -> LastingQueries:
    """Return PgQueuer's queries over `driver`, aimed at the `jobs` schema."""
    return LastingQueries(
        driver,
        qbe=qb.QueryBuilderEnvironment(settings=_NAMES),
        qbq=qb.QueryQueueBuilder(settings=_NAMES),
        qbs=qb.QuerySchedulerBuilder(settings=_NAMES),
    )


def pgqueuer(driver: Driver) -> tuple[PgQueuer, LastingQueries]:
    """Return a PgQueuer whose tables live in the `jobs` schema, and its queries."""
    lasting = queries(driver)
    return PgQueuer(driver, queries=lasting), lasting


def install_script() -> str:
    """Return the SQL that creates PgQueuer's tables (for the kernel's migration)."""
    return qb.QueryBuilderEnvironment(settings=_NAMES).build_install_query(create_schema=False)
