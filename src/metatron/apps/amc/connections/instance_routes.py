"""Routes of AMC instances, which people know as clients."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Header, Query
from starlette.responses import Response

from metatron.apps.amc.amazon.places import country_of
from metatron.apps.amc.connections import instances, queries, schemas
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import Cursor, Limit, Page, Words, answer_json, told_page
from metatron.apps.amc.permissions import MANAGE, READ
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(prefix="/amc", tags=["amc instances"])
IfMatch = Annotated[str | None, Header(max_length=200)]


@router.get("/instances", response_model=Page[schemas.InstanceAnswer])
@requires(READ)
async def list_amc_instances(
    read: Read,
    *,
    q: Words = None,
    connection_id: Annotated[UUID | None, Query()] = None,
    active: Annotated[bool | None, Query()] = None,
    favourite: Annotated[bool | None, Query()] = None,
    brand: Words = None,
    sort: queries.Sort = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List clients by name; `q` looks into names, ids and brands."""
    statement, kinds = queries.instances(sort, deep=cursor is not None)
    found = await read.direct.json(
        read.context, statement, read.context.actor_id, q, connection_id, active,
        favourite, brand, *keys_of(cursor, kinds), limit + 1, viewer_of(read.context),
    )  # fmt: skip
    rows = [_finished(row) for row in orjson.loads(found or b"[]")]
    return answer_json(told_page(rows, limit))


@router.get("/instances/{instance_id}", response_model=schemas.InstanceAnswer)
@requires(READ, raises=(InstanceNotFound,))
async def show_amc_instance(instance_id: UUID, read: Read) -> Response:
    """Show one client."""
    found = await read.direct.json(
        read.context, queries.INSTANCE_BY_ID, read.context.actor_id, instance_id,
        viewer_of(read.context),
    )  # fmt: skip
    if found is None:
        raise InstanceNotFound
    row = _finished(orjson.loads(found))
    return answer_json(row, version=row["version"])


@router.patch("/instances/{instance_id}", response_model=schemas.InstanceAnswer)
@requires(MANAGE, raises=(InstanceNotFound, VersionConflict))
async def change_amc_instance(
    instance_id: UUID, body: schemas.InstanceBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Set whether a client is active, its time zone, its brands."""
    changed = await instances.change_instance(
        unit.session,
        unit.context,
        instance_id=instance_id,
        fields=body.fields(),
        if_match=if_match,
        now=unit.now,
    )
    row = await instances.shown(unit.session, unit.context, instance_id)
    return answer_json(_finished(row), version=changed.version)


@router.put("/instances/{instance_id}/favourite", status_code=204)
@requires(READ, raises=(InstanceNotFound,))
async def favour_amc_instance(instance_id: UUID, unit: Unit) -> Response:
    """Put a client among one's favourites."""
    await instances.set_favourite(
        unit.session, unit.context, instance_id=instance_id, is_favourite=True
    )
    return Response(status_code=204)


@router.delete("/instances/{instance_id}/favourite", status_code=204)
@requires(READ, raises=(InstanceNotFound,))
async def forget_amc_instance(instance_id: UUID, unit: Unit) -> Response:
    """Take a client out of one's favourites."""
    await instances.set_favourite(
        unit.session, unit.context, instance_id=instance_id, is_favourite=False
    )
    return Response(status_code=204)


def _finished(row: dict[str, Any]) -> dict[str, Any]:
    row["account"]["country"] = country_of(row["account"]["marketplace_id"])
    return row
