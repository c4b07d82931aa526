"""Names of columns at a target: whole where they can be, else cut with a mark of what they were."""

import hashlib
from collections.abc import Iterable

SYSTEM = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
"""PostgreSQL has columns of these names in every table."""
MARK_BYTES = 9


def column_names(
    names: Iterable[str], taken: set[str], longest_bytes: int | None = None
) -> dict[str, str]:
    """Return what each column is called; the same name leads to the same one every time.

    Args:
        names: the result's columns, all different.
        taken: names of other columns there.
        longest_bytes: what a name may have, None for any length.
    """
    reserved = {each.lower() for each in taken} | SYSTEM
    return {name: _fitted(name, reserved, longest_bytes) for name in names}


def _fitted(name: str, reserved: set[str] | frozenset[str], longest_bytes: int | None) -> str:
    plain = name.replace("\0", "")
    too_long = longest_bytes is not None and len(plain.encode()) > longest_bytes
    if plain == name and plain and not too_long and plain.lower() not in reserved:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[: MARK_BYTES - 1]
    kept = plain.encode()
    if longest_bytes is not None:
        kept = kept[: longest_bytes - MARK_BYTES]
    return f"{kept.decode(errors='ignore')}_{mark}"
