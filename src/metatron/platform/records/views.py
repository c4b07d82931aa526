"""Views of lists: kept, read and let go by the person whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import ImpersonationForbidden, PermissionDenied
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.records.errors import TooManyViews, ViewNotFound
from metatron.platform.records.events import ViewForgotten, ViewSaved

MOST_VIEWS = 50
"""Of a list: more are not found again."""
MOST_IN_ALL = 200
"""Of a person in an organisation: any name is a list's, and a view takes up to ten kilobytes."""
_ALONE = text("select pg_advisory_xact_lock(hashtextextended('records.views/' || :user_id, 0))")
_OF_LIST = text("""
select id, list_name, name, search from records.saved_view
where tenant_id = :tenant_id and user_id = :user_id and list_name = :list_name
order by created_at, id
""")
_SAVE = text("""
insert into records.saved_view
  (tenant_id, id, user_id, list_name, name, search, created_at, updated_at)
select :tenant_id, :id, :user_id, :list_name, :name, cast(:search as jsonb), :now, :now
from (select count(*) in_all, count(*) filter (where v.list_name = :list_name) of_list
  from records.saved_view v where v.tenant_id = :tenant_id and v.user_id = :user_id
    and (v.list_name, v.name_key) <> (:list_name, lower(:name))) others
where others.of_list < :most and others.in_all < :most_in_all
on conflict (tenant_id, user_id, list_name, name_key)
do update set name = excluded.name, search = excluded.search, updated_at = excluded.updated_at
returning id, list_name, name, search
""")
_FORGET = text("""
delete from records.saved_view
where tenant_id = :tenant_id and user_id = :user_id and id = :id returning list_name
""")


@dataclass(frozen=True, slots=True)
class View:
    """The parts of a list's address under a name."""

    id: UUID
    list_name: str
    name: str
    search: dict[str, str]


async def views_of(session: AsyncSession, context: Context, list_name: str) -> list[View]:
    """Return one's own views of a list, the oldest first; programs have none."""
    if context.actor_kind != "user":
        return []
    key = _key(context) | {"list_name": list_name}
    return [View(*row) for row in await session.execute(_OF_LIST, key)]


async def save_view(
    session: AsyncSession,
    context: Context,
    *,
    list_name: str,
    name: str,
    search: Mapping[str, str],
    now: datetime,
) -> View:
    """Keep a view, in the place of one's own of the same name.

    Raises:
        TooManyViews: the list has fifty of one's own, or all lists have two hundred.
        PermissionDenied: whoever asks is no person.
        ImpersonationForbidden: an operator in somebody's name.
    """
    _demand_person(context)
    values = _key(context) | {
        "id": new_id(),
        "list_name": list_name,
        "name": name,
        "search": orjson.dumps(dict(search)).decode(),
        "most": MOST_VIEWS,
        "most_in_all": MOST_IN_ALL,
        "now": now,
    }
    # Those who save at once would not count each other.
    await session.execute(_ALONE, {"user_id": str(context.actor_id)})
    row = (await session.execute(_SAVE, values)).one_or_none()
    if row is None:
        raise TooManyViews
    view = View(*row)
    await publish(session, context, ViewSaved(aggregate_id=view.id, list_name=list_name), now=now)
    return view


async def forget_view(
    session: AsyncSession, context: Context, *, view_id: UUID, now: datetime
) -> None:
    """Let go of one of one's own views.

    Raises:
        ViewNotFound: none of one's own has this id.
        PermissionDenied: whoever asks is no person.
        ImpersonationForbidden: an operator in somebody's name.
    """
    _demand_person(context)
    row = (await session.execute(_FORGET, _key(context) | {"id": view_id})).one_or_none()
    if row is None:
        raise ViewNotFound
    event = ViewForgotten(aggregate_id=view_id, list_name=row.list_name)
    await publish(session, context, event, now=now)


def _demand_person(context: Context) -> None:
    if context.actor_kind != "user" or context.actor_id is None:
        raise PermissionDenied("records:views")
    if context.impersonator_id is not None:
        raise ImpersonationForbidden


def _key(context: Context) -> dict[str, Any]:
    return {"tenant_id": context.tenant_id, "user_id": context.actor_id}
