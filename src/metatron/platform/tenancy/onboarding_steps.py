"""The eight steps of onboarding. Each is idempotent and answers what it made.

A step runs in the home database as the system role, bound to the new tenant.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.api_keys import create_api_key
from metatron.platform.tenancy.applications import create_application
from metatron.platform.tenancy.errors import SlugTaken
from metatron.platform.tenancy.events import OrganisationCreated, SettingsUpdated
from metatron.platform.tenancy.grants import roles_by_name
from metatron.platform.tenancy.invitations import invite
from metatron.platform.tenancy.limits import checked_own_limits
from metatron.platform.tenancy.mail import queue_mail
from metatron.platform.tenancy.members import join
from metatron.platform.tenancy.organisations import checked_name, checked_slug, slug_from
from metatron.platform.tenancy.rights import OWNER, rights, system_role_id
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import (
    ApiKey,
    Application,
    ClientAccount,
    Invitation,
    Onboarding,
    SecretDigest,
    Tenant,
)
from metatron.platform.tenancy.themes import checked_theme

_PERSON = text("select id from identity.pub_user where lower(email) = :email")


class Wishes(BaseModel):
    """What a new tenant shall be."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    slug: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    owner_email: Annotated[EmailStr, Field(max_length=254)]
    account_id: UUID | None = None
    account_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    environment: Literal["development", "staging", "production"] = "production"
    app_kind: Literal["web", "mobile", "desktop", "api"] = "web"
    tier: Literal["free", "basic", "pro", "enterprise"] = "free"
    placement: Literal["pooled", "dedicated"] = "pooled"
    is_sandbox: bool = False
    application_name: Annotated[str, Field(min_length=1, max_length=100)] = "Main"
    theme: dict[str, str] = {"preset": "gold"}
    limits: dict[str, Any] = {}


Step = Callable[[AsyncSession, Context, Wishes, UUID | None, datetime], Awaitable[dict[str, Any]]]


def _everything(context: Context) -> Context:
    """The system acts in the new tenant with all its rights."""
    return Context(
        context.tenant_id,
        "system",
        permissions=rights().permissions,
        request_id=context.request_id,
    )


async def _account(
    session: AsyncSession, _: Context, wishes: Wishes, account_id: UUID | None, now: datetime
) -> dict[str, Any]:
    if account_id is None:
        return {}
    known = await session.get(ClientAccount, account_id)
    if known is None and wishes.account_id is None:
        known = ClientAccount(
            id=account_id, name=checked_name(wishes.account_name or wishes.name), created_at=now
        )
        session.add(known)
    if known is None or known.deleted_at is not None:
        raise NotFound("There is no such account.")
    return {"account_id": str(account_id), "is_new": wishes.account_id is None}


async def _tenant(
    session: AsyncSession, context: Context, wishes: Wishes, account_id: UUID | None, now: datetime
) -> dict[str, Any]:
    if await session.get(Tenant, context.tenant_id) is not None:
        return {"tenant_id": str(context.tenant_id)}
    slug = checked_slug(wishes.slug) if wishes.slug else slug_from(wishes.name)
    taken = await session.scalar(
        select(Tenant.id).where(Tenant.slug == slug, Tenant.deleted_at.is_(None))
    )
    if taken is not None:
        if wishes.slug:
            raise SlugTaken
        slug = f"{slug[:50].rstrip('-')}-{context.tenant_id.hex[-6:]}"
    session.add(
        Tenant(
            id=context.tenant_id,
            account_id=account_id,
            name=checked_name(wishes.name),
            slug=slug,
            state="provisioning",
            environment=wishes.environment,
            app_kind=wishes.app_kind,
            tier=wishes.tier,
            is_sandbox=wishes.is_sandbox,
            created_at=now,
        )
    )
    await session.flush()
    event = OrganisationCreated(
        aggregate_id=context.tenant_id,
        environment=wishes.environment,
        is_sandbox=wishes.is_sandbox,
    )
    await announce(session, context, event, now=now)
    return {"tenant_id": str(context.tenant_id), "slug": slug}


async def _first_user(
    session: AsyncSession, context: Context, wishes: Wishes, _: UUID | None, now: datetime
) -> dict[str, Any]:
    email = wishes.owner_email.strip().lower()
    person = (await session.execute(_PERSON, {"email": email})).scalar_one_or_none()
    if person is not None:
        member_id = await join(
            session, context, user_id=person, given=roles_by_name((OWNER,)), now=now
        )
        return {"member_id": str(member_id)}
    invitation = await invite(
        session, _everything(context), email=email, role_ids=[system_role_id(OWNER)], now=now
    )
    return {"invitation_id": str(invitation.id)}


async def _application(
    session: AsyncSession, context: Context, wishes: Wishes, _: UUID | None, now: datetime
) -> dict[str, Any]:
    application = await create_application(
        session, _everything(context), name=wishes.application_name, now=now
    )
    return {"application_id": str(application.id)}


async def _api_key(
    session: AsyncSession, context: Context, wishes: Wishes, _: UUID | None, now: datetime
) -> dict[str, Any]:
    application_id = await session.scalar(
        select(Application.id).where(
            Application.tenant_id == context.tenant_id, Application.name == wishes.application_name
        )
    )
    assert application_id is not None, "the step before made the application"
    key, key_text = await create_api_key(
        session,
        _everything(context),
        name="First key",
        application_id=application_id,
        kind="standard",
        scopes=rights().by_role["organiser"],
        now=now,
    )
    return {"key_id": str(key.id), "sealed_key": site().box.seal(key_text).decode()}


async def _branding(
    session: AsyncSession, context: Context, wishes: Wishes, _: UUID | None, now: datetime
) -> dict[str, Any]:
    tenant = await session.get(Tenant, context.tenant_id)
    assert tenant is not None, "an earlier step made the tenant"
    tenant.theme = dict(checked_theme(wishes.theme))
    tenant.limits = checked_own_limits(wishes.limits)
    if tenant.state == "provisioning":
        tenant.state = "active"
    tenant.version += 1
    await session.flush()
    event = SettingsUpdated(aggregate_id=tenant.id, fields=["theme", "limits", "state"])
    await announce(session, context, event, now=now)
    await tell(session, f"tenant:{tenant.id}")
    return {}


async def _welcome(
    session: AsyncSession, context: Context, wishes: Wishes, _: UUID | None, now: datetime
) -> dict[str, Any]:
    await _mail(session, context, wishes, "tenancy.welcome", None)
    return {"queued_at": now.isoformat()}


async def _follow_ups(
    session: AsyncSession, context: Context, wishes: Wishes, _: UUID | None, now: datetime
) -> dict[str, Any]:
    day, week = now + timedelta(hours=24), now + timedelta(days=7)
    await _mail(session, context, wishes, "tenancy.follow_up_day", day)
    await _mail(session, context, wishes, "tenancy.follow_up_week", week)
    return {"due_at": [day.isoformat(), week.isoformat()]}


async def _mail(
    session: AsyncSession, context: Context, wishes: Wishes, template: str, at: datetime | None
) -> None:
    await queue_mail(
        session,
        context,
        to=wishes.owner_email,
        template=template,
        path="/",
        variables={"organisation": wishes.name},
        run_at=at,
    )


# A key belongs to an application, so the application comes before its key.
STEPS: dict[str, Step] = {
    "account": _account,
    "tenant": _tenant,
    "first_user": _first_user,
    "application": _application,
    "api_key": _api_key,
    "branding": _branding,
    "welcome_mail": _welcome,
    "follow_ups": _follow_ups,
}


async def undo_all(session: AsyncSession, process: Onboarding, now: datetime) -> None:
    """Take back what the steps made: nobody can get in, and the names are free again."""
    of_tenant = process.tenant_id
    await session.execute(delete(SecretDigest).where(SecretDigest.tenant_id == of_tenant))
    await session.execute(
        update(Invitation)
        .where(Invitation.tenant_id == of_tenant, Invitation.state == "pending")
        .values(state="withdrawn")
    )
    await session.execute(
        update(ApiKey)
        .where(ApiKey.tenant_id == of_tenant, ApiKey.state == "active")
        .values(state="revoked", revoked_at=now)
    )
    await session.execute(
        update(Tenant)
        .where(Tenant.id == of_tenant, Tenant.deleted_at.is_(None))
        .values(deleted_at=now, state="failed")
    )
    if process.account_id is not None and process.request.get("account_id") is None:
        await session.execute(
            update(ClientAccount)
            .where(ClientAccount.id == process.account_id)
            .values(deleted_at=now)
        )
    await tell(session, f"tenant:{of_tenant}")
