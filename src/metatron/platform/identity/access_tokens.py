"""Signs access tokens (RS256) and tokens between services (Ed25519)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt

from metatron.kernel.ids import new_id
from metatron.kernel.tokens import (
    ACCESS_ALGORITHM,
    ACCESS_TYPE,
    SERVICE_ALGORITHM,
    SERVICE_TYPE,
    ServiceTokenVerifier,
)
from metatron.platform.identity.keys import KeyRing

ACCESS_LIFETIME = timedelta(minutes=15)
AUDIENCE = "metatron"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token; `expires_in` is in seconds."""

    text: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class TokenSubject:
    """Whom a token speaks for, and until when the session itself may last."""

    user_id: UUID
    tenant_id: UUID
    session_id: UUID
    session_version: int
    session_ends_at: datetime
    impersonator_id: UUID | None = None


class TokenIssuer:
    """Signs in the name of one platform address."""

    def __init__(self, ring: KeyRing, issuer: str) -> None:
        """Take the keys and the `iss` claim."""
        self.ring = ring
        self.issuer = issuer

    def access_token(self, subject: TokenSubject, *, now: datetime) -> AccessToken:
        """Return a token of 15 minutes; an impersonation's lasts as long as its session."""
        ends_at = subject.session_ends_at
        if subject.impersonator_id is None:
            ends_at = min(ends_at, now + ACCESS_LIFETIME)
        issued, ends = int(now.timestamp()), int(ends_at.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(subject.user_id),
            "tid": str(subject.tenant_id),
            "sid": str(subject.session_id),
            "sv": subject.session_version,
            "iat": issued,
            "nbf": issued,
            "exp": ends,
            "jti": str(new_id()),
        }
        if subject.impersonator_id is not None:
            claims |= {"imp": str(subject.impersonator_id), "imp_exp": ends}
        return AccessToken(self._sign(ACCESS_ALGORITHM, ACCESS_TYPE, claims, now), ends - issued)

    def service_token(
        self, client_id: UUID, *, audience: str, scopes: list[str], now: datetime
    ) -> AccessToken:
        """Return a token of 60 seconds with which a service calls the service `audience`."""
        issued = int(now.timestamp())
        lifetime = ServiceTokenVerifier.LONGEST_SECONDS
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "sub": str(client_id),
            "scope": " ".join(scopes),
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime,
            "jti": str(new_id()),
        }
        return AccessToken(self._sign(SERVICE_ALGORITHM, SERVICE_TYPE, claims, now), lifetime)

    def _sign(self, algorithm: str, kind: str, claims: dict[str, Any], now: datetime) -> str:
        key = self.ring.signer(algorithm, now=now)
        header = {"alg": algorithm, "typ": kind, "kid": key.kid}
        return jwt.encode(header, claims, key.private, algorithms=[algorithm])
