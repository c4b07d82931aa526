"""Lists sorted by up to three keys and the row's id, page by page by keyset."""

from collections.abc import Sequence
from uuid import UUID

from metatron.kernel.http.sorting import Keys, behind, order_of, packed, read_sort, unpacked
from metatron.kernel.paging import Kind, cursor_values

Ordered = tuple[str, tuple[Kind, ...]]
"""A statement, and the types of what its cursor holds: the keys and the row's id."""
_CURSOR = "json_build_array({keys}, {id}) as cursor_"


def ordered(
    statement: str,
    keys: Keys,
    sort: str,
    row_id: str,
    after: tuple[str, str],
    *,
    deep: bool,
    id_kind: Kind = "uuid",
) -> Ordered:
    """Fill `{order}`, `{beyond}` and `{cursor}` of a list's statement.

    A page further down has a statement of its own: one that served the first page too would be
    planned to read the index from its start. The key is a column, for behind row-level security
    only comparisons that leak nothing go to an index, and `lower` is not among them.

    Args:
        statement: its text.
        keys: what it can be sorted by.
        sort: up to three of their names; a minus descends. The id goes the way of the last.
        row_id: the SQL of the row's id.
        after: the parameters that hold what `keys_of` returns.
        deep: whether there is a cursor.
        id_kind: the type of the row's id.

    Raises:
        InvalidInput: an order that the list does not know.
    """
    sorts = read_sort(sort, keys)
    columns = (*sorts, (row_id, id_kind, sorts[-1][2]))
    last = [*unpacked(after[0], sorts), f"{after[1]}::{id_kind}"]
    first = f"({after[0]}::text is null and {after[1]}::{id_kind} is null)"
    names = ", ".join(column for column, _, _ in sorts)
    parts = {
        "{order}": order_of(columns),
        "{beyond}": behind(columns, last) if deep else first,
        "{cursor}": _CURSOR.replace("{keys}", names).replace("{id}", row_id),
    }
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement, tuple(kind for _, kind, _ in columns)


def keys_of(cursor: str | None, kinds: Sequence[Kind]) -> tuple[str | None, UUID | str | None]:
    """Unpack a cursor of such a list into its keys and the row's id, neither for a first page.

    Raises:
        InvalidInput: a cursor of another list, or of another order.
    """
    if cursor is None:
        return None, None
    *keys, row_id = cursor_values(cursor, kinds)
    return packed(keys), UUID(row_id) if kinds[-1] == "uuid" else row_id
