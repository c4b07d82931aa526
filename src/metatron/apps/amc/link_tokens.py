"""Tokens of links for people without an account: whoever holds one may open what it leads to.

A token is the organisation's id, which is no secret and says in which database to look, and 32
random bytes. Only its hash is kept to compare with.
"""

import base64
import binascii
import hashlib
import secrets
from uuid import UUID

from metatron.kernel.errors import NotFound

_SECRET_BYTES, _ID_BYTES = 32, 16


def new_token(tenant_id: UUID) -> tuple[str, bytes]:
    """Return a token of the organisation, and its hash."""
    token = tenant_id.bytes + secrets.token_bytes(_SECRET_BYTES)
    return base64.urlsafe_b64encode(token).decode(), hashlib.sha256(token).digest()


def read_token(token: str, *, refusal: type[NotFound]) -> tuple[UUID, bytes]:
    """Return the organisation that a token names, and its hash; raises `refusal` for another."""
    try:
        told = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise refusal from error
    if len(told) != _ID_BYTES + _SECRET_BYTES:
        raise refusal
    return UUID(bytes=told[:_ID_BYTES]), hashlib.sha256(told).digest()
