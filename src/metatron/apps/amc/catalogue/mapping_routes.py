"""Routes of a client's mapping."""

from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from metatron.apps.amc.catalogue import answers, queries, schemas
from metatron.apps.amc.catalogue.mapping import fill, save_mapping
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import IfMatch, answer_json
from metatron.apps.amc.permissions import EDIT, READ
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(prefix="/amc/instances/{instance_id}", tags=["amc catalogue"])


@router.get("/mapping", response_model=answers.MappingAnswer)
@requires(READ, raises=(InstanceNotFound,))
async def show_amc_mapping(instance_id: UUID, read: Read) -> Response:
    """Show a client's brands with their ASINs and campaigns."""
    row = await _mapping(read, instance_id)
    return answer_json(row, version=row["version"])


@router.put("/mapping", response_model=answers.MappingAnswer)
@requires(EDIT, raises=(InstanceNotFound, VersionConflict))
async def save_amc_mapping(
    instance_id: UUID, body: schemas.MappingBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Replace a client's mapping, whole and at once."""
    brands = [brand.model_dump(mode="json") for brand in body.brands]
    version = await save_mapping(
        unit.session,
        unit.context,
        instance_id=instance_id,
        brands=brands,
        if_match=if_match,
        now=unit.now,
    )
    shown = {
        "instance_id": instance_id, "brands": brands, "saved_by": unit.context.actor_id,
        "saved_at": unit.now, "version": version,
    }  # fmt: skip
    return answer_json(shown, version=version)


@router.post("/fill", response_model=answers.FillAnswer)
@requires(READ, raises=(InstanceNotFound,))
async def fill_amc_parameters(instance_id: UUID, body: schemas.FillBody, read: Read) -> Response:
    """Return values for parameters from the client's mapping, else from their defaults."""
    brands = (await _mapping(read, instance_id))["brands"]
    if body.brands is not None:
        brands = [brand for brand in brands if brand["name"] in body.brands]
    values, sources = fill(body.parameters or (), brands)
    return answer_json({"values": values, "sources": sources})


async def _mapping(read: Read, instance_id: UUID) -> dict[str, Any]:
    viewer = viewer_of(read.context)
    found = await read.direct.json(read.context, queries.MAPPING, instance_id, viewer)
    if found is None:
        raise InstanceNotFound
    row: dict[str, Any] = orjson.loads(found)
    return row
