"""PgQueuer, set up to live in a schema of ours; a retry waits for the database to be back."""

import asyncio
from datetime import timedelta

import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import Driver

from metatron.kernel.database.lost import DATABASE_ERRORS

SCHEMA = "jobs"
_NAMES = DBSettings(db_schema=SCHEMA)
_AGAIN_SECONDS = 0.5
_ATTEMPTS = "select attempts from jobs.pgqueuer where id = $1"

log = structlog.get_logger(__name__)


class LastingQueries(Queries):
    """Queries of which the one that retries a job does not fail with the database.

    A job mostly fails because the database is away, and then its retry cannot be noted either: the
    library holds such a job as failed for good, whatever attempts it has left.
    """

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """Queue the job again as soon as that can be noted, once even if an answer was lost."""
        tries = 0
        while True:
            try:
                if tries == 0 or await self._is_still_ours(job):
                    await super().retry_job(job, delay, traceback_record)
            except DATABASE_ERRORS as error:
                tries += 1
                log.warning("retry_waits", job=job.entrypoint, error=type(error).__name__)
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _is_still_ours(self, job: Job) -> bool:
        rows = await self.driver.fetch(_ATTEMPTS, job.id)
        return [row["attempts"] for row in rows] == [job.attempts]


def queries(driver: Driver) -> Queries:
    """Return PgQueuer's queries over `driver`, aimed at the `jobs` schema."""
    return LastingQueries(
        driver,
        qbe=qb.QueryBuilderEnvironment(settings=_NAMES),
        qbq=qb.QueryQueueBuilder(settings=_NAMES),
        qbs=qb.QuerySchedulerBuilder(settings=_NAMES),
    )


def pgqueuer(driver: Driver) -> PgQueuer:
    """Return a PgQueuer whose tables live in the `jobs` schema."""
    return PgQueuer(driver, queries=queries(driver))


def install_script() -> str:
    """Return the SQL that creates PgQueuer's tables (for the kernel's migration)."""
    return qb.QueryBuilderEnvironment(settings=_NAMES).build_install_query(create_schema=False)
