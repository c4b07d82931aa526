"""Identifiers: UUIDv7, made in Python, sortable by time of making."""

import re
from uuid import UUID

import uuid_utils

from metatron.kernel.clock import unix_now

PLATFORM_TENANT_ID = UUID("00000000-0000-7000-8000-000000000001")
"""The platform itself as a tenant: operators' and sign-in events belong to it."""
_WRONG_MILLISECONDS = 2_000
_shift = 0
"""What ids are moved by, in milliseconds, so that theirs is the database's time: who asks for the
newest ones asks by time. It stays the same until a clock is stepped, for their sequence."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562), of the time that `kernel.clock` tells."""
    global _shift
    made = uuid_utils.uuid7()
    behind = int(unix_now() * 1_000) - made.timestamp
    if not -_WRONG_MILLISECONDS < behind - _shift < _WRONG_MILLISECONDS:
        _shift = behind if abs(behind) > _WRONG_MILLISECONDS else 0
    return UUID(int=made.int + (_shift << 80))


def new_text_id() -> str:
    """Return a new UUIDv7 of the machine's time as text, in a fifth of the time of `new_id`."""
    return str(uuid_utils.uuid7())


def is_slug(text: str) -> bool:
    """Tell whether `text` can stand in an address: 1-63 of a-z, 0-9 and inner hyphens."""
    return _SLUG.fullmatch(text) is not None
