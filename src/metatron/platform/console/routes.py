"""HTTP edge of the console."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import Path, Response

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, Who
from metatron.platform.console.dead_letters import (
    DROP,
    JOBS,
    READ,
    RETRY,
    cancel_job,
    drop_job,
    retry_job,
    shown_error,
)
from metatron.platform.console.errors import JobQueuedAnew
from metatron.platform.console.queues import queues
from metatron.platform.console.retrying import retry_jobs
from metatron.platform.console.schemas import (
    DeadJobPage,
    JobName,
    JobsRetried,
    JobsToRetry,
    QueueList,
)
from metatron.platform.tenancy.interface import (
    Page,
    ScopeTooNarrow,
    demand_everything,
    tenants_by_id,
    tenants_in_reach,
)

router = Router(door="system", prefix="/admin", tags=["admin"])
QueueId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/jobs", response_model=DeadJobPage)
@operator(READ)
async def get_jobs(
    database: Db,
    read: Read,
    page: Page,
    *,
    state: Literal["failed", "queued", "picked"] = "failed",
    job: JobName | None = None,
    tenant_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Response:
    """List the jobs that gave up (or wait, or run), the latest last, without what they carry.

    `job` is a kind of job, `tenant_id` whose they are.
    """
    reach = await _reach(database, read.context, READ, tenant_id, account_id)
    found = await read.direct.json(
        read.context, JOBS, *page.arguments("timestamptz", "bigint"), state, reach, job
    )
    shown = orjson.loads(found or b'{"items": []}')
    tenants = {UUID(item["tenant_id"]) for item in shown["items"] if item["tenant_id"]}
    names = {
        str(id_): facts.name for id_, facts in (await tenants_by_id(database, tenants)).items()
    }
    for item in shown["items"]:
        item["error"] = shown_error(item["error"])
        item["tenant_name"] = names.get(item["tenant_id"])
    return Response(orjson.dumps(shown), media_type="application/json")


@router.post("/jobs/retry")
@operator(RETRY, raises=(JobQueuedAnew,))
async def post_jobs_retry(body: JobsToRetry, database: Db, unit: Unit) -> JobsRetried:
    """Send jobs that gave up round again, the oldest first, at most 500 at once."""
    reach = await _reach(database, unit.context, RETRY, body.tenant_id, body.account_id)
    retried, left = await retry_jobs(
        unit.session, unit.context, job=body.job, reach=reach, now=unit.now
    )
    return JobsRetried(retried=retried, left=left)


@router.post("/jobs/{job_id}/retry", status_code=204)
@operator(RETRY, raises=(NotFound, JobQueuedAnew))
async def post_job_retry(job_id: QueueId, database: Db, unit: Unit) -> None:
    """Send a job that gave up round again."""
    reach = await tenants_in_reach(database, unit.context, RETRY)
    await retry_job(unit.session, unit.context, queue_id=job_id, reach=reach, now=unit.now)


@router.delete("/jobs/{job_id}", status_code=204)
@operator(DROP, raises=(NotFound,))
async def delete_job(job_id: QueueId, database: Db, unit: Unit) -> None:
    """Drop a job that gave up."""
    reach = await tenants_in_reach(database, unit.context, DROP)
    await drop_job(unit.session, unit.context, queue_id=job_id, reach=reach, now=unit.now)


@router.post("/jobs/{job_id}/cancel", status_code=204)
@operator(DROP, raises=(NotFound,))
async def post_job_cancel(job_id: QueueId, database: Db, unit: Unit) -> None:
    """Take a waiting job out of the queue."""
    reach = await tenants_in_reach(database, unit.context, DROP)
    await cancel_job(unit.session, unit.context, queue_id=job_id, reach=reach, now=unit.now)


@router.get("/queues")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_queues(database: Db, context: Who) -> QueueList:
    """Show by kind of job how many wait, run and have given up; over everything."""
    await demand_everything(database, context, READ)
    return QueueList.model_validate(await queues(database.system))


async def _reach(
    database: Database,
    context: Context,
    permission: str,
    tenant_id: UUID | None,
    account_id: UUID | None,
) -> list[UUID] | None:
    """Return the tenants within the caller's scope that are asked for; None stands for all."""
    reach = await tenants_in_reach(database, context, permission, account_id=account_id)
    if tenant_id is None:
        return reach
    return [tenant_id] if reach is None or tenant_id in reach else []
