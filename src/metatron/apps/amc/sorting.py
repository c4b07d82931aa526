"""Sorted lists by keyset: one key and the row's id, both in the same direction."""

from collections.abc import Mapping
from uuid import UUID

from metatron.kernel.paging import Kind, cursor_values

Keys = Mapping[str, tuple[str, Kind]]
"""By the name a caller sorts by: the SQL of the key, never null, and its type."""
_CURSOR = """translate(encode(convert_to(json_build_array({key}, {id})::text, 'utf8'),
      'base64'), E'+/=\\n', '-_') as cursor_"""


def ordered(
    statement: str,
    keys: Keys,
    sort: str,
    row_id: str,
    after: tuple[str, str],
    *,
    deep: bool,
    id_kind: Kind = "uuid",
) -> tuple[str, Kind]:
    """Fill `{order}`, `{beyond}` and `{cursor}` of a list's statement.

    A page further down has a statement of its own: one that served the first page too would be
    planned to read the index from its start. The key is a column, for behind row-level security
    only comparisons that leak nothing go to an index, and `lower` is not among them.

    Args:
        statement: its text.
        keys: what it can be sorted by.
        sort: one of their names; a minus descends.
        row_id: the SQL of the row's id.
        after: the parameters that hold a cursor's key, as text, and its id.
        deep: whether there is a cursor.
        id_kind: the type of the row's id.

    Returns:
        The statement, and the type of its cursor's key.
    """
    key, kind = keys[sort.removeprefix("-")]
    way, beyond = ("desc", "<") if sort.startswith("-") else ("asc", ">")
    last = f"{after[0]}::text::{kind}, {after[1]}::{id_kind}"
    further = f"({key}, {row_id}) {beyond} ({last})"
    parts = {
        "{order}": f"{key} {way}, {row_id} {way}",
        "{beyond}": further
        if deep
        else f"({after[0]}::text is null and {after[1]}::{id_kind} is null)",
        "{cursor}": _CURSOR.replace("{key}", key).replace("{id}", row_id),
    }
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement, kind


def keys_of(cursor: str | None, kind: Kind) -> tuple[str | None, UUID | None]:
    """Unpack a cursor of such a list, neither for a first page.

    Raises:
        InvalidInput: a cursor of another list, or of another order.
    """
    if cursor is None:
        return None, None
    key, row_id = cursor_values(cursor, (kind, "uuid"))
    return key, UUID(row_id)
