"""Onboarding of a tenant: one resumable process of eight steps, asked for here.

`onboarding_runner` does the steps, each in a transaction of its own; `onboarding_undo` takes them
back. What is asked for is checked before anything is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.platform.tenancy.errors import SlugTaken, TransitionRefused, UnknownPermission
from metatron.platform.tenancy.events import OnboardingChanged
from metatron.platform.tenancy.limits import checked_own_limits
from metatron.platform.tenancy.organisations import check_sandbox, checked_name, checked_slug
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.suspension import checked_address
from metatron.platform.tenancy.themes import checked_theme

ONBOARD = "tenancy.onboard"
STEP_NAMES = (
    "account", "space", "first_user", "application", "api_key", "branding", "welcome",
    "follow_ups",
)  # fmt: skip
"""A key belongs to an application, so the application comes first."""
_INSERT = text("""
insert into tenancy.onboarding (id, tenant_id, account_id, state, request, created_at)
values (:id, :tenant_id, :account_id, 'running', cast(:request as jsonb), :now)
""")
_INSERT_STEPS = text("""
insert into tenancy.onboarding_step (onboarding_id, position, name)
select :id, n.position, n.name
from unnest(cast(:names as text[])) with ordinality n(name, position)
""")
_LOAD = text("""
select id, tenant_id, account_id, state, request from tenancy.onboarding where id = :id for update
""")
_SLUG_KNOWN = text(
    "select exists (select from tenancy.tenant where slug = :slug and deleted_at is null)"
)
_ACCOUNT_KNOWN = text(
    "select exists (select from tenancy.client_account where id = :id and deleted_at is null"
    " and state <> 'ended')"
)
_SET_STATE = text("""
update tenancy.onboarding
set state = :state, version = version + 1,
    finished_at = case when :state = 'running' then null else cast(:now as timestamptz) end
where id = :id
""")
_WAIT_AGAIN = text("""
update tenancy.onboarding_step set state = 'waiting', last_error = null
where onboarding_id = :id and state in ('failed', 'running')
""")


@dataclass(frozen=True, slots=True)
class Onboarding:
    """One process; `request` is what was asked for, addresses sealed."""

    id: UUID
    tenant_id: UUID
    account_id: UUID | None
    state: str
    request: dict[str, Any]

    @property
    def first_user(self) -> tuple[str, str]:
        """Return the first user's address and name."""
        box = site().box
        sealed = self.request["first_user"]
        return box.open(sealed["email"].encode()), box.open(sealed["display_name"].encode())


async def start_onboarding(
    session: AsyncSession,
    context: Context,
    *,
    request: dict[str, Any],
    now: datetime,
    run_at: datetime | None = None,
) -> Onboarding:
    """Enter a process and queue its job.

    Args:
        session: a transaction of the system role.
        context: who asks, in the platform's tenant.
        request: name, slug, account_id or account (name, contract), environment, app_kind, tier,
            limits, subdomain, custom_domain, theme, is_sandbox, placement, first_user (email,
            display_name), application_name, key_scopes.
        now: the instant.
        run_at: when the job starts, if not at once.

    Raises:
        SlugTaken: a given short name is in use.
        SandboxUnavailable: payments are real on this installation.
        NotFound: the client account is unknown, or ended.
        UnknownPermission: a scope of the key that no module declares.
        InvalidInput: a name, address, limit or theme that cannot be.
    """
    request = await _checked(session, request)
    account_id = request.pop("account_id", None)
    if request.get("account") is not None:
        account_id = new_id()
    found = Onboarding(new_id(), new_id(), account_id, "running", _sealed(request))
    values = {
        "id": found.id,
        "tenant_id": found.tenant_id,
        "account_id": account_id,
        "request": orjson.dumps(found.request, default=str).decode(),
        "now": now,
    }
    await session.execute(_INSERT, values)
    await session.execute(_INSERT_STEPS, {"id": found.id, "names": list(STEP_NAMES)})
    await tell_state(session, context, found, "running", now=now)
    await _queue(session, context, found.id, run_at)
    return found


async def retry_onboarding(
    session: AsyncSession, context: Context, *, onboarding_id: UUID, now: datetime
) -> None:
    """Let a failed (or stuck) process go on where it stopped.

    Raises:
        NotFound: there is none.
        TransitionRefused: it has succeeded or was undone.
    """
    found = await load_onboarding(session, onboarding_id)
    if found.state not in {"failed", "running"}:
        raise TransitionRefused(f"The onboarding has {found.state}.")
    await session.execute(_WAIT_AGAIN, {"id": found.id})
    await set_state(session, context, found, "running", now=now)
    await _queue(session, context, found.id, None)


async def load_onboarding(session: AsyncSession, onboarding_id: UUID) -> Onboarding:
    """Return a process, locked until the transaction ends; raise `NotFound` for none."""
    row = (await session.execute(_LOAD, {"id": onboarding_id})).one_or_none()
    if row is None:
        raise NotFound
    return Onboarding(row.id, row.tenant_id, row.account_id, row.state, row.request)


async def set_state(
    session: AsyncSession,
    context: Context,
    found: Onboarding,
    state: str,
    *,
    step: str = "",
    now: datetime,
) -> None:
    """Enter a process's new state and announce it."""
    await session.execute(_SET_STATE, {"id": found.id, "state": state, "now": now})
    await tell_state(session, context, found, state, step=step, now=now)


async def tell_state(
    session: AsyncSession,
    context: Context,
    found: Onboarding,
    state: str,
    *,
    step: str = "",
    now: datetime,
) -> None:
    """Announce in the platform's log how a process stands."""
    event = OnboardingChanged(
        aggregate_id=found.id, tenant_id=found.tenant_id, state=state, step=step
    )
    await publish(session, context.for_tenant(PLATFORM_TENANT_ID), event, now=now)


async def _queue(
    session: AsyncSession, context: Context, onboarding_id: UUID, run_at: datetime | None
) -> None:
    platform = context.for_tenant(PLATFORM_TENANT_ID)
    await enqueue(session, platform, ONBOARD, run_at=run_at, onboarding_id=onboarding_id)


async def _checked(session: AsyncSession, request: dict[str, Any]) -> dict[str, Any]:
    request = {**request, "name": checked_name(request["name"])}
    check_sandbox(is_sandbox=bool(request.get("is_sandbox")))
    if request.get("slug") is not None:
        slug = checked_slug(request["slug"])
        if (await session.execute(_SLUG_KNOWN, {"slug": slug})).scalar_one():
            raise SlugTaken
    account_id = request.get("account_id")
    if account_id is not None:
        known = (await session.execute(_ACCOUNT_KNOWN, {"id": account_id})).scalar_one()
        if not known:
            raise NotFound
    request["limits"] = checked_own_limits(request.get("limits") or {})
    request["theme"] = checked_theme(request.get("theme") or {"preset": "gold"})
    for name in ("subdomain", "custom_domain"):
        request[name] = checked_address(name, request.get(name))
    request["key_scopes"] = _scopes(request.get("key_scopes"))
    return request


def _scopes(wanted: Iterable[str] | None) -> list[str]:
    if wanted is None:
        return sorted(rights().by_role["auditor"])
    unknown = set(wanted) - rights().permissions
    if unknown:
        raise UnknownPermission(f"There is no {min(unknown)[:100]}.")
    return sorted(set(wanted))


def _sealed(request: dict[str, Any]) -> dict[str, Any]:
    box = site().box
    person = request["first_user"]
    sealed = {name: box.seal(person[name]).decode() for name in ("email", "display_name")}
    return {**request, "first_user": sealed}
