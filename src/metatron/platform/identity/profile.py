"""Who am I: the signed-in person, their organisation, their rights."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import Settings
from metatron.platform.identity.accounts import account
from metatron.platform.identity.events import UserUpdated
from metatron.platform.identity.tables import LoginSession, UserAccount
from metatron.platform.notifications.interface import mail_twin_in_use
from metatron.platform.tenancy.interface import memberships_of, resolve_operator, tenant_by_id

_PERSON = f"""{BOUND} select row_to_json(p)::text from bound, lateral (
  select u.id, u.email, u.display_name, u.email_verified_at is not null as email_verified,
    u.password_hash is not null as has_password,
    exists (select from identity.totp t
            where t.user_id = u.id and t.confirmed_at is not null) as mfa_enabled
  from identity.user_account u where u.id = $2 and u.state = 'active' limit 1) p
"""
_TENANT_FIELDS = (
    "id",
    "name",
    "slug",
    "environment",
    "tier",
    "is_sandbox",
    "clock_offset_seconds",
    "modules",
)


@dataclass(frozen=True, slots=True)
class Impersonator:
    """The operator who acts in the person's name, and until when."""

    id: UUID
    email: str
    reason: str
    expires_at: datetime


async def describe(
    database: Database, context: Context, at: Context, settings: Settings
) -> dict[str, Any]:
    """Return the answer of `GET /auth/me`.

    Args:
        database: the process's database.
        context: the person, in the platform's tenant.
        at: the person in their organisation, with their permissions there.
        settings: say which local twins are in use.
    """
    assert context.actor_id is not None, "nobody is signed in"
    found = await database.home.json(context, _PERSON, context.actor_id)
    if found is None:
        raise Unauthenticated
    person = orjson.loads(found)
    impersonator = None
    if context.impersonator_id is not None:
        async with database.transaction(context) as session:
            impersonator = await _impersonator(session, context)
    tenant = None
    if at.tenant_id != PLATFORM_TENANT_ID:
        tenant = await tenant_by_id(database, at.tenant_id)
    return {
        "user": person,
        "tenant": tenant and {name: getattr(tenant, name) for name in _TENANT_FIELDS},
        "memberships": [asdict(item) for item in await memberships_of(database, context.actor_id)],
        "permissions": sorted(at.permissions),
        "is_operator": await resolve_operator(database, context.actor_id) is not None,
        "impersonator": impersonator and asdict(impersonator),
        "twins": twins(settings),
    }


async def _impersonator(session: AsyncSession, context: Context) -> Impersonator | None:
    if context.impersonator_id is None:
        return None
    login = await session.get(LoginSession, context.session_id)
    operator = await session.get(UserAccount, context.impersonator_id)
    if login is None or operator is None:
        return None
    reason = login.impersonation_reason or ""
    return Impersonator(operator.id, operator.email, reason, login.absolute_expires_at)


def twins(settings: Settings) -> list[dict[str, str]]:
    """Return the local stand-ins in use, for the page's banner."""
    found = []
    if mail_twin_in_use(settings):
        found.append({"name": "mail", "label": "Mail stays in the local mailbox"})
    if settings.payments_provider == "sandbox":
        found.append({"name": "payments", "label": "Payments are simulated; no money moves"})
    if not settings.amazon_client_id:
        found.append({"name": "amazon", "label": "Amazon is simulated; its data is made up"})
    return found


async def rename(
    session: AsyncSession, context: Context, *, display_name: str, now: datetime
) -> None:
    """Change the person's display name."""
    assert context.actor_id is not None, "nobody is signed in"
    user = await account(session, context.actor_id, lock=True)
    if user.display_name == display_name:
        return
    user.display_name, user.updated_at = display_name, now
    user.version += 1
    await publish(session, context, UserUpdated(aggregate_id=user.id), now=now)
