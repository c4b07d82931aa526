"""Lists of the direct door: one statement binds, reads a page by keyset and builds the answer."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel

from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.gathered import gathered
from metatron.kernel.http.sorting import behind, order_of, packed, unpacked
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

    def arguments(self, *kinds: Kind) -> tuple[int, str | None, str | None, bool]:
        """Return `$2` to `$5` of a `paged` statement with these casts, else an instant and an id.

        Raises:
            InvalidInput: a cursor that no such list gives.
        """
        if not self._cursor:
            return self.limit, None, None, self._count
        *keys, row_id = cursor_values(self._cursor, kinds or ("timestamptz", "uuid"))
        return self.limit, packed(keys), row_id, self._count


Page = Annotated[PageQuery, Depends(gathered(PageQuery))]


def paged(
    fields: str,
    source: str,
    keys: tuple[str, ...],
    casts: tuple[Kind, ...],
    *,
    descends: bool | tuple[bool, ...] = False,
    exact: bool = False,
) -> str:
    """Return a statement that answers `{"items": [...], "next_cursor": ..., "count": ...}`.

    Args:
        fields: the select list of an item.
        source: FROM and WHERE; it names `bound.t::uuid`, and `$6` and on are its own arguments.
        keys: sort keys, unique together by the last, an id.
        casts: their types, for reading them back from a cursor.
        descends: whether all of them descend, or each of them.
        exact: count to the end, however many there are.
    """
    ways = descends if isinstance(descends, tuple) else (descends,) * len(keys)
    columns = tuple(zip(keys, casts, ways, strict=True))
    names = [f"key_{at}" for at in range(len(keys))]
    chosen = ", ".join(f"{key} as {name}" for key, name in zip(keys, names, strict=True))
    inner = zip((f"x.{name}" for name in names), casts, ways, strict=True)
    held = f"json_build_array({', '.join(names)})::text"
    last = [*unpacked("$3", columns[:-1]), f"$4::text::{casts[-1]}"]
    most, capped = ("null", "null") if exact else (MOST_COUNTED, MOST_COUNTED + 1)
    return f"""{BOUND},
page as materialized (
  select row_number() over (order by {order_of(tuple(inner))}) as n, x.*
  from bound, lateral (
    select {chosen}, (select to_json(f) from (select {fields}) f) as item
    from {source}
      and ($3::text is null or {behind(columns, last)})
    order by {order_of(columns)} limit $2::int + 1) x)
select json_build_object(
  'items', coalesce((select json_agg(item order by n) from page where n <= $2::int), '[]'),
  'next_cursor', (select translate(
      encode(convert_to({held}, 'UTF8'), 'base64'), E'+/=\\n', '-_')
    from page where n = $2::int and exists (select from page where n > $2::int)),
  'count', case when $5::bool then (
    select json_build_object('value', least(count(*), {most}),
                             'capped', coalesce(count(*) > {most}, false))
    from bound, lateral (select from {source} limit {capped}) c) end)::text
"""
