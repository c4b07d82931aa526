"""The eight steps of onboarding: what each does, in the transaction that marks it as done.

Two steps need more than a transaction of the home database (a person, a database of one's own):
their `prepare_*` bears repetition and comes before.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.platform.tenancy.accounts import create_account
from metatron.platform.tenancy.admin_moving import move_and_tell
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.api_keys import create_api_key
from metatron.platform.tenancy.applications import create_application
from metatron.platform.tenancy.errors import AddressTaken, SlugTaken, TransitionRefused
from metatron.platform.tenancy.events import OrganisationCreated, TenantChanged
from metatron.platform.tenancy.grants import roles_by_name
from metatron.platform.tenancy.mail import queue_mail
from metatron.platform.tenancy.members import join
from metatron.platform.tenancy.onboarding import Onboarding, load_onboarding
from metatron.platform.tenancy.onboarding_people import people
from metatron.platform.tenancy.organisations import slug_from
from metatron.platform.tenancy.rights import OWNER, rights
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import ClientAccount, Tenant

Outcome = dict[str, Any]
FOLLOW_UPS = (
    ("tenancy.follow_up_day", timedelta(hours=24)),
    ("tenancy.follow_up_week", timedelta(days=7)),
)


@dataclass(frozen=True, slots=True)
class Work:
    """What a step is given: the transaction, and the outcomes of the steps before it."""

    session: AsyncSession
    context: Context
    onboarding: Onboarding
    outcomes: dict[str, Outcome]
    prepared: Outcome
    now: datetime

    async def tenant(self) -> Tenant:
        """Return the new tenant; raise `NotFound` when somebody has deleted it."""
        tenant = await self.session.get(Tenant, self.onboarding.tenant_id, with_for_update=True)
        if tenant is None or tenant.deleted_at is not None:
            raise NotFound
        return tenant


async def do_account(work: Work) -> Outcome:
    """Make the client account that was asked for, or look whether the named one is there."""
    found, wanted = work.onboarding, work.onboarding.request.get("account")
    if found.account_id is None:
        return {"kind": "internal"}
    if wanted is None:
        account = await work.session.get(ClientAccount, found.account_id)
        if account is None or account.deleted_at is not None:
            raise NotFound
        return {"kind": "known", "account_id": str(account.id)}
    contract = {k: v for k, v in (wanted.get("contract") or {}).items() if v is not None}
    for name in ("starts_on", "ends_on"):
        if name in contract:
            contract[name] = datetime.fromisoformat(contract[name]).date()
    account = await create_account(
        work.session,
        system_context(),
        name=wanted["name"],
        contract=contract,
        account_id=found.account_id,
        now=work.now,
    )
    return {"kind": "made", "account_id": str(account.id)}


async def prepare_space(database: Database, found: Onboarding, now: datetime) -> Outcome:
    """Make the tenant's row and, if asked for, its own database."""
    wished = found.request.get("slug") or slug_from(found.request["name"])
    for attempt in range(5):
        slug = wished if attempt == 0 else f"{wished[:56].rstrip('-')}-{secrets.token_hex(3)}"
        try:
            tenant = await _ensure_tenant(database, found, slug, now)
        except IntegrityError as error:
            if found.request.get("slug") is not None:
                raise SlugTaken from error
            continue
        if found.request.get("placement") == "dedicated" and tenant.placement != "dedicated":
            await move_and_tell(database, tenant_id=tenant.id, to="dedicated", now=now)
        return {"slug": tenant.slug}
    raise SlugTaken


async def _ensure_tenant(database: Database, found: Onboarding, slug: str, now: datetime) -> Tenant:
    context = system_context(found.tenant_id)
    async with database.transaction(context, door="system") as session:
        if (await load_onboarding(session, found.id)).state != "running":
            raise TransitionRefused("The onboarding has ended.")
        tenant = await session.get(Tenant, found.tenant_id)
        if tenant is not None:
            return tenant
        request = found.request
        tenant = Tenant(
            id=found.tenant_id,
            account_id=found.account_id,
            name=request["name"],
            slug=slug,
            state="provisioning",
            environment=request.get("environment") or "production",
            app_kind=request.get("app_kind") or "web",
            is_sandbox=bool(request.get("is_sandbox")),
            created_at=now,
        )
        session.add(tenant)
        await session.flush()
        event = OrganisationCreated(
            aggregate_id=tenant.id, environment=tenant.environment, is_sandbox=tenant.is_sandbox
        )
        await announce(session, context, event, now=now)
        return tenant


async def do_space(work: Work) -> Outcome:
    """Look whether the space is there."""
    tenant = await work.tenant()
    return {"tenant_id": str(tenant.id), "slug": tenant.slug, "placement": tenant.placement}


async def prepare_first_user(database: Database, found: Onboarding, now: datetime) -> Outcome:
    """Make the person, through the module that keeps people."""
    email, display_name = found.first_user
    user_id = await people()(database, email=email, display_name=display_name, now=now)
    return {"user_id": str(user_id)}


async def do_first_user(work: Work) -> Outcome:
    """Make the person the organisation's owner."""
    member_id = await join(
        work.session,
        work.context,
        user_id=UUID(work.prepared["user_id"]),
        given=roles_by_name((OWNER,)),
        now=work.now,
    )
    return {**work.prepared, "member_id": str(member_id)}


async def do_application(work: Work) -> Outcome:
    """Make the first application."""
    name = work.onboarding.request.get("application_name") or "First application"
    made = await create_application(work.session, work.context, name=name, now=work.now)
    return {"application_id": str(made.id)}


async def do_api_key(work: Work) -> Outcome:
    """Make the first API key; its text waits, sealed, for an operator to take it once."""
    key, secret = await create_api_key(
        work.session,
        work.context,
        name="First key",
        application_id=UUID(work.outcomes["application"]["application_id"]),
        kind="standard",
        scopes=work.onboarding.request["key_scopes"],
        now=work.now,
    )
    # It is the owner's hand: what it asks for is approved by somebody else.
    key.created_by = UUID(work.outcomes["first_user"]["user_id"])
    await work.session.flush()
    return {"key_id": str(key.id), "sealed_key": site().box.seal(secret).decode()}


async def do_branding(work: Work) -> Outcome:
    """Set theme, plan, limits and addresses, and open the doors, if the account's are open."""
    # The account first, as whoever suspends it does: neither waits for the other in a ring.
    is_open = await _account_is_open(work)
    tenant, request = await work.tenant(), work.onboarding.request
    fields = ["tier", "limits", "theme", "subdomain", "custom_domain"]
    for name in fields:
        if request.get(name) is not None:
            setattr(tenant, name, request[name])
    if tenant.state == "provisioning":
        tenant.state = "active" if is_open else "suspended"
        tenant.suspended_with_account = not is_open
    tenant.version += 1
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise AddressTaken from error
    event = TenantChanged(aggregate_id=tenant.id, state=tenant.state, fields=[*fields, "state"])
    await announce(work.session, work.context, event, now=work.now)
    await tell(work.session, f"tenant:{tenant.id}")
    return {"tier": tenant.tier}


async def _account_is_open(work: Work) -> bool:
    if work.onboarding.account_id is None:
        return True
    state = await work.session.scalar(
        select(ClientAccount.state)
        .where(ClientAccount.id == work.onboarding.account_id)
        .with_for_update(read=True)
    )
    return state == "active"


async def do_welcome(work: Work) -> Outcome:
    """Queue the mail that says where to sign in, unless nobody is to be written to."""
    if not work.onboarding.request.get("mails", True):
        return {"mails": []}
    return {"mails": [await _mail(work, "tenancy.welcome", None)]}


async def do_follow_ups(work: Work) -> Outcome:
    """Queue the mails of the next day and the next week, unless nobody is to be written to."""
    if not work.onboarding.request.get("mails", True):
        return {"mails": []}
    mails = [await _mail(work, name, work.now + after) for name, after in FOLLOW_UPS]
    return {"mails": mails}


async def _mail(work: Work, template: str, run_at: datetime | None) -> str:
    tenant = await work.tenant()
    email, _ = work.onboarding.first_user
    request_id = await queue_mail(
        work.session,
        work.context,
        to=email,
        template=template,
        path="/sign-in",
        variables={"organisation": tenant.name},
        run_at=run_at,
    )
    return str(request_id)


Do = Callable[[Work], Awaitable[Outcome]]
Prepare = Callable[[Database, Onboarding, datetime], Awaitable[Outcome]]
DO: dict[str, Do] = {
    "account": do_account,
    "space": do_space,
    "first_user": do_first_user,
    "application": do_application,
    "api_key": do_api_key,
    "branding": do_branding,
    "welcome": do_welcome,
    "follow_ups": do_follow_ups,
}
PREPARE: dict[str, Prepare] = {"space": prepare_space, "first_user": prepare_first_user}


def acting_for(tenant_id: UUID) -> Context:
    """Return the system in the new tenant, with every right there."""
    return replace(system_context(tenant_id), permissions=rights().permissions)
