"""Verifies signed tokens: a strict look before the library, the signature, then the claims."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey, RSAKey

from metatron.kernel.errors import Unauthenticated
from metatron.kernel.strict_jws import NotStrict, read_strictly

LEEWAY_SECONDS = 60
REMEMBERED = 50_000
ACCESS_TYPE = "at+jwt"
SERVICE_TYPE = "service+jwt"
ACCESS_ALGORITHM = "RS256"
SERVICE_ALGORITHM = "Ed25519"
"""RFC 9864's name; the older `EdDSA` is refused."""
Key = RSAKey | OKPKey


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says. Instants are seconds since 1970."""

    subject: UUID
    tenant: UUID
    session: UUID
    session_version: int
    issued_at: int
    expires_at: int
    not_before: int
    everything: dict[str, Any]


class UnknownKey(Unauthenticated):
    """The token names a key that is not in the set: it may be newer than the set."""


class SignedTokens[Read]:
    """Tokens of one issuer, audience, algorithm and type; verified ones are remembered, read."""

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        algorithm: str,
        kind: str,
        keys: KeySet | None,
        reading: Callable[[dict[str, Any]], Read],
    ) -> None:
        """Accept only what matches all four; see `set_keys`.

        `reading` makes of the claims what users want, once a token; it may raise
        `Unauthenticated`.
        """
        self._reading = reading
        self._issuer, self._audience = issuer, audience
        self._algorithm, self._kind = algorithm, kind
        self._keys: Mapping[str, Key] = {}
        self._known: OrderedDict[bytes, tuple[int, int, Read]] = OrderedDict()
        if keys is not None:
            self.set_keys(keys)

    def set_keys(self, keys: KeySet) -> None:
        """Take a new key set; what older keys vouched for is forgotten."""
        self._keys = dict(_usable(keys.keys, self._algorithm))
        self._known.clear()

    def read(self, token: str, *, now: float) -> Read:
        """Return what a valid token says; raise `Unauthenticated` otherwise.

        `now` is in seconds since 1970. A remembered token has its times checked at each use.
        """
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known is None:
            claims = self._decode(token)
            first = claims["nbf"] - LEEWAY_SECONDS
            known = self._known[digest] = first, claims["exp"], self._reading(claims)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        first, end, read = known
        if not first <= now < end:
            self._known.pop(digest, None)
            message = "The token has expired."
            raise Unauthenticated(message)
        return read

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            header, claims = read_strictly(token)
        except NotStrict as error:
            raise _wrong() from error
        if set(header) != {"alg", "typ", "kid"}:
            raise _wrong()
        if header["alg"] != self._algorithm or header["typ"] != self._kind:
            raise _wrong()
        if not isinstance(header["kid"], str):
            raise _wrong()
        key = self._keys.get(header["kid"])
        if key is None:
            message = "The token is signed with a key that is not known here."
            raise UnknownKey(message)
        try:
            jws.deserialize_compact(token, key, algorithms=[self._algorithm])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _wrong() from error
        if claims.get("iss") != self._issuer or claims.get("aud") != self._audience:
            raise _wrong()
        return _typed(claims, texts=("sub", "jti"), numbers=("iat", "nbf", "exp"))


class TokenVerifier:
    """Verifies users' access tokens (RS256, `at+jwt`)."""

    def __init__(self, *, issuer: str, audience: str, keys: KeySet | None = None) -> None:
        """Accept tokens of one issuer for one audience, signed by `keys` (see `set_keys`)."""
        self._tokens = SignedTokens(
            issuer=issuer,
            audience=audience,
            algorithm=ACCESS_ALGORITHM,
            kind=ACCESS_TYPE,
            keys=keys,
            reading=_user_claims,
        )
        self.set_keys = self._tokens.set_keys

    def verify(self, token: str, *, now: float) -> Claims:
        """Return the claims of a valid token; raise `Unauthenticated` otherwise.

        `now` is in seconds since 1970.
        """
        return self._tokens.read(token, now=now)


def _user_claims(claims: dict[str, Any]) -> Claims:
    _typed(claims, texts=("tid", "sid"), numbers=("sv",))
    try:
        subject, tenant, session = (UUID(claims[name]) for name in ("sub", "tid", "sid"))
    except ValueError as error:
        raise _wrong() from error
    return Claims(
        subject=subject,
        tenant=tenant,
        session=session,
        session_version=claims["sv"],
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        not_before=claims["nbf"],
        everything=claims,
    )


class ServiceTokenVerifier:
    """Verifies tokens between services (Ed25519, `service+jwt`, at most a minute long)."""

    LONGEST_SECONDS = 60

    def __init__(self, *, issuer: str, audience: str, keys: KeySet | None = None) -> None:
        """Accept tokens for one service: `audience` is its name."""
        self._tokens = SignedTokens(
            issuer=issuer,
            audience=audience,
            algorithm=SERVICE_ALGORITHM,
            kind=SERVICE_TYPE,
            keys=keys,
            reading=self._checked,
        )
        self.set_keys = self._tokens.set_keys

    def verify(self, token: str, *, now: float) -> dict[str, Any]:
        """Return the claims (`sub` is the calling service's id); raise `Unauthenticated`."""
        return self._tokens.read(token, now=now)

    def _checked(self, claims: dict[str, Any]) -> dict[str, Any]:
        _typed(claims, texts=("scope",))
        if claims["exp"] - claims["iat"] > self.LONGEST_SECONDS:
            raise _wrong()
        return claims


def _usable(keys: Iterable[Any], algorithm: str) -> Iterable[tuple[str, Key]]:
    wanted = RSAKey if algorithm == ACCESS_ALGORITHM else OKPKey
    for key in keys:
        if isinstance(key, wanted) and key.kid and key.get("alg") in {None, algorithm}:
            yield key.kid, key


def _typed(
    claims: dict[str, Any], *, texts: tuple[str, ...] = (), numbers: tuple[str, ...] = ()
) -> dict[str, Any]:
    if not all(isinstance(claims.get(name), str) for name in texts):
        raise _wrong()
    if not all(type(claims.get(name)) is int for name in numbers):
        raise _wrong()
    return claims


def _wrong() -> Unauthenticated:
    return Unauthenticated("The token is not valid.")


def key_set(document: bytes) -> KeySet:
    """Read a JWKS document."""
    return KeySet.import_key_set(orjson.loads(document))
