"""HTTP edge of the console."""

from typing import Annotated

from fastapi import Path, Response

from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.console.dead_letters import DEAD, READ, RETRY, retry_job
from metatron.platform.console.schemas import DeadJobPage
from metatron.platform.tenancy.interface import Page, reach_of

router = Router(door="system", prefix="/admin", tags=["admin"])


@router.get("/jobs", response_model=DeadJobPage)
@operator(READ)
async def get_dead_jobs(unit: Unit, read: Read, page: Page) -> Response:
    """List the jobs that gave up, the latest last."""
    reach = await reach_of(unit.session, unit.context, READ)
    wanted = page.arguments("timestamptz", "bigint")
    found = await read.direct.json(read.context, DEAD, *wanted, *reach.arguments())
    return Response(found, media_type="application/json")


@router.post("/jobs/{job_id}/retry", status_code=204)
@operator(RETRY, raises=(NotFound,))
async def post_job_retry(job_id: Annotated[int, Path(ge=1, le=2**63 - 1)], unit: Unit) -> None:
    """Send a job round again."""
    await retry_job(unit.session, unit.context, queue_id=job_id, now=unit.now)
