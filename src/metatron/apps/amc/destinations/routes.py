"""Routes of destinations."""

from uuid import UUID

import orjson
from starlette.responses import Response

from metatron.apps.amc.destinations import answers, queries, schemas, setting, trying
from metatron.apps.amc.destinations.errors import DestinationInUse
from metatron.apps.amc.edge import Cursor, IfMatch, Limit, Page, answer_json, answer_page
from metatron.apps.amc.permissions import MANAGE, READ
from metatron.apps.amc.runs.errors import DestinationNotFound
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, UnitOfWork, Who

router = Router(prefix="/amc/destinations", tags=["amc destinations"])


@router.get("", response_model=Page[answers.DestinationAnswer])
@requires(READ)
async def list_destinations(
    read: Read,
    sort: queries.Sort = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List destinations, by name unless another order is asked for."""
    statement, kinds = queries.destinations(sort, deep=cursor is not None)
    after = keys_of(cursor, kinds)
    return await answer_page(read, statement, *after, limit + 1, limit=limit)


@router.post("", status_code=201, response_model=answers.DestinationAnswer)
@requires(MANAGE, idempotency="required")
async def make_destination(body: schemas.NewDestinationBody, unit: Unit) -> Response:
    """Add a place that results are taken to; its secret is sealed and never shown."""
    made = await setting.make_destination(
        unit.session, unit.context, name=body.name, kind=body.kind, settings=body.settings,
        now=unit.now,
    )  # fmt: skip
    return await _shown(unit, made.id, status=201)


@router.get("/{destination_id}", response_model=answers.DestinationAnswer)
@requires(READ, raises=(DestinationNotFound,))
async def show_destination(destination_id: UUID, read: Read) -> Response:
    """Show one destination."""
    found = await read.direct.json(read.context, queries.DESTINATION, destination_id)
    if found is None:
        raise DestinationNotFound
    return answer_json(found, version=orjson.loads(found)["version"])


@router.patch("/{destination_id}", response_model=answers.DestinationAnswer)
@requires(MANAGE, raises=(DestinationNotFound, VersionConflict))
async def change_destination(
    destination_id: UUID, body: schemas.ChangeDestinationBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Rename a destination, or give its settings anew."""
    await setting.change_destination(
        unit.session, unit.context, destination_id=destination_id, name=body.name,
        settings=body.settings, if_match=if_match, now=unit.now,
    )  # fmt: skip
    return await _shown(unit, destination_id)


@router.delete("/{destination_id}", status_code=204)
@requires(MANAGE, raises=(DestinationNotFound, DestinationInUse))
async def remove_destination(destination_id: UUID, unit: Unit) -> Response:
    """Take a destination away; what was delivered to it stays there."""
    await setting.remove_destination(
        unit.session, unit.context, destination_id=destination_id, now=unit.now
    )
    return Response(status_code=204)


@router.post("/{destination_id}/test", response_model=answers.TrialAnswer)
@requires(MANAGE, raises=(DestinationNotFound,))
async def test_destination(destination_id: UUID, who: Who, database: Db) -> Response:
    """Look whether it would take a result now."""
    problem = await trying.try_out(database, who, destination_id=destination_id)
    return answer_json({"ok": problem is None, "problem": problem})


async def _shown(unit: UnitOfWork, destination_id: UUID, *, status: int = 200) -> Response:
    key = {"tenant_id": unit.context.tenant_id, "id": destination_id}
    found: str = (await unit.session.execute(queries.DESTINATION_NOW, key)).scalar_one()
    return answer_json(found.encode(), status=status, version=orjson.loads(found)["version"])
