"""What the gate knows of a session and of an API key: loaded in one statement, cached."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from metatron.kernel.database.database import Database
from metatron.kernel.errors import Unauthenticated
from metatron.platform.gateway.cache import FactCache, Lasting
from metatron.platform.gateway.errors import InvalidAdminKey
from metatron.platform.tenancy.interface import (
    AccessFacts,
    AdminKeyFacts,
    KeyFacts,
    OperatorFacts,
    SessionFacts,
    resolve_admin_key,
    resolve_api_key,
    resolve_operator,
    resolve_session,
)

SESSION_SECONDS = 5.0
"""How old what is known of a session may be at most, if its changes should not be heard."""
LASTING_SECONDS = 60.0
"""How long it is held while all changes are heard: the database itself announces them."""
KEY_SECONDS = 30.0
MOST_SESSIONS = 20_000
MOST_KEYS = 10_000
Person = SessionFacts
"""A session's person in one tenant; `access` is None where they are no member."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator's facts, or that somebody is none."""

    user_id: UUID
    facts: OperatorFacts | None


class Facts:
    """The caches and their common way to forget."""

    def __init__(self, database: Database) -> None:
        """Start empty."""
        self._database = database
        self._people: FactCache[tuple[UUID, UUID], Person] = FactCache(
            seconds=SESSION_SECONDS,
            most=MOST_SESSIONS,
            lasting=Lasting(LASTING_SECONDS, self._sure_until, _is_announced),
        )
        self._keys: FactCache[str, KeyFacts] = FactCache(seconds=KEY_SECONDS, most=MOST_KEYS)
        self._operators: FactCache[UUID, Operator] = FactCache(
            seconds=SESSION_SECONDS, most=MOST_KEYS
        )
        self._admin_keys: FactCache[str, AdminKeyFacts] = FactCache(
            seconds=SESSION_SECONDS, most=MOST_KEYS
        )

    def _sure_until(self) -> float:
        return self._database.listener.proved_at + SESSION_SECONDS

    async def person(self, session_id: UUID, tenant_id: UUID) -> Person:
        """Return who holds a session; raise `Unauthenticated` when it has ended."""
        key = (session_id, tenant_id)
        known = self._people.peek(key)
        if known is not None:
            return known
        return await self._people.get(key, lambda: self._load_person(session_id, tenant_id))

    def known_person(self, session_id: UUID, tenant_id: UUID) -> tuple[float, Person] | None:
        """Return until when a session's facts are fresh, and the facts; None when not known."""
        return self._people.peek_until((session_id, tenant_id))

    def known_key(self, text: str) -> tuple[float, KeyFacts] | None:
        """Return until when an API key's facts are fresh, and the facts; None when not known."""
        return self._keys.peek_until(_digest(text))

    async def _load_person(self, session_id: UUID, tenant_id: UUID) -> Person:
        person = await resolve_session(self._database, session_id, tenant_id)
        if person is None:
            raise Unauthenticated("The session has ended.")
        impersonator_id = person.impersonator_id
        if impersonator_id is not None and not await self._may_act(impersonator_id, person.access):
            raise Unauthenticated("The impersonation has ended.")
        return person

    async def _may_act(self, user_id: UUID, access: AccessFacts | None) -> bool:
        """Tell whether an operator may still act for members of this organisation."""
        facts = await resolve_operator(self._database, user_id)
        if facts is None or access is None:
            return False
        return facts.covers_tenant(access.tenant, "users:impersonate")

    async def key(self, text: str, *, now: datetime) -> KeyFacts:
        """Return what an API key stands for; raises tenancy's refusals."""
        digest = _digest(text)
        known = self._keys.peek(digest)
        if known is not None:
            return known
        return await self._keys.get(digest, lambda: resolve_api_key(self._database, text, now=now))

    async def operator(self, user_id: UUID) -> OperatorFacts | None:
        """Return what a person may do as an operator, None if they are none."""
        return (await self._operators.get(user_id, lambda: self._load_operator(user_id))).facts

    async def _load_operator(self, user_id: UUID) -> Operator:
        return Operator(user_id, await resolve_operator(self._database, user_id))

    async def admin_key(self, text: str, *, now: datetime) -> OperatorFacts:
        """Return what an admin API key may do; raise `InvalidAdminKey` unless it holds now."""
        digest = _digest(text)
        found = await self._admin_keys.get(digest, lambda: self._load_admin_key(digest))
        if found.expires_at <= now:
            raise InvalidAdminKey
        return found.holder

    async def _load_admin_key(self, digest: str) -> AdminKeyFacts:
        found = await resolve_admin_key(self._database, bytes.fromhex(digest))
        if found is None:
            raise InvalidAdminKey
        return found

    def forget_all(self) -> None:
        """Start empty again: notices may have been missed."""
        self._people.forget()
        self._keys.forget()
        self._operators.forget()
        self._admin_keys.forget()

    def heard(self, payload: str) -> None:
        """Forget what a notice on `metatron_access` says has changed."""
        kind, _, value = payload.partition(":")
        if kind in {"session", "user", "tenant"}:
            self._heard_of(kind, UUID(value))
        elif kind == "key":
            self._keys.forget(lambda key, _: key.startswith(value))
        elif kind == "admin_key":
            self._admin_keys.forget(lambda key, _: key.startswith(value))

    def _heard_of(self, kind: str, subject: UUID) -> None:
        if kind == "session":
            self._people.forget(lambda key, _: key[0] == subject)
        elif kind == "user":
            self._people.forget(
                lambda _, person: subject in (person.user_id, person.impersonator_id)
            )
            self._operators.forget(lambda key, _: key == subject)
        else:
            self._people.forget(lambda key, _: key[1] == subject)
            self._keys.forget(lambda _, facts: facts.tenant.id == subject)


def _is_announced(person: Person) -> bool:
    """Tell whether each change of a session's facts is; what an operator may is not among it."""
    return person.impersonator_id is None


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
