"""The one JSON text of what was asked for, and its hash."""

import hashlib
from typing import Any

import orjson

from metatron.kernel.errors import InvalidInput
from metatron.kernel.money import MAX_API_AMOUNT

MOST_BYTES = 32_768


def plain_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload as PostgreSQL will give it back: JSON of texts, integers and booleans.

    Ids and instants become texts.

    Raises:
        InvalidInput: too large, or a value that no two readers hold alike (fractions, integers
            past 2^53-1, texts with NUL or halves of characters).
    """
    try:
        packed = orjson.dumps(payload)
    except TypeError as error:
        raise _wrong("not_json", "Give texts, whole numbers, true, false and null.") from error
    if len(packed) > MOST_BYTES:
        raise _wrong("too_large", f"Keep it to {MOST_BYTES} bytes.")
    plain: dict[str, Any] = orjson.loads(packed)
    _check(plain)
    return plain


def hash_of(payload: dict[str, Any]) -> bytes:
    """Return SHA-256 over the payload as JSON with sorted keys, UTF-8 and no white space."""
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).digest()


def _check(value: Any) -> None:
    if isinstance(value, float) or (type(value) is int and abs(value) > MAX_API_AMOUNT):
        raise _wrong("not_whole", "Write fractions and large numbers as texts.")
    if isinstance(value, str) and "\x00" in value:
        raise _wrong("not_text", "Leave out characters such as NUL.")
    parts = value if isinstance(value, list) else ()
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    for part in parts:
        _check(part)


def _wrong(code: str, hint: str) -> InvalidInput:
    return InvalidInput.field("payload", code, hint)
