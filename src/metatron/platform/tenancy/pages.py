"""Lists of the direct door: one statement binds, reads a page by keyset and builds the answer."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel

from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.gathered import gathered
from metatron.kernel.paging import MAX_PAGE, Kind, cursor_values

MOST_COUNTED = 10_000


class Count(BaseModel):
    """How many there are; `capped` when it is this many or more."""

    value: int
    capped: bool


class PageQuery:
    """Page parameters of a list route."""

    def __init__(
        self,
        *,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        cursor: Annotated[str | None, Query(max_length=500)] = None,
        count: Annotated[bool, Query()] = False,
    ) -> None:
        """Read the query."""
        self.limit, self._cursor, self._count = limit, cursor, count

    def arguments(
        self, first: Kind = "timestamptz", second: Kind = "uuid"
    ) -> tuple[int, str | None, str | None, bool]:
        """Return `$2` to `$5` of a `paged` statement with these casts.

        Raises:
            InvalidInput: a cursor that no such list gives.
        """
        if not self._cursor:
            return self.limit, None, None, self._count
        one, two = cursor_values(self._cursor, (first, second))
        return self.limit, one, two, self._count


Page = Annotated[PageQuery, Depends(gathered(PageQuery))]


def paged(
    fields: str,
    source: str,
    keys: tuple[str, str],
    casts: tuple[str, str],
    *,
    descends: bool = False,
    exact: bool = False,
) -> str:
    """Return a statement that answers `{"items": [...], "next_cursor": ..., "count": ...}`.

    Args:
        fields: the select list of an item.
        source: FROM and WHERE; it names `bound.t::uuid`, and `$6` and on are its own arguments.
        keys: two sort keys, unique together.
        casts: their types, for reading them back from a cursor.
        descends: whether both keys descend.
        exact: count to the end, however many there are.
    """
    one, two = keys
    way, beyond = ("desc", "<") if descends else ("asc", ">")
    most, capped = ("null", "null") if exact else (MOST_COUNTED, MOST_COUNTED + 1)
    return f"""{BOUND},
page as materialized (
  select row_number() over (order by x.one {way}, x.two {way}) as n, x.*
  from bound, lateral (
    select {one} as one, {two} as two, (select to_json(f) from (select {fields}) f) as item
    from {source}
      and ($3::text is null or ({one}, {two}) {beyond} ($3::text::{casts[0]}, $4::text::{casts[1]}))
    order by {one} {way}, {two} {way} limit $2::int + 1) x)
select json_build_object(
  'items', coalesce((select json_agg(item order by n) from page where n <= $2::int), '[]'),
  'next_cursor', (select translate(
      encode(convert_to(json_build_array(one, two)::text, 'UTF8'), 'base64'), E'+/=\\n', '-_')
    from page where n = $2::int and exists (select from page where n > $2::int)),
  'count', case when $5::bool then (
    select json_build_object('value', least(count(*), {most}),
                             'capped', coalesce(count(*) > {most}, false))
    from bound, lateral (select from {source} limit {capped}) c) end)::text
"""
