"""The list of an organisation's members: searched, filtered by role, sorted."""

from functools import lru_cache
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Depends, Query
from pydantic import StringConstraints

from metatron.kernel.context import Context
from metatron.kernel.database.direct import DirectDoor
from metatron.kernel.http.gathered import gathered
from metatron.kernel.http.hot import FLAG_FORM, LIMIT_FORM, HotRequest, plain_query
from metatron.kernel.http.sorting import read_sort, sort_query
from metatron.kernel.paging import Kind
from metatron.platform.tenancy.pages import PageQuery, paged
from metatron.platform.tenancy.rights import SYSTEM_ROLES, system_role_id

_ROLE_IDS = orjson.dumps({name: str(system_role_id(name)) for name in SYSTEM_ROLES}).decode()
_ROLE_ID = "coalesce(mr.custom_role_id, ($6::jsonb ->> mr.system_role)::uuid)"
_FIELDS = f"""m.id, m.user_id, u.email, u.display_name, m.joined_at, m.state as status, m.version,
  coalesce((select json_agg(json_build_object('id', {_ROLE_ID},
      'name', coalesce(r.name, mr.system_role)) order by coalesce(r.name, mr.system_role))
    from tenancy.member_role mr
    left join tenancy.role r on r.tenant_id = mr.tenant_id and r.id = mr.custom_role_id
    where mr.tenant_id = m.tenant_id and mr.member_id = m.id), '[]') as roles"""
# The limit keeps the planner from reading all members and all users to join them at once, which it
# would for an organisation that is larger than most: it knows their average only.
_SOURCE = f"""tenancy.member m left join lateral (
    select email, display_name from identity.pub_user where id = m.user_id limit 1) u on true
  where m.tenant_id = bound.t::uuid and m.state = 'active'
    and ($7::text is null or concat_ws(' ', u.display_name, u.email)
         ilike '%' || replace(replace(replace($7, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($8::uuid is null or exists (
      select from tenancy.member_role mr
      where mr.tenant_id = m.tenant_id and mr.member_id = m.id and {_ROLE_ID} = $8))"""
# As the page names a person: name, else address. Sixty characters of it keep a cursor short.
_SORTS: dict[str, tuple[str, Kind]] = {
    "joined_at": ("m.joined_at", "timestamptz"),
    "name": ("left(lower(coalesce(nullif(u.display_name, ''), u.email, '')), 60)", "text"),
    "email": ("left(lower(coalesce(u.email, '')), 60)", "text"),
}
Sort = Annotated[str, sort_query(_SORTS)]
_Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


@lru_cache(maxsize=24)
def _statement(sort: str, *, exact: bool) -> tuple[str, tuple[Kind, ...]]:
    sorts = read_sort(sort, _SORTS)
    columns = (*sorts, ("m.id", "uuid", sorts[-1][2]))
    keys, kinds, ways = zip(*columns, strict=True)
    return paged(_FIELDS, _SOURCE, keys, kinds, descends=ways, exact=exact), kinds


class MembersQuery:
    """Which members, in which order."""

    def __init__(
        self,
        *,
        q: Annotated[_Words | None, Query()] = None,
        role: Annotated[UUID | None, Query()] = None,
        sort: Sort = "joined_at",
        exact: Annotated[bool, Query()] = False,
    ) -> None:
        """Read the query."""
        self._words, self._role = q, role
        self.statement, self.kinds = _statement(sort, exact=exact)

    def arguments(self) -> tuple[str, str | None, UUID | None]:
        """Return `$6` to `$8` of the statement."""
        return _ROLE_IDS, self._words, self._role


Asked = Annotated[MembersQuery, Depends(gathered(MembersQuery))]
PLAIN = plain_query(
    sort=rf"-?({'|'.join(_SORTS)})", limit=LIMIT_FORM, count=FLAG_FORM, exact=FLAG_FORM
)
"""Queries without words, a role or a cursor."""


async def list_members(
    door: DirectDoor, context: Context, page: PageQuery, asked: MembersQuery
) -> bytes | None:
    """Return a page of the members as JSON."""
    return await door.json(
        context, asked.statement, *page.arguments(*asked.kinds), *asked.arguments()
    )


async def hot_members(exchange: HotRequest) -> tuple[int, bytes]:
    """Answer a first page."""
    given = exchange.query()
    page = PageQuery(limit=int(given.get("limit", 50)), count=given.get("count") == "true")
    asked = MembersQuery(sort=given.get("sort", "joined_at"), exact=given.get("exact") == "true")
    found = await list_members(exchange.database.home, exchange.context, page, asked)
    assert found is not None, "the statement always answers"
    return 200, found
