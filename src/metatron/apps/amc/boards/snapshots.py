"""Snapshots: frozen figures that a link shows to whoever has it, until it expires."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.boards.errors import BoardNotFound, SnapshotNotFound
from metatron.apps.amc.boards.events import SnapshotRevoked, SnapshotShared
from metatron.apps.amc.boards.setting import load
from metatron.apps.amc.boards.tables import LONGEST_SHARED, BoardSnapshot
from metatron.apps.amc.link_tokens import new_token
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id


async def share_snapshot(
    session: AsyncSession,
    context: Context,
    *,
    board_id: UUID,
    name: str | None,
    figures: dict[str, Any],
    expires_at: datetime,
    now: datetime,
) -> tuple[BoardSnapshot, str]:
    """Keep frozen figures; returns them with the token that opens them, which is not kept.

    Raises:
        PermissionDenied: the actor may not, with each client they see, or acts in
            somebody's name.
        BoardNotFound: there is no such board.
        InvalidInput: it would last longer than ninety days, or not at all.
    """
    context.demand_lasting(EDIT)
    board = await load(session, context, board_id, level="run")
    if not now < expires_at <= now + LONGEST_SHARED:
        hint = f"A link lasts for {LONGEST_SHARED.days} days at most."
        raise InvalidInput.field("body.expires_at", "out_of_range", hint)
    token, token_hash = new_token(context.tenant_id)
    snapshot = BoardSnapshot(
        tenant_id=context.tenant_id, id=new_id(), board_id=board_id, name=name or board.name,
        token_hash=token_hash, figures=figures, made_by=context.actor_id,
        made_at=now, expires_at=expires_at,
    )  # fmt: skip
    session.add(snapshot)
    await session.flush()
    event = SnapshotShared(aggregate_id=board_id, snapshot_id=snapshot.id)
    await publish(session, context, event, now=now)
    return snapshot, token


async def revoke_snapshot(
    session: AsyncSession, context: Context, *, snapshot_id: UUID, now: datetime
) -> None:
    """Delete a snapshot: its link shows nothing any more.

    Raises:
        PermissionDenied: the actor may not, with each client they see, as for sharing one.
        SnapshotNotFound: there is none over a client that the actor may see.
    """
    context.demand(EDIT)
    found = await session.get(BoardSnapshot, (context.tenant_id, snapshot_id))
    if found is None:
        raise SnapshotNotFound
    board_id = found.board_id
    try:
        await load(session, context, board_id, level="run")
    except BoardNotFound as error:
        raise SnapshotNotFound from error
    await session.delete(found)
    await session.flush()
    event = SnapshotRevoked(aggregate_id=board_id, snapshot_id=snapshot_id)
    await publish(session, context, event, now=now)


async def open_snapshot(
    session: AsyncSession, context: Context, *, token_hash: bytes, now: datetime
) -> BoardSnapshot:
    """Return what a link shows; raises `SnapshotNotFound` once it has expired or was revoked."""
    query = select(BoardSnapshot).where(
        BoardSnapshot.tenant_id == context.tenant_id, BoardSnapshot.token_hash == token_hash
    )
    found = (await session.scalars(query)).one_or_none()
    if found is None or found.expires_at <= now:
        raise SnapshotNotFound
    return found
