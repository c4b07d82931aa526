"""Routes of boards: made from a collection, listed, shown, changed, removed, and their figures."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from metatron.apps.amc.boards import answers, figures, queries, schemas, setting
from metatron.apps.amc.boards.errors import BoardNotFound, BoardTooLarge
from metatron.apps.amc.collections.errors import CollectionNotFound, NothingCollected
from metatron.apps.amc.connections.grants import viewer_of
from metatron.apps.amc.connections.showing import show, show_now
from metatron.apps.amc.edge import Cursor, IfMatch, Limit, Page, answer_json, answer_page
from metatron.apps.amc.permissions import EDIT, READ
from metatron.apps.amc.sorting import keys_of
from metatron.kernel.errors import VersionConflict
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(prefix="/amc", tags=["amc boards"])


@router.post(
    "/collections/{collection_id}/board", status_code=201, response_model=answers.BoardAnswer
)
@requires(EDIT, raises=(CollectionNotFound, NothingCollected), idempotency="required")
async def make_board(collection_id: UUID, body: schemas.NewBoardBody, unit: Unit) -> Response:
    """Make a board of a collection; its measures are guessed from the columns."""
    made = await setting.make_board(
        unit.session, unit.context, collection_id=collection_id, name=body.name, now=unit.now
    )
    return await show_now(unit, queries.BOARD_NOW, made.id, status=201)


@router.get("/boards", response_model=Page[answers.BoardAnswer])
@requires(READ)
async def list_boards(
    read: Read,
    *,
    collection_id: Annotated[UUID | None, Query()] = None,
    sort: queries.Sort = "name",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List boards, by name unless another order is asked for."""
    statement, kinds = queries.boards(sort, deep=cursor is not None)
    return await answer_page(
        read, statement, collection_id, *keys_of(cursor, kinds), limit + 1,
        viewer_of(read.context), limit=limit,
    )  # fmt: skip


@router.get("/boards/{board_id}", response_model=answers.BoardAnswer)
@requires(READ, raises=(BoardNotFound,))
async def show_board(board_id: UUID, read: Read) -> Response:
    """Show one board with its measures and tiles."""
    return await show(read, queries.BOARD, board_id, missing=BoardNotFound)


@router.patch("/boards/{board_id}", response_model=answers.BoardAnswer)
@requires(EDIT, raises=(BoardNotFound, VersionConflict))
async def change_board(
    board_id: UUID, body: schemas.ChangeBoardBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Change a board's name, measures or tiles."""
    given = body.model_dump(mode="json", exclude_unset=True)
    whole = body.model_dump(mode="json")
    await setting.change_board(
        unit.session,
        unit.context,
        board_id=board_id,
        fields={name: whole[name] for name in given},
        if_match=if_match,
        now=unit.now,
    )
    return await show_now(unit, queries.BOARD_NOW, board_id)


@router.delete("/boards/{board_id}", status_code=204)
@requires(EDIT, raises=(BoardNotFound,))
async def remove_board(board_id: UUID, unit: Unit) -> Response:
    """Take a board away, with its snapshots."""
    await setting.remove_board(unit.session, unit.context, board_id=board_id, now=unit.now)
    return Response(status_code=204)


@router.get("/boards/{board_id}/figures", response_model=answers.FiguresAnswer)
@requires(READ, raises=(BoardNotFound, BoardTooLarge))
async def read_board_figures(
    board_id: UUID,
    read: Read,
    *,
    from_: Annotated[date | None, Query(alias="from", ge=schemas.FIRST, lt=schemas.LAST)] = None,
    to: Annotated[date | None, Query(ge=schemas.FIRST, lt=schemas.LAST)] = None,
    compare: Annotated[schemas.Comparison, Query()] = "none",
    group: Annotated[schemas.Grouping, Query()] = "segment",
    instance_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Show what the measures come to, compared with a period before."""
    asked = figures.Question(from_, to, compare, group, instance_id)
    return answer_json((await figures.figures_of(read, board_id, asked)).figures)
