"""Routes of snapshots: shared, listed, revoked, and what a link shows."""

from dataclasses import replace
from uuid import UUID

from starlette.responses import Response

from metatron.apps.amc.boards import answers, figures, queries, schemas, snapshots
from metatron.apps.amc.boards.errors import BoardNotFound, BoardTooLarge, SnapshotNotFound
from metatron.apps.amc.boards.freezing import frozen
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.edge import Cursor, Limit, Page, answer_json, answer_page
from metatron.apps.amc.link_tokens import read_token
from metatron.apps.amc.permissions import EDIT, READ
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.access import public, requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, Who
from metatron.kernel.paging import cursor_keys
from metatron.platform.tenancy.interface import tenant_by_id

router = Router(tags=["amc snapshots"])
PAGE = "/s/amc/"


@router.post(
    "/amc/boards/{board_id}/snapshots", status_code=201, response_model=answers.NewSnapshotAnswer
)
# Its answer holds a credential: it is not kept for a repeated request.
@requires(EDIT, raises=(BoardNotFound, BoardTooLarge), idempotency="ignored")
async def share_board_snapshot(
    board_id: UUID, body: schemas.NewSnapshotBody, unit: Unit, read: Read
) -> Response:
    """Freeze a board's figures behind a link, which is shown this once."""
    asked = figures.Question(body.from_, body.to, body.compare, body.group, body.instance_id)
    shown = await figures.figures_of(read, board_id, asked)
    if body.instance_id is not None and not shown.clients:
        hint = "This dashboard has no such client."
        raise InvalidInput.field("body.instance_id", "unknown_client", hint)
    made, token = await snapshots.share_snapshot(
        unit.session,
        unit.context,
        board_id=board_id,
        name=body.name,
        figures=frozen(shown),
        expires_at=body.expires_at,
        now=unit.now,
    )
    told = {
        "id": made.id,
        "url": site().page(PAGE + token),
        "token": token,
        "expires_at": made.expires_at,
    }
    return answer_json(told, status=201)


@router.get("/amc/boards/{board_id}/snapshots", response_model=Page[answers.SnapshotAnswer])
@requires(READ, raises=(BoardNotFound,))
async def list_board_snapshots(
    board_id: UUID, read: Read, *, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List a board's snapshots, the newest first; the links themselves are not kept."""
    viewer = viewer_of(read.context)
    if await read.direct.json(read.context, queries.BOARD, board_id, viewer) is None:
        raise BoardNotFound
    return await answer_page(
        read, queries.SNAPSHOTS, board_id, *cursor_keys(cursor), limit + 1, limit=limit
    )


@router.delete("/amc/snapshots/{snapshot_id}", status_code=204)
@requires(EDIT, raises=(SnapshotNotFound,))
async def revoke_board_snapshot(snapshot_id: UUID, unit: Unit) -> Response:
    """Have a link show nothing any more."""
    await snapshots.revoke_snapshot(
        unit.session, unit.context, snapshot_id=snapshot_id, now=unit.now
    )
    return Response(status_code=204)


@router.get("/public/amc/snapshots/{token}", response_model=answers.SharedSnapshotAnswer)
@public(raises=(SnapshotNotFound,))
async def show_shared_snapshot(token: str, who: Who, database: Db) -> Response:
    """Show frozen figures to whoever has the link."""
    tenant_id, token_hash = read_token(token, refusal=SnapshotNotFound)
    tenant = await tenant_by_id(database, tenant_id)
    if tenant is None or tenant.state not in {"active", "moving"} or "amc" not in tenant.modules:
        raise SnapshotNotFound
    context = replace(who, tenant_id=tenant_id, permissions=frozenset())
    async with await database.session(context) as session:
        now = await session_now(session)
        found = await snapshots.open_snapshot(session, context, token_hash=token_hash, now=now)
        told = {
            "title": found.name,
            "made_at": found.made_at,
            "expires_at": found.expires_at,
            "figures": found.figures,
        }
    return answer_json(told)
