"""Routes of deliveries."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.destinations import answers, queries, schemas, wishing
from metatron.apps.amc.destinations.errors import DeliveryNotFound, DeliveryUnderWay
from metatron.apps.amc.edge import Cursor, Limit, Page, answer_json, answer_page
from metatron.apps.amc.permissions import READ, RUN
from metatron.apps.amc.runs.errors import DestinationNotFound, NoResult, ResultGone, RunNotFound
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit, UnitOfWork
from metatron.kernel.paging import cursor_keys

router = Router(prefix="/amc", tags=["amc deliveries"])
NOTHING_TO_DELIVER = (RunNotFound, NoResult, ResultGone, DestinationNotFound, DeliveryUnderWay)


@router.get("/deliveries", response_model=Page[answers.DeliveryAnswer])
@requires(READ)
async def list_deliveries(
    read: Read,
    *,
    run_id: Annotated[UUID | None, Query()] = None,
    destination_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[answers.DeliveryState | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List deliveries, the newest first."""
    return await answer_page(
        read,
        queries.DELIVERIES,
        run_id,
        destination_id,
        state,
        *cursor_keys(cursor),
        limit + 1,
        viewer_of(read.context),
        limit=limit,
    )


@router.post("/runs/{run_id}/deliver", status_code=202, response_model=answers.DeliveryAnswer)
@requires(RUN, raises=NOTHING_TO_DELIVER, idempotency="required")
async def deliver_run(run_id: UUID, body: schemas.DeliverBody, unit: Unit) -> Response:
    """Take a run's result to a destination, in place of what is there of the same window."""
    delivery = await wishing.deliver(
        unit.session, unit.context, run_id=run_id, destination_id=body.destination_id,
        now=unit.now,
    )  # fmt: skip
    return await _shown(unit, delivery.id)


@router.post(
    "/deliveries/{delivery_id}/retry", status_code=202, response_model=answers.DeliveryAnswer
)
@requires(RUN, raises=(DeliveryNotFound, *NOTHING_TO_DELIVER))
async def retry_delivery(delivery_id: UUID, unit: Unit) -> Response:
    """Begin a delivery anew that has ended."""
    await wishing.retry(unit.session, unit.context, delivery_id=delivery_id, now=unit.now)
    return await _shown(unit, delivery_id)


async def _shown(unit: UnitOfWork, delivery_id: UUID) -> Response:
    key = {"tenant_id": unit.context.tenant_id, "id": delivery_id}
    found: str = (await unit.session.execute(queries.DELIVERY_NOW, key)).scalar_one()
    return answer_json(found.encode(), status=202, version=orjson.loads(found)["version"])
