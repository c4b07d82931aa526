"""Routes that fill the catalogue from the Ads API."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from metatron.apps.amc.catalogue import answers, fetching
from metatron.apps.amc.catalogue.files import Subject
from metatron.apps.amc.connections.errors import ConnectionNotFound, ConnectionNotUsable
from metatron.apps.amc.edge import Body, answer_json
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit

router = Router(prefix="/amc/catalogue", tags=["amc catalogue"])


class CatalogueFetchBody(Body):
    """Whose sign-in is used."""

    connection_id: UUID


@router.post("/campaigns/fetch", status_code=202, response_model=answers.CatalogueImportAnswer)
@requires(EDIT, raises=(ConnectionNotFound, ConnectionNotUsable))
async def fetch_amc_campaigns(body: CatalogueFetchBody, unit: Unit) -> Response:
    """Have the campaigns of all profiles fetched from Amazon; the import's record tells more."""
    return await _fetch(unit, "campaigns", body.connection_id)


@router.post("/asins/fetch", status_code=202, response_model=answers.CatalogueImportAnswer)
@requires(EDIT, raises=(ConnectionNotFound, ConnectionNotUsable))
async def fetch_amc_asins(body: CatalogueFetchBody, unit: Unit) -> Response:
    """Have the products of all ads fetched from Amazon; titles and brands come from files only."""
    return await _fetch(unit, "asins", body.connection_id)


async def _fetch(unit: Unit, subject: Subject, connection_id: UUID) -> Response:
    import_id = await fetching.ask_for_fetch(
        unit.session, unit.context, connection_id=connection_id, subject=subject, now=unit.now
    )
    shown: dict[str, Any] = {
        "id": import_id, "subject": subject, "file_name": fetching.SOURCE, "state": "waiting",
        "lines": 0, "added": 0, "changed": 0, "unchanged": 0, "refused": 0, "problems": [],
        "asked_by": unit.context.actor_id, "asked_at": unit.now, "finished_at": None,
    }  # fmt: skip
    return answer_json(shown, status=202)
