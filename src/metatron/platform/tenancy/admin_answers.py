"""How admin routes answer one record: the same JSON after a read and after a write."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query, Response

from metatron.kernel.errors import NotFound
from metatron.kernel.etag import etag
from metatron.kernel.http.unit import Reader, UnitOfWork

JSON = "application/json"
Search = Annotated[str | None, Query(max_length=100)]


async def one(read: Reader, statement: str, subject_id: UUID) -> Response:
    """Answer the record that `statement` selects by `$2`; raise `NotFound` when there is none."""
    found = await read.direct.json(read.context, statement, subject_id)
    if found is None:
        raise NotFound
    return _answer(found, 200)


async def written(
    unit: UnitOfWork, statement: str, subject_id: UUID, *, status_code: int = 200
) -> Response:
    """Answer a record as the open transaction sees it."""
    connection = await unit.session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None, "the transaction is open"
    found = await driver.fetchval(statement, str(unit.context.tenant_id), subject_id)
    assert found is not None, "the record was written a moment ago"
    return _answer(found.encode(), status_code)


def _answer(found: bytes, status_code: int) -> Response:
    tag = etag(orjson.loads(found)["version"])
    return Response(found, status_code=status_code, media_type=JSON, headers={"etag": tag})
