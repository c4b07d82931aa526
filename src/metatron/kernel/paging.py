"""Keyset paging: an opaque cursor holds the last row's sort keys, so pages never drift."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from metatron.kernel.errors import InvalidInput

MAX_PAGE = 200


def encode_cursor(keys: Sequence[Any]) -> str:
    """Pack the sort keys of a page's last row (JSON scalars, instants or ids)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(keys))).rstrip(b"=").decode()


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


def cursor_number(cursor: str | None) -> tuple[int | None, UUID | None]:
    """Unpack a cursor of a whole number (PostgreSQL's int) and an id; raises `InvalidInput`."""
    if cursor is None:
        return None, None
    key, row_id = decode_cursor(cursor, 2)
    if type(key) is not int or not 0 <= key < 2**31:
        raise _wrong()
    try:
        return key, UUID(row_id)
    except (ValueError, AttributeError, TypeError) as error:
        raise _wrong() from error


def cursor_instant(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Unpack a cursor of an instant and an id, None without one; raises `InvalidInput`."""
    key, row_id = cursor_keys(cursor)
    if key is None or row_id is None:
        return None
    if key == "infinity":
        raise _wrong()
    return datetime.fromisoformat(key), row_id


def cursor_keys(cursor: str | None, *, of_time: bool = True) -> tuple[str | None, UUID | None]:
    """Unpack a cursor of a sort key and an id: the key as text, and neither for a first page.

    `of_time`: the sort key is an instant, in a form that PostgreSQL reads as `timestamptz`;
    "infinity" is one as well. Raises `InvalidInput` for any other cursor.
    """
    if cursor is None:
        return None, None
    key, row_id = decode_cursor(cursor, 2)
    try:
        if not isinstance(key, str) or "\x00" in key:
            raise ValueError  # noqa: TRY301 - one refusal for everything wrong with a cursor
        if of_time and key != "infinity":
            # Written anew: Python reads forms that PostgreSQL does not.
            key = _at_utc(key).isoformat()
        return key, UUID(row_id)
    except (ValueError, AttributeError, TypeError, OverflowError) as error:
        raise _wrong() from error


def _at_utc(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _wrong() -> InvalidInput:
    return InvalidInput.field("query.cursor", "invalid_cursor", "Take next_cursor from a page.")
