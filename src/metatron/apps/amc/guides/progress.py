"""How far somebody has read the guides."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.permissions import READ
from metatron.kernel.context import Context
from metatron.kernel.database.direct import BOUND

DONE = (
    BOUND
    + """ select coalesce(json_object_agg(r.guide, r.sections), '{}')::text
from bound, lateral (
  select p.guide, json_agg(p.section) as sections from amc.guide_progress p
  where p.tenant_id = bound.t::uuid and p.user_id = $2 and ($3::text is null or p.guide = $3)
  group by p.guide limit 1000) r"""
)
_NOTE = text(
    "insert into amc.guide_progress (tenant_id, user_id, guide, section, done_at)"
    " values (:tenant_id, :user_id, :guide, :section, :now) on conflict do nothing"
)
_FORGET = text(
    "delete from amc.guide_progress where tenant_id = :tenant_id and user_id = :user_id"
    " and guide = :guide and section = :section"
)
_DONE = text(
    "select section from amc.guide_progress where tenant_id = :tenant_id and user_id = :user_id"
    " and guide = :guide"
)


async def sections_done(session: AsyncSession, context: Context, *, guide: str) -> set[str]:
    """Return the keys of the sections of a guide that the actor has read."""
    place = {"tenant_id": context.tenant_id, "user_id": context.actor_id, "guide": guide}
    return set((await session.execute(_DONE, place)).scalars())


async def note_progress(
    session: AsyncSession, context: Context, *, guide: str, section: str, done: bool, now: datetime
) -> None:
    """Note that the actor has read a section of a guide, or has not."""
    context.demand(READ)
    place = {
        "tenant_id": context.tenant_id, "user_id": context.actor_id, "guide": guide,
        "section": section,
    }  # fmt: skip
    if context.actor_id is None:
        return
    if done:
        await session.execute(_NOTE, place | {"now": now})
    else:
        await session.execute(_FORGET, place)
