"""Making, changing and removing boards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.boards.errors import BoardNotFound
from metatron.apps.amc.boards.events import BoardChanged
from metatron.apps.amc.boards.guessing import guess, lay_out
from metatron.apps.amc.boards.schemas import BoardMeasure
from metatron.apps.amc.boards.tables import Board
from metatron.apps.amc.collections.errors import CollectionNotFound, NothingCollected
from metatron.apps.amc.collections.loading import demand_clients
from metatron.apps.amc.collections.loading import load as load_collection
from metatron.apps.amc.connections.grants import Level, granted, viewer_of
from metatron.apps.amc.declarations import tables_of
from metatron.apps.amc.permissions import EDIT
from metatron.apps.amc.runs.sources import read_parameters
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

_COLUMNS = text(
    """
select r.columns, r.sql, r.parameters, r.values, r.extra_columns ->> 'users' as users
from amc.collection_segment cs
join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
join amc.run r on r.tenant_id = s.tenant_id and r.id = s.kept_run_id
where cs.tenant_id = :tenant_id and cs.collection_id = :collection_id and """
    + granted("s.instance_id", "cast(:viewer as uuid[])")
    + " order by s.row_count > 0 desc, s.starts desc, s.id limit 1"
)


async def make_board(
    session: AsyncSession,
    context: Context,
    *,
    collection_id: UUID,
    name: str | None,
    now: datetime,
) -> Board:
    """Make a board of a collection, its measures guessed from the newest result's columns.

    Raises:
        CollectionNotFound: there is none.
        NothingCollected: it has no result yet.
    """
    # Here, for the language is heavy and few processes ever need it.
    from metatron.apps.amc.language.checking import heads  # noqa: PLC0415

    context.demand(EDIT)
    collection = await load_collection(session, context, collection_id)
    viewer = viewer_of(context)
    key = {"tenant_id": context.tenant_id, "collection_id": collection_id, "viewer": viewer}
    found = (await session.execute(_COLUMNS, key)).one_or_none()
    if found is None or found.columns is None:
        raise NothingCollected
    tables = tables_of(read_parameters(found.parameters), found.values)
    measures = [
        BoardMeasure.model_validate(each).model_dump(mode="json")
        for each in guess(found.columns, heads(found.sql, tables) | {found.users})
    ]
    board = Board(
        tenant_id=context.tenant_id, id=new_id(), collection_id=collection_id,
        name=name or collection.name, measures=measures, layout=lay_out(measures),
        created_by=context.actor_id, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(board)
    await _announce(session, context, board, "made", now=now)
    return board


async def change_board(
    session: AsyncSession,
    context: Context,
    *,
    board_id: UUID,
    fields: Mapping[str, Any],
    if_match: str | None,
    now: datetime,
) -> None:
    """Set what `fields` name; tiles of measures that are gone go with them.

    Raises:
        BoardNotFound: there is none.
        VersionConflict: somebody changed it since.
        InvalidInput: a tile of no measure.
    """
    context.demand(EDIT)
    board = await load(session, context, board_id, level="edit")
    check_if_match(if_match, board.version)
    for name, value in fields.items():
        setattr(board, name, value)
    known = {each["id"] for each in board.measures}
    placed = [each for each in board.layout if each["measure_id"] in known]
    if "layout" in fields and len(placed) < len(board.layout):
        hint = "Each tile shows one of the board's measures."
        raise InvalidInput.field("body.layout", "unknown_measure", hint)
    board.layout = placed
    board.version += 1
    board.updated_at = now
    await _announce(session, context, board, "changed", now=now)


async def remove_board(
    session: AsyncSession, context: Context, *, board_id: UUID, now: datetime
) -> None:
    """Take a board away, with its snapshots; raises `BoardNotFound`."""
    context.demand(EDIT)
    board = await load(session, context, board_id, level="edit")
    await session.delete(board)
    await _announce(session, context, board, "removed", now=now)


async def load(
    session: AsyncSession, context: Context, board_id: UUID, *, level: Level = "read"
) -> Board:
    """Return a board, locked.

    Raises:
        BoardNotFound: there is none over a client that the actor may see.
        PermissionDenied: the actor may not do `level` with all the clients they see of it.
    """
    key = (context.tenant_id, board_id)
    found = await session.get(Board, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise BoardNotFound
    try:
        await demand_clients(session, context, found.collection_id, level)
    except CollectionNotFound as error:
        raise BoardNotFound from error
    return found


async def _announce(
    session: AsyncSession,
    context: Context,
    board: Board,
    change: Literal["made", "changed", "removed"],
    *,
    now: datetime,
) -> None:
    event = BoardChanged(aggregate_id=board.id, change=change)
    await session.flush()
    await publish(session, context, event, now=now)
