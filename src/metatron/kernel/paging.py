"""Keyset paging: an opaque cursor holds the last row's sort keys, so pages never drift."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from metatron.kernel.errors import InvalidInput

MAX_PAGE = 200


def encode_cursor(keys: Sequence[Any]) -> str:
    """Pack the sort keys of a page's last row (JSON scalars, instants or ids)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(keys))).rstrip(b"=").decode()


def cut_page(rows: list[dict[str, Any]], limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """Split off the row beyond the page; its presence means that there is a next one.

    Each row's `cursor_` holds its sort keys; it is taken out. Returns the page and the cursor of
    the next, packed here for the one row that needs it: packing costs more than reading a row.
    """
    page = rows[:limit]
    cursor = encode_cursor(page[-1]["cursor_"]) if len(rows) > limit else None
    for row in page:
        row.pop("cursor_", None)
    return page, cursor


def decode_cursor(cursor: str, size: int) -> list[Any]:
    """Unpack a cursor of `size` keys; raises `InvalidInput` on anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _wrong() from error
    if not isinstance(keys, list) or len(keys) != size:
        raise _wrong()
    return keys


def cursor_id(cursor: str | None) -> UUID | None:
    """Unpack a cursor whose only key is an id, None without a cursor; raises `InvalidInput`."""
    if cursor is None:
        return None
    (key,) = decode_cursor(cursor, 1)
    try:
        return UUID(key)
    except (ValueError, AttributeError, TypeError) as error:
        raise _wrong() from error


Kind = Literal["text", "timestamptz", "uuid", "int", "bigint"]
_LARGEST = {"int": 2**31 - 1, "bigint": 2**63 - 1}


def cursor_values(cursor: str, kinds: Sequence[Kind]) -> list[str]:
    """Unpack a cursor into texts that PostgreSQL reads as these types; raises `InvalidInput`.

    The instant "infinity" is allowed: lists sort what has no instant under it.
    """
    keys = decode_cursor(cursor, len(kinds))
    try:
        return [_read(key, kind) for key, kind in zip(keys, kinds, strict=True)]
    except (ValueError, AttributeError, TypeError, OverflowError) as error:
        raise _wrong() from error


def _read(key: Any, kind: Kind) -> str:
    if kind in _LARGEST:
        if type(key) is not int or not 0 <= key <= _LARGEST[kind]:
            raise ValueError
        return str(key)
    if kind == "uuid":
        return str(UUID(key))
    if not isinstance(key, str) or "\x00" in key:
        raise ValueError
    # Instants are written anew: Python reads forms that PostgreSQL does not.
    return _at_utc(key).isoformat() if kind == "timestamptz" and key != "infinity" else key


def cursor_keys(cursor: str | None, *, of_time: bool = True) -> tuple[str | None, UUID | None]:
    """Unpack a cursor of a sort key and an id: the key as text, and neither for a first page.

    `of_time`: the sort key is an instant. Raises `InvalidInput` for any other cursor.
    """
    if cursor is None:
        return None, None
    key, row_id = cursor_values(cursor, ("timestamptz" if of_time else "text", "uuid"))
    return key, UUID(row_id)


def cursor_instant(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Unpack a cursor of an instant and an id, None without one; raises `InvalidInput`."""
    key, row_id = cursor_keys(cursor)
    if key is None or row_id is None:
        return None
    if key == "infinity":
        raise _wrong()
    return datetime.fromisoformat(key), row_id


def _at_utc(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _wrong() -> InvalidInput:
    return InvalidInput.field("query.cursor", "invalid_cursor", "Take next_cursor from a page.")
