"""Turns credentials into a Context. A warm request does no work in the database.

A revocation is known here within 5 s (sessions) or 30 s (keys) at the latest, and usually at
once, for every change is announced on `metatron_access`.
"""

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from starlette.requests import Request

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError, TenantMismatch, Unauthenticated
from metatron.kernel.http.access import Access, Asked
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import Settings
from metatron.platform.gateway.client_address import ClientAddress
from metatron.platform.gateway.contexts import (
    as_key,
    as_person,
    check_limits,
    check_person,
    is_allowed,
    known,
    narrowed,
)
from metatron.platform.gateway.credentials import Credentials, read_credentials
from metatron.platform.gateway.errors import (
    AddressNotAllowed,
    AdminKeyNotConfigured,
    InvalidAdminKey,
    ModuleDisabled,
)
from metatron.platform.gateway.limits import RateLimiter
from metatron.platform.gateway.notes import note_admin_key_refused, note_mismatch
from metatron.platform.gateway.passes import Pass, Passes
from metatron.platform.gateway.people import Facts, Person
from metatron.platform.gateway.tenant_state import check_state
from metatron.platform.gateway.verifying_keys import VerifyingKeys
from metatron.platform.tenancy.interface import (
    OPERATOR_PERMISSIONS,
    InvalidApiKey,
    KeyFacts,
    MissingApiKey,
    NotOperator,
    OperatorRightMissing,
    TenantFacts,
    is_key,
    note_use,
)


class IdentityGate:
    """The gate of a process; implements `kernel.http.access.Gate`."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Start with empty caches; `keys.load` first."""
        self.facts = Facts(database)
        self.keys = VerifyingKeys(database, settings.public_url)
        self.passes = Passes(self.facts, self.keys)
        self._database = database
        self._addresses = ClientAddress(settings.trusted_proxies)
        self._admin_key_hash = settings.admin_key_hash

    def admit_at_once(self, asked: Asked, access: Access) -> Context | None:
        """Admit as `admit` would if that takes no looking closer; raises `TooManyRequests`."""
        held = self._pass(asked.headers)
        if held is None or access.kind != "permission" or access.permission not in held.permissions:
            return None
        if access.module is not None and access.module not in held.modules:
            return None
        agent = asked.headers.get(b"user-agent", b"")[:400].decode("latin-1") or None
        context = held.context(asked.request_id, self._addresses.of_scope(asked.scope), agent)
        if held.key_used is not None:
            asked.scope["state"]["key_used"] = held.key_used
        limiter: RateLimiter | None = getattr(asked.scope["app"].state, "limiter", None)
        callers = None if limiter is None else held.callers(limiter, access, context)
        if limiter is not None and callers is not None:
            counted = limiter.count_at_once(
                asked.scope, callers, context, held.tier, held.own_limits
            )
            return context if counted else None
        return context

    def _pass(self, headers: dict[bytes, bytes]) -> Pass | None:
        bearer, key = headers.get(b"authorization"), headers.get(b"x-api-key")
        if bearer is not None:
            return self.passes.of_bearer(bearer) if key is None else None
        return None if key is None else self.passes.of_api_key(key)

    async def admit(self, request: Request, access: Access) -> Context:
        """Return who asks, or refuse: credentials, tenant's state, limits, then permission."""
        state = request.scope.setdefault("state", {})
        caller = state["asked_by"] = self._caller(request)
        now = utc_now()
        try:
            context = await self._context(request, access, caller, now)
        except DomainError:
            await check_limits(request, access, caller)  # wrong credentials count as well
            raise
        state["asked_by"] = context
        await check_limits(request, access, context)
        if access.kind in {"permission", "operator", "service"}:
            assert access.permission is not None, "the declaration names no permission"
            if access.kind == "operator" and not context.allows(access.permission):
                raise OperatorRightMissing(access.permission)
            context.demand(access.permission)
        return context

    def _caller(self, request: Request) -> Context:
        agent = b""
        for name, value in request.scope["headers"]:
            if name == b"user-agent":
                agent = value
                break
        return Context(
            PLATFORM_TENANT_ID,
            "anonymous",
            request_id=str(request.scope.get("state", {}).get("request_id", "")),
            ip=self._addresses.of(request),
            user_agent=agent[:400].decode("latin-1") or None,
        )

    async def _context(
        self, request: Request, access: Access, caller: Context, now: datetime
    ) -> Context:
        given = read_credentials(request, lenient=access.kind == "public")
        if access.kind == "public":
            return await self._guest(given, access, caller, now)
        if access.kind == "operator":
            return await self._operator(given, access, caller, now)
        if access.kind == "service":
            return await self._service(given, caller, now, audience=access.audience)
        if given.bearer is None and access.kind == "signed_in":
            raise Unauthenticated
        if given.bearer is None and given.api_key is None:
            raise MissingApiKey
        return await self._member(request, given, access, caller, now)

    async def _guest(
        self, given: Credentials, access: Access, caller: Context, now: datetime
    ) -> Context:
        if given.bearer is None:
            return caller
        try:
            person, tenant_id, session_id = await self._person(given.bearer, now)
        except Unauthenticated:
            return caller
        if person.mfa_pending or not (person.email_verified or access.tenantless):
            return caller
        return as_person(caller, person, tenant_id, session_id)

    async def _member(
        self, request: Request, given: Credentials, access: Access, caller: Context, now: datetime
    ) -> Context:
        key = None
        if given.api_key is not None:
            key = await self._key(request, given.api_key, caller, now)
        if given.bearer is None:
            assert key is not None, "neither credential"
            _enter(key.tenant, request, access)
            return as_key(caller, key)
        try:
            person, tenant_id, session_id = await self._person(given.bearer, now)
        except Unauthenticated:
            if access.kind != "permission" or key is not None:
                raise
            return await self._service(given, caller, now)
        if key is not None and key.tenant.id != tenant_id:
            await note_mismatch(self._database, caller, person.user_id, key, tenant_id)
            raise TenantMismatch
        check_person(person, access)
        if person.access is not None:
            by_operator = person.impersonator_id is not None
            _enter(person.access.tenant, request, access, by_operator=by_operator)
        context = as_person(caller, person, tenant_id, session_id)
        return context if key is None else narrowed(context, key)

    async def _operator(
        self, given: Credentials, access: Access, caller: Context, now: datetime
    ) -> Context:
        if given.admin_key is not None:
            return await self._admin(given.admin_key, caller, now)
        if given.bearer is None:
            raise Unauthenticated
        if is_key(given.bearer) or self._is_own(given.bearer):
            # Watching programs can often send this header only, such as Prometheus before 2.55.
            return await self._admin(given.bearer, caller, now)
        person, _, session_id = await self._person(given.bearer, now)
        check_person(person, access)
        facts = await self.facts.operator(person.user_id)
        if facts is None or person.impersonator_id is not None:
            raise NotOperator(access.permission or "")
        return known(
            caller, "operator", person.user_id, permissions=facts.permissions, session_id=session_id
        )

    async def _admin(self, key: str, caller: Context, now: datetime) -> Context:
        """Admit the installation's own key to everything, one that operators made to its scope."""
        if self._is_own(key):
            return known(caller, "admin_key", None, permissions=OPERATOR_PERMISSIONS)
        if not is_key(key):
            if self._admin_key_hash is None:
                raise AdminKeyNotConfigured
            await note_admin_key_refused(self._database, caller)
            raise InvalidAdminKey
        try:
            holder = await self.facts.admin_key(key, now=now)
        except InvalidAdminKey:
            await note_admin_key_refused(self._database, caller)
            raise
        return known(caller, "admin_key", holder.operator_id, permissions=holder.permissions)

    def _is_own(self, key: str) -> bool:
        digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        own = self._admin_key_hash
        return own is not None and hmac.compare_digest(digest, own.lower())

    async def _service(
        self,
        given: Credentials,
        caller: Context,
        now: datetime,
        *,
        audience: str | None = None,
    ) -> Context:
        if given.bearer is None:
            raise Unauthenticated
        claims = await self.keys.service(given.bearer, now=now.timestamp(), audience=audience)
        scopes = frozenset(str(claims["scope"]).split())
        return known(caller, "service", UUID(str(claims["sub"])), permissions=scopes)

    async def _person(self, token: str, now: datetime) -> tuple[Person, UUID, UUID]:
        claims = await self.keys.user(token, now=now.timestamp())
        session_id, tenant_id = claims.session, claims.tenant
        person = await self.facts.person(session_id, tenant_id)
        if person.version != claims.session_version or person.user_id != claims.subject:
            raise Unauthenticated("The session has moved on; refresh the token.")
        if person.expires_at <= now:
            raise Unauthenticated("The session has ended.")
        return person, tenant_id, session_id

    async def _key(self, request: Request, text: str, caller: Context, now: datetime) -> KeyFacts:
        key = await self.facts.key(text, now=now)
        request.scope["state"]["key_used"] = key.tenant.id, key.key_id
        if key.expires_at <= now:
            raise InvalidApiKey
        if key.ip_allow_list and not is_allowed(caller.ip, key.ip_allow_list):
            raise AddressNotAllowed
        note_use(key.tenant.id, key.key_id, now)
        return key


def _enter(
    tenant: TenantFacts, request: Request, access: Access, *, by_operator: bool = False
) -> None:
    """Check the organisation's state and modules, and tell the rate limiter its plan."""
    check_state(tenant, request, access, by_operator=by_operator)
    if access.module is not None and access.module not in tenant.modules:
        raise ModuleDisabled
    state = request.scope["state"]
    state["tier"], state["own_limits"] = tenant.tier, tenant.own_limits
