"""Who was let through a moment ago, so that the same credential need not be looked through again.

A pass says no more than the gate would at this moment: it lasts a second at most, never longer
than the facts and the token it is made of, and every notice of a change takes all passes away.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from metatron.kernel.clock import utc_now
from metatron.kernel.context import ActorKind, Context
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.http.access import Access
from metatron.kernel.telemetry.api_calls import KeyUsed
from metatron.kernel.tokens import Claims
from metatron.platform.gateway.credentials import bearer_token
from metatron.platform.gateway.limits import UNLIMITED, RateLimiter
from metatron.platform.gateway.people import Facts, Person
from metatron.platform.gateway.verifying_keys import VerifyingKeys
from metatron.platform.gateway.windows import Callers
from metatron.platform.tenancy.interface import OwnLimits, note_use

PASS_SECONDS = 1.0
MOST_PASSES = 10_000


@dataclass(slots=True)
class Pass:
    """What does not change from one request of a credential to the next.

    `until` is in seconds of `time.monotonic()`. `counted` remembers by rate class under which
    names a limiter counts the holder.
    """

    until: float
    tier: str
    tenant_id: UUID
    actor_kind: ActorKind
    actor_id: UUID
    permissions: frozenset[str]
    modules: tuple[str, ...] = ()
    session_id: UUID | None = None
    application_id: UUID | None = None
    impersonator_id: UUID | None = None
    own_limits: OwnLimits = ()
    role_ids: frozenset[UUID] = frozenset()
    key_used: KeyUsed | None = None
    counted: dict[str, tuple[RateLimiter, Callers]] = field(default_factory=dict)

    def context(self, request_id: str, ip: str | None, user_agent: str | None) -> Context:
        """Return the context of one request."""
        # By position, for this runs on every request.
        return Context(
            self.tenant_id,
            self.actor_kind,
            self.actor_id,
            self.permissions,
            request_id,
            self.session_id,
            self.application_id,
            self.impersonator_id,
            ip,
            user_agent,
            self.role_ids,
        )

    def callers(self, limiter: RateLimiter, access: Access, context: Context) -> Callers | None:
        """Return under which names the holder's request counts, None when it is not counted."""
        if access.rate_class == UNLIMITED:
            return None
        known = self.counted.get(access.rate_class)
        if known is None or known[0] is not limiter:
            known = limiter, limiter.callers(access, context, self.tier, self.own_limits)
            self.counted[access.rate_class] = known
        return known[1]


class Passes:
    """Makes passes of what is known without asking anybody, and holds them by their header."""

    def __init__(self, facts: Facts, keys: VerifyingKeys) -> None:
        """Start without any."""
        self._facts, self._keys = facts, keys
        self._of_bearers: dict[bytes, Pass] = {}
        self._of_keys: dict[bytes, Pass] = {}

    def clear(self) -> None:
        """Something has changed: everybody is looked at again."""
        self._of_bearers.clear()
        self._of_keys.clear()

    def of_bearer(self, authorization: bytes) -> Pass | None:
        """Return a person's pass, None when the gate has to look closer."""
        found = self._of_bearers.get(authorization)
        if found is None or time.monotonic() >= found.until:
            found = self._person(authorization)
            _keep(self._of_bearers, authorization, found)
        return found

    def of_api_key(self, key: bytes) -> Pass | None:
        """Return an application's pass, None when the gate has to look closer."""
        found = self._of_keys.get(key)
        if found is None or time.monotonic() >= found.until:
            found = self._application(key)
            _keep(self._of_keys, key, found)
        return found

    def _person(self, authorization: bytes) -> Pass | None:
        now = utc_now()
        try:
            token = bearer_token(authorization.decode("latin-1"))
            claims = self._keys.user_at_once(token, now=now.timestamp())
        except Unauthenticated:
            return None
        known = None if claims is None else self._facts.known_person(claims.session, claims.tenant)
        if claims is None or known is None or not _in_order(claims, known[1]):
            return None
        facts_until, person = known
        until = _until(facts_until, now, min(person.expires_at.timestamp(), claims.expires_at))
        if until is None or person.access is None:
            return None
        return Pass(
            until,
            person.access.tenant.tier,
            claims.tenant,
            "user",
            person.user_id,
            person.access.permissions,
            person.access.tenant.modules,
            session_id=claims.session,
            impersonator_id=person.impersonator_id,
            own_limits=person.access.tenant.own_limits,
            role_ids=person.access.role_ids,
        )

    def _application(self, key: bytes) -> Pass | None:
        now = utc_now()
        known = self._facts.known_key(key.decode("latin-1"))
        if known is None:
            return None
        facts_until, facts = known
        if facts.ip_allow_list or not facts.tenant.is_open:
            return None
        until = _until(facts_until, now, facts.expires_at.timestamp())
        if until is None:
            return None
        note_use(facts.tenant.id, facts.key_id, now)
        return Pass(
            until,
            facts.tenant.tier,
            facts.tenant.id,
            "api_key",
            facts.key_id,
            facts.permissions,
            facts.tenant.modules,
            application_id=facts.application_id,
            key_used=(facts.tenant.id, facts.key_id),
            own_limits=facts.tenant.own_limits,
        )


def _in_order(claims: Claims, person: Person) -> bool:
    """Tell whether a token and its session agree, and nothing is owed anywhere."""
    return (
        person.version == claims.session_version
        and person.user_id == claims.subject
        and person.email_verified
        and not person.mfa_pending
        and person.access is not None
        and person.access.tenant.is_open
    )


def _until(facts_until: float, now: datetime, ends_at: float) -> float | None:
    """Return until when a pass holds; `ends_at` is the credential's end, seconds since 1970."""
    left = min(PASS_SECONDS, ends_at - now.timestamp())
    return min(facts_until, time.monotonic() + left) if left > 0 else None


def _keep(held: dict[bytes, Pass], header: bytes, made: Pass | None) -> None:
    if made is None:
        held.pop(header, None)
        return
    if len(held) >= MOST_PASSES:
        held.clear()
    held[header] = made
