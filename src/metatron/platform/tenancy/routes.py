"""HTTP edge of organisations: settings, members, invitations, modules, clock."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Response

from metatron.kernel.database.direct import BOUND
from metatron.kernel.errors import NotFound, PermissionDenied, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.hot import hot
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, Who
from metatron.platform.tenancy import schemas
from metatron.platform.tenancy.clock import advance_clock
from metatron.platform.tenancy.errors import (
    AlreadyMember,
    GrantAboveOwnRights,
    InvitationPending,
    LastOwner,
    LimitReached,
    ModuleNeeded,
    NotSandbox,
    OrganisationsFull,
    SandboxUnavailable,
    SlugTaken,
    TooManyInvitations,
    TooManyOrganisations,
)
from metatron.platform.tenancy.former_members import FORMER, FormerMemberPage
from metatron.platform.tenancy.invitations import invite, withdraw_invitation
from metatron.platform.tenancy.limits import limits_of
from metatron.platform.tenancy.member_list import PLAIN, Asked, hot_members, list_members
from metatron.platform.tenancy.members import change_member_roles, remove_member
from metatron.platform.tenancy.organisations import (
    change_organisation,
    check_sandbox,
    create_organisation,
    load_tenant,
)
from metatron.platform.tenancy.pages import Page, paged
from metatron.platform.tenancy.switches import list_modules, set_module
from metatron.platform.tenancy.tables import Tenant
from metatron.platform.tenancy.themes import PRESETS

router = Router(door="home", tags=["organisation"])
clock_router = Router(tags=["organisation"])
IfMatch = Annotated[str | None, Header()]
JSON = "application/json"

_INVITATIONS = paged(
    "i.id, i.email, i.role_ids, i.state, i.invited_by, i.created_at, i.expires_at",
    "tenancy.invitation i where i.tenant_id = bound.t::uuid and i.state = 'pending'",
    ("i.created_at", "i.id"),
    ("timestamptz", "uuid"),
)
_CLOCK = f"""{BOUND} select json_build_object(
  'now', now() + make_interval(secs => coalesce(c.offset_seconds, 0)),
  'offset_seconds', coalesce(c.offset_seconds, 0))::text
from bound left join lateral (
  select k.offset_seconds from kernel.tenant_clock k where k.tenant_id = bound.t::uuid limit 1) c
  on true
"""


@router.post("/organisations", status_code=201)
@signed_in(
    raises=(
        SlugTaken, PermissionDenied, SandboxUnavailable, TooManyOrganisations, OrganisationsFull,
    ),
    unverified=False,
)  # fmt: skip
async def post_organisation(
    body: schemas.NewOrganisation, database: Db, actor: Who
) -> schemas.OrganisationMade:
    """Make an organisation, or a sandbox, of which the signed-in person is the owner."""
    assert actor.actor_id is not None, "a signed-in person has an id"
    if actor.impersonator_id is not None:
        raise PermissionDenied("organisations:create")
    check_sandbox(is_sandbox=body.is_sandbox)
    facts = await create_organisation(
        database,
        name=body.name,
        slug=body.slug,
        owner_user_id=actor.actor_id,
        environment="development" if body.is_sandbox else "production",
        is_sandbox=body.is_sandbox,
        is_bounded=True,
        actor=actor,
    )
    return schemas.OrganisationMade(id=facts.id, name=facts.name, slug=facts.slug)


@router.get("/organisation")
@signed_in(raises=(NotFound,))
async def get_organisation(unit: Unit, response: Response) -> schemas.Organisation:
    """Show the organisation the credentials are for."""
    return _organisation(await load_tenant(unit.session, unit.context), response)


@router.patch("/organisation")
@requires("tenancy:settings", raises=(NotFound, VersionConflict))
async def patch_organisation(
    body: schemas.OrganisationChange, unit: Unit, response: Response, if_match: IfMatch = None
) -> schemas.Organisation:
    """Change the organisation's name or theme."""
    theme = body.theme.model_dump(exclude_none=True) if body.theme else None
    tenant = await change_organisation(
        unit.session, unit.context, name=body.name, theme=theme, if_match=if_match, now=unit.now
    )
    return _organisation(tenant, response)


def _organisation(tenant: Tenant, response: Response) -> schemas.Organisation:
    response.headers["etag"] = etag(tenant.version)
    shown = {
        name: getattr(tenant, name)
        for name in schemas.Organisation.model_fields
        if hasattr(tenant, name)
    }
    shown["limits"] = limits_of(tenant.tier, tenant.limits).model_dump()
    return schemas.Organisation(**shown, theme_presets=PRESETS)


@router.get("/members", response_model=schemas.MemberPage)
@requires("tenancy:members")
@hot(hot_members, when=PLAIN)
async def get_members(read: Read, page: Page, asked: Asked) -> Response:
    """List the members, longest first unless sorted otherwise.

    `q` is a part of a name or an address; `count` stops at 10,000 unless it is to be `exact`.
    """
    return Response(await list_members(read.direct, read.context, page, asked), media_type=JSON)


@router.get("/members/former", response_model=FormerMemberPage)
@requires("tenancy:members")
async def get_former_members(read: Read, page: Page) -> Response:
    """List who was a member, the latest to leave first: for naming them in records that stay."""
    found = await read.direct.json(read.context, FORMER, *page.arguments())
    return Response(found, media_type=JSON)


@router.patch("/members/{member_id}", status_code=204)
@requires(
    "tenancy:manage_members",
    raises=(NotFound, GrantAboveOwnRights, LastOwner, VersionConflict, LimitReached),
)
async def patch_member(
    member_id: UUID, body: schemas.MemberChange, unit: Unit, if_match: IfMatch = None
) -> None:
    """Replace a member's roles."""
    await change_member_roles(
        unit.session,
        unit.context,
        member_id=member_id,
        role_ids=body.role_ids,
        if_match=if_match,
        now=unit.now,
    )


@router.delete("/members/{member_id}", status_code=204)
@signed_in(raises=(NotFound, GrantAboveOwnRights, LastOwner))
async def delete_member(member_id: UUID, unit: Unit) -> None:
    """End a membership: one's own, or with tenancy:manage_members another's."""
    await remove_member(unit.session, unit.context, member_id=member_id, now=unit.now)


@router.get("/invitations", response_model=schemas.InvitationPage)
@requires("tenancy:members")
async def get_invitations(read: Read, page: Page) -> Response:
    """List the invitations that nobody has accepted yet."""
    found = await read.direct.json(read.context, _INVITATIONS, *page.arguments())
    return Response(found, media_type=JSON)


@router.post("/invitations", status_code=201)
@requires(
    "tenancy:manage_members",
    raises=(
        GrantAboveOwnRights,
        AlreadyMember,
        InvitationPending,
        LimitReached,
        TooManyInvitations,
    ),
)
async def post_invitation(body: schemas.NewInvitation, unit: Unit) -> schemas.InvitationItem:
    """Ask somebody to join; they get a mail with a link."""
    invitation = await invite(
        unit.session, unit.context, email=body.email, role_ids=body.role_ids, now=unit.now
    )
    return schemas.InvitationItem.model_validate(invitation, from_attributes=True)


@router.delete("/invitations/{invitation_id}", status_code=204)
@requires("tenancy:manage_members", raises=(NotFound,))
async def delete_invitation(invitation_id: UUID, unit: Unit) -> None:
    """Make an invitation void."""
    await withdraw_invitation(unit.session, unit.context, invitation_id=invitation_id, now=unit.now)


@router.get("/modules")
@requires("tenancy:settings")
async def get_modules(unit: Unit) -> schemas.ModuleList:
    """List the modules with what depends on what, and their configuration."""
    items = await list_modules(unit.session, unit.context)
    return schemas.ModuleList(items=[schemas.ModuleItem(**item) for item in items])


@router.patch("/modules/{name}")
@requires("tenancy:settings", raises=(NotFound, ModuleNeeded))
async def patch_module(name: str, body: schemas.ModuleChange, unit: Unit) -> schemas.ModuleItem:
    """Switch a module on or off, or configure it."""
    shown: dict[str, Any] = await set_module(
        unit.session,
        unit.context,
        name=name,
        is_enabled=body.is_enabled,
        configuration=body.configuration,
        now=unit.now,
    )
    return schemas.ModuleItem(**shown)


@clock_router.get("/clock", response_model=schemas.Clock)
@signed_in()
async def get_clock(read: Read) -> Response:
    """Tell the organisation's time."""
    return Response(await read.direct.json(read.context, _CLOCK), media_type=JSON)


@clock_router.post("/clock/advance")
@requires("tenancy:clock", raises=(NotFound, NotSandbox))
async def post_clock_advance(body: schemas.ClockAdvance, unit: Unit, who: Who) -> schemas.Clock:
    """Move a sandbox organisation's clock forward; what falls due runs now."""
    before = await advance_clock(unit.session, who, seconds=body.seconds, now=unit.now)
    return schemas.Clock(now=unit.now, offset_seconds=before)
