"""Consolidation points: edited until a delivery is on its way there, archived when unused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import PointInUse, PointNotFound
from metatron.apps.campaigns.delivery.events import ConsolidationPointChanged
from metatron.apps.campaigns.machine.transitions import TERMINAL
from metatron.apps.campaigns.permissions import ORGANISE
from metatron.apps.campaigns.tables import Campaign, ConsolidationPoint
from metatron.kernel.context import Context
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish

_DELIVERING = frozenset({"fulfilling", "inspecting"})


async def edit_point(
    session: AsyncSession,
    context: Context,
    *,
    point_id: UUID,
    fields: dict[str, str],
    if_match: str | None = None,
    now: datetime,
) -> ConsolidationPoint:
    """Change a point's `name` or `address`.

    Raises:
        PointNotFound: no such point.
        PointInUse: a delivery is on its way there.
        VersionConflict: it changed since it was read.
    """
    point = await _lock(session, context, point_id)
    check_if_match(if_match, point.version)
    if await _is_used(session, context, point_id, busy=True):
        raise PointInUse("Fulfilment has begun; the data of the place is locked.")
    for name, value in fields.items():
        assert name in {"name", "address"}, name
        setattr(point, name, value)
    return await _announce(session, context, point, sorted(fields), now)


async def archive_point(
    session: AsyncSession, context: Context, *, point_id: UUID, now: datetime
) -> ConsolidationPoint:
    """Take a point out of the choice; bears repetition.

    Raises:
        PointNotFound: no such point.
        PointInUse: a campaign that has not ended delivers there.
    """
    point = await _lock(session, context, point_id)
    if point.archived_at is not None:
        return point
    if await _is_used(session, context, point_id, busy=False):
        raise PointInUse("A campaign that has not ended delivers there.")
    point.archived_at = now
    return await _announce(session, context, point, [], now)


async def _lock(session: AsyncSession, context: Context, point_id: UUID) -> ConsolidationPoint:
    context.demand(ORGANISE)
    query = (
        select(ConsolidationPoint)
        .where(ConsolidationPoint.tenant_id == context.tenant_id, ConsolidationPoint.id == point_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    point = (await session.execute(query)).scalar_one_or_none()
    if point is None:
        raise PointNotFound
    return point


async def _is_used(session: AsyncSession, context: Context, point_id: UUID, *, busy: bool) -> bool:
    query = select(Campaign.id).where(
        Campaign.tenant_id == context.tenant_id, Campaign.consolidation_point_id == point_id
    )
    if busy:
        query = query.where(Campaign.state.in_(_DELIVERING))
    else:
        query = query.where(Campaign.state.not_in(TERMINAL["campaign"]))
    return (await session.execute(query.limit(1))).first() is not None


async def _announce(
    session: AsyncSession,
    context: Context,
    point: ConsolidationPoint,
    fields: list[str],
    now: datetime,
) -> ConsolidationPoint:
    point.version += 1
    await session.flush()
    event = ConsolidationPointChanged(
        aggregate_id=point.id, fields=fields, is_archived=point.archived_at is not None
    )
    await publish(session, context, event, now=now)
    return point
