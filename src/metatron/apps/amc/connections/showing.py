"""One record as an answer, to whoever sees a client of it."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause
from starlette.responses import Response

from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import answer_json
from metatron.kernel.errors import NotFound
from metatron.kernel.http.unit import Read, UnitOfWork


async def show(read: Read, statement: str, record_id: UUID, *, missing: type[NotFound]) -> Response:
    """Answer by the direct door: $2 is the record, $3 the viewer; raises `missing`."""
    found = await read.direct.json(read.context, statement, record_id, viewer_of(read.context))
    if found is None:
        raise missing
    return answer_json(found, version=orjson.loads(found)["version"])


async def show_now(
    unit: UnitOfWork, statement: TextClause, record_id: UUID, *, status: int = 200
) -> Response:
    """Answer a record as the transaction leaves it."""
    key = {
        "tenant_id": unit.context.tenant_id, "id": record_id, "viewer": viewer_of(unit.context),
    }  # fmt: skip
    found: Any = (await unit.session.execute(statement, key)).scalar_one()
    return answer_json(found.encode(), status=status, version=orjson.loads(found)["version"])
