"""Making an organisation and changing what its members see of it."""

import re
import secrets
import unicodedata
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.ids import is_slug, new_id
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.errors import SandboxUnavailable, SlugTaken
from metatron.platform.tenancy.events import OrganisationCreated, SettingsUpdated
from metatron.platform.tenancy.facts import TenantFacts, tenant_by_id
from metatron.platform.tenancy.founding import check_founding
from metatron.platform.tenancy.members import add_member
from metatron.platform.tenancy.rights import OWNER
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import Tenant
from metatron.platform.tenancy.themes import checked_theme

_TRIES = 5


async def create_organisation(
    database: Database,
    *,
    name: str,
    slug: str | None,
    owner_user_id: UUID,
    environment: str = "production",
    is_sandbox: bool = False,
    is_bounded: bool = False,
    actor: Context,
) -> TenantFacts:
    """Make a pooled tenant with its first owner, in one transaction.

    It begins at its own clock's instant: whoever asks may be in a sandbox that runs ahead.

    Args:
        database: the process's database.
        name: shown to people, 1-200 characters.
        slug: its place in addresses; made from the name when None.
        owner_user_id: the person who owns it.
        environment: development, staging or production.
        is_sandbox: a sandbox has a clock of its own and test keys.
        is_bounded: whether the owner asks for themselves, and so for no more than one may have.
        actor: who asks; becomes the actor of the events.

    Raises:
        SlugTaken: a given slug is in use.
        InvalidInput: the slug cannot stand in an address.
        TooManyOrganisations: they have made as many within a day; bounded ones only.
        OrganisationsFull: they own as many; bounded ones only.
    """
    wished = checked_slug(slug) if slug is not None else slug_from(name)
    for attempt in range(_TRIES):
        tenant = Tenant(
            id=new_id(),
            name=checked_name(name),
            slug=wished if attempt == 0 else f"{wished[:56].rstrip('-')}-{secrets.token_hex(3)}",
            environment=environment,
            is_sandbox=is_sandbox,
            founded_by=actor.actor_id if actor.actor_kind == "user" else None,
        )
        try:
            await _create(database, tenant, owner_user_id, actor, is_bounded=is_bounded)
        except IntegrityError as error:
            if "tenant_slug_uq" not in str(error.orig) or slug is not None:
                raise SlugTaken from error
            continue
        facts = await tenant_by_id(database, tenant.id)
        assert facts is not None
        return facts
    raise SlugTaken


def check_sandbox(*, is_sandbox: bool) -> None:
    """Refuse a sandbox where payments are real: its clock would move other people's money.

    Raises:
        SandboxUnavailable: the payment provider is not the local one.
    """
    if is_sandbox and site().payments_are_real:
        raise SandboxUnavailable


async def _create(
    database: Database, tenant: Tenant, owner_user_id: UUID, actor: Context, *, is_bounded: bool
) -> None:
    context = actor.for_tenant(tenant.id)
    async with database.transaction(context, door="home") as session:
        if is_bounded:
            await check_founding(session, database, user_id=owner_user_id)
        now = tenant.created_at = await session_now(session)
        session.add(tenant)
        await session.flush()
        event = OrganisationCreated(
            aggregate_id=tenant.id,
            owner_user_id=owner_user_id,
            environment=tenant.environment,
            is_sandbox=tenant.is_sandbox,
        )
        await announce(session, context, event, now=now)
        await add_member(session, context, user_id=owner_user_id, role_names=(OWNER,), now=now)


async def change_organisation(
    session: AsyncSession,
    context: Context,
    *,
    name: str | None = None,
    theme: dict[str, str] | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Tenant:
    """Change name or theme of the context's organisation.

    Raises:
        NotFound: there is no such organisation.
        InvalidInput: a name without letters, an unknown preset, a colour with too little contrast.
        VersionConflict: it has changed since it was read.
    """
    context.demand("tenancy:settings")
    tenant = await load_tenant(session, context)
    check_if_match(if_match, tenant.version)
    fields = []
    if name is not None and checked_name(name) != tenant.name:
        tenant.name = checked_name(name)
        fields.append("name")
    if theme is not None and checked_theme(theme) != tenant.theme:
        tenant.theme = dict(checked_theme(theme))
        fields.append("theme")
    if fields:
        tenant.version += 1
        await session.flush()
        event = SettingsUpdated(aggregate_id=tenant.id, fields=fields)
        await announce(session, context, event, now=now)
        await tell(session, f"tenant:{tenant.id}")
    return tenant


async def load_tenant(session: AsyncSession, context: Context) -> Tenant:
    """Return the context's tenant; raise `NotFound` when there is none (or a deleted one)."""
    tenant = await session.get(Tenant, context.tenant_id)
    if tenant is None or tenant.deleted_at is not None:
        raise NotFound
    return tenant


def checked_name(name: str) -> str:
    """Return a name without outer space; raise `InvalidInput` when nothing is left."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise InvalidInput.field("body.name", "invalid_name", "Give a name of 1-200 characters.")
    return name


def checked_slug(slug: str) -> str:
    """Return the slug, or raise `InvalidInput` when it cannot stand in an address."""
    if not is_slug(slug):
        raise InvalidInput.field(
            "body.slug", "invalid_slug", "Use 1-63 of a-z, 0-9 and inner hyphens."
        )
    return slug


def slug_from(name: str) -> str:
    """Make a slug of a name: accents off, everything else to hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:56].strip("-") or "organisation"
