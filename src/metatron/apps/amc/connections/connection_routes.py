"""Routes of connections to Amazon."""

from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from metatron.apps.amc.connections import errors, queries, schemas, signing_in, syncing
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.edge import Cursor, Limit, Page, answer_json, answer_page
from metatron.apps.amc.permissions import MANAGE, READ
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, Who
from metatron.kernel.paging import cursor_keys

router = Router(prefix="/amc", tags=["amc connections"])


@router.get("/connections", response_model=Page[schemas.ConnectionAnswer])
@requires(READ)
async def list_amc_connections(read: Read, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the organisation's connections, the oldest first."""
    return await answer_page(
        read,
        queries.CONNECTIONS,
        *cursor_keys(cursor),
        limit + 1,
        viewer_of(read.context),
        limit=limit,
    )


# The answers hold the state of a sign-in, of which only a hash may be kept: no key, no copy.
@router.post("/connections", status_code=201, response_model=schemas.StartedAnswer)
@requires(MANAGE, idempotency="ignored")
async def connect_amazon(body: schemas.ConnectBody, who: Who, database: Db) -> Response:
    """Begin a connection; the person signs in at `authorization_url`."""
    async with database.transaction(who) as session:
        now = await session_now(session)
        started = await signing_in.connect(
            session, who, name=body.name, region=body.region, now=now
        )
        connection_id = started.connection.id
    shown = await _shown(database, who, connection_id)
    return answer_json(shown | {"authorization_url": started.authorization_url}, status=201)


@router.post("/connections/complete", response_model=schemas.ConnectionAnswer)
@requires(
    MANAGE,
    raises=(errors.SignInNotValid, errors.AmazonSaidNo, errors.AmazonAway),
    idempotency="ignored",
)
async def complete_amazon_sign_in(body: schemas.CompleteBody, who: Who, database: Db) -> Response:
    """Take what Amazon gave the browser; good once, for whoever began."""
    async with database.transaction(who) as session:
        now = await session_now(session)
    connection_id = await signing_in.complete(
        database, who, code=body.code, state=body.state, now=now
    )
    shown = await _shown(database, who, connection_id)
    return answer_json(shown, version=shown["version"])


@router.post("/connections/{connection_id}/reconnect", response_model=schemas.AuthorizationAnswer)
@requires(MANAGE, raises=(errors.ConnectionNotFound,), idempotency="ignored")
async def reconnect_amazon(connection_id: UUID, unit: Unit) -> Response:
    """Begin to sign in anew."""
    started = await signing_in.reconnect(
        unit.session, unit.context, connection_id=connection_id, now=unit.now
    )
    return answer_json({"authorization_url": started.authorization_url})


@router.post("/connections/{connection_id}/sync", status_code=202)
@requires(MANAGE, raises=(errors.ConnectionNotFound, errors.ConnectionNotUsable))
async def sync_amazon_connection(connection_id: UUID, unit: Unit) -> Response:
    """Have accounts and clients compared with Amazon's, soon."""
    await syncing.ask_for_sync(unit.session, unit.context, connection_id=connection_id)
    return answer_json({}, status=202)


@router.delete("/connections/{connection_id}", status_code=204)
@requires(MANAGE, raises=(errors.ConnectionNotFound,))
async def disconnect_amazon(connection_id: UUID, unit: Unit) -> Response:
    """Forget the sign-in; what was made with it stays to be read."""
    await signing_in.disconnect(
        unit.session, unit.context, connection_id=connection_id, now=unit.now
    )
    return Response(status_code=204)


async def _shown(database: Database, context: Context, connection_id: UUID) -> dict[str, Any]:
    direct = await database.direct(context)
    found = await direct.json(context, queries.CONNECTION_BY_ID, connection_id, viewer_of(context))
    if found is None:
        raise errors.ConnectionNotFound
    shown: dict[str, Any] = orjson.loads(found)
    return shown
