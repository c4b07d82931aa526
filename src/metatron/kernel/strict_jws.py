"""A strict reading of a compact JWS, before any library sees it.

Libraries are lenient where attackers live: padding, stray bits in the last character, duplicate
members, numbers as text. What is not in canonical form is refused here, signature unseen.
"""

import base64
import json
import re
from typing import Any

LONGEST = 4_096
_SHAPE = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)


class NotStrict(ValueError):
    """The token is not in canonical form."""


def read_strictly(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and payload of a compact JWS, neither of them verified.

    Raises:
        NotStrict: too long, not three canonical base64url parts, or not two JSON objects
            without duplicate members.
    """
    shape = _SHAPE.fullmatch(token) if len(token) <= LONGEST else None
    if shape is None:
        raise NotStrict
    header, payload, signature = shape.groups()
    decode_canonical(signature)
    return _object(decode_canonical(header)), _object(decode_canonical(payload))


def decode_canonical(text: str) -> bytes:
    """Decode unpadded base64url that has one spelling only; raise `NotStrict` otherwise."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise NotStrict from error
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise NotStrict
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise NotStrict from error
    if not isinstance(value, dict):
        raise NotStrict
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrict
    return members


def _no_constant(name: str) -> Any:
    raise NotStrict(name)
