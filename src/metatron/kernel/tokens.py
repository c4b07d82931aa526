"""Verifies access tokens: a strict look before the library, then RS256, then the claims."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from metatron.kernel.errors import Unauthenticated

LEEWAY_SECONDS = 60
LONGEST_TOKEN = 4_096
REMEMBERED = 50_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADER_NAMES = {"alg", "typ", "kid"}


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says. Instants are seconds since 1970."""

    subject: str
    tenant: str
    session: str
    session_version: int
    issued_at: int
    expires_at: int
    not_before: int
    everything: dict[str, Any]


class TokenVerifier:
    """Verifies and remembers tokens; a remembered one still has its times checked each use."""

    def __init__(self, *, issuer: str, audience: str, keys: KeySet | None = None) -> None:
        """Accept tokens of one issuer for one audience, signed by `keys` (see `set_keys`)."""
        self._issuer, self._audience = issuer, audience
        self._keys = keys
        self._known: OrderedDict[bytes, Claims] = OrderedDict()

    def set_keys(self, keys: KeySet) -> None:
        """Take a new key set; what older keys vouched for is forgotten."""
        self._keys = keys
        self._known.clear()

    def verify(self, token: str, *, now: float) -> Claims:
        """Return the claims of a valid token; raise `Unauthenticated` otherwise.

        `now` is in seconds since 1970.
        """
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._known.get(digest)
        if claims is None:
            claims = self._decode(token)
            self._known[digest] = claims
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        if not claims.not_before - LEEWAY_SECONDS <= now < claims.expires_at:
            self._known.pop(digest, None)
            message = "The access token has expired."
            raise Unauthenticated(message)
        return claims

    def _decode(self, token: str) -> Claims:
        if len(token) > LONGEST_TOKEN or _SHAPE.fullmatch(token) is None or self._keys is None:
            raise _wrong()
        try:
            decoded = jwt.decode(token, self._keys, algorithms=["RS256"])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _wrong() from error
        header, claims = decoded.header, decoded.claims
        if set(header) != _HEADER_NAMES or header["typ"] != "at+jwt":
            raise _wrong()
        if claims.get("iss") != self._issuer or claims.get("aud") != self._audience:
            raise _wrong()
        return _read(claims)


def _read(claims: dict[str, Any]) -> Claims:
    texts = {name: claims.get(name) for name in ("sub", "tid", "sid")}
    numbers = {name: claims.get(name) for name in ("sv", "iat", "exp", "nbf")}
    if not all(isinstance(item, str) for item in texts.values()):
        raise _wrong()
    if not all(type(item) is int for item in numbers.values()):
        raise _wrong()
    return Claims(
        subject=claims["sub"],
        tenant=claims["tid"],
        session=claims["sid"],
        session_version=claims["sv"],
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        not_before=claims["nbf"],
        everything=claims,
    )


def _wrong() -> Unauthenticated:
    return Unauthenticated("The access token is not valid.")


def key_set(document: bytes) -> KeySet:
    """Read a JWKS document."""
    return KeySet.import_key_set(orjson.loads(document))
