"""Keyset paging: an opaque cursor holds the last row's sort keys, so pages never drift."""

import base64
import binascii
from collections.abc import Sequence
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


def _wrong() -> InvalidInput:
    return InvalidInput.field("query.cursor", "invalid_cursor", "Take next_cursor from a page.")
