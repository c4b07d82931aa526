"""The canonical form of an event, and the hash that chains it to the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

GENESIS = bytes(32)
"""What the first seal of a tenant names as its predecessor."""
COLUMNS = (
    "tenant_id", "id", "position", "name", "aggregate_id", "actor_kind", "actor_id",
    "impersonator_id", "request_id", "payload", "occurred_at", "recorded_at",
)  # fmt: skip
"""All of the event row but `transaction_id`, which only its own server understands."""
_NUMBER = "\x00number"
_SAFE_DIGITS = 15


def seal_hash(
    event: Mapping[str, Any], *, sequence: int, previous: bytes, sealed_at: datetime
) -> bytes:
    """Return the 32 bytes that seal `event` as number `sequence` after `previous`.

    SHA-256 over JSON with sorted keys, UTF-8 and no white space; instants are UTC with six
    decimals; numbers that a double cannot hold keep their digits.
    """
    content = sealed_content(event, sequence=sequence, previous=previous, sealed_at=sealed_at)
    return hashlib.sha256(content).digest()


def sealed_content(
    event: Mapping[str, Any], *, sequence: int, previous: bytes, sealed_at: datetime
) -> bytes:
    """Return the JSON text that a seal is the SHA-256 of."""
    content = {
        "event": {name: _plain(name, event[name]) for name in COLUMNS},
        "previous": previous.hex(),
        "sealed_at": instant(sealed_at),
        "sequence": sequence,
    }
    return canonical(content)


def canonical(content: dict[str, Any]) -> bytes:
    """Return the one JSON text of `content`."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def instant(value: datetime) -> str:
    """Return an aware instant as UTC text with six decimals."""
    assert value.tzinfo is not None, "instants are aware"
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(name: str, value: Any) -> Any:
    if name == "payload":
        return json.loads(value, parse_float=_digits, parse_int=_digits)
    if isinstance(value, datetime):
        return instant(value)
    return str(value) if isinstance(value, UUID) else value


def _digits(text: str) -> Any:
    """Keep short integers; carry the rest as text under a name that jsonb cannot hold."""
    if len(text) <= _SAFE_DIGITS and text.lstrip("-").isdigit():
        return int(text)
    return {_NUMBER: text}
