"""`/admin/operators`: who runs the platform, and what each may do."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header, Response

from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound, PermissionDenied, VersionConflict
from metatron.kernel.http.access import Access, declare, operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit, UnitOfWork
from metatron.platform.tenancy import admin_pages, admin_schemas
from metatron.platform.tenancy import operators as use
from metatron.platform.tenancy.admin_answers import JSON, one, written
from metatron.platform.tenancy.admin_grants import checked_grant
from metatron.platform.tenancy.admin_scope import acting_operator, operator_in_reach
from metatron.platform.tenancy.errors import (
    GrantAboveOwnRights,
    InvitationForOther,
    LinkInvalid,
    OperatorKnown,
    OwnOperator,
    TransitionRefused,
)
from metatron.platform.tenancy.operator_facts import RESOURCES, Grant
from metatron.platform.tenancy.pages import Page

router = Router(door="system", tags=["admin"])
IfMatch = Annotated[str | None, Header()]
READ, WRITE = "operators:read", "operators:write"
State = Literal["invited", "active", "suspended"]


@router.get("/admin/operators", response_model=admin_schemas.OperatorPage)
@operator(READ)
async def get_operators(
    read: Read, database: Db, page: Page, state: State | None = None
) -> Response:
    """List operators; a limited caller sees those whose every grant lies within their scope."""
    scope = (await acting_operator(database, read.context)).scope_of(READ)
    found = await read.direct.json(
        read.context, admin_pages.OPERATORS, *page.arguments(), *scope, state
    )
    return Response(found, media_type=JSON)


@router.get("/admin/operators/{operator_id}", response_model=admin_schemas.OperatorItem)
@operator(READ, raises=(NotFound,))
async def get_operator(operator_id: UUID, read: Read, database: Db) -> Response:
    """Show an operator."""
    await operator_in_reach(database, read.context, READ, operator_id)
    return await one(read, admin_pages.ONE_OPERATOR, operator_id)


@router.get("/admin/access")
@operator(READ)
async def get_access(read: Read, database: Db) -> admin_schemas.AccessItem:
    """Tell what the caller may do, and which rights there are to give."""
    facts = await acting_operator(database, read.context)
    grants = [
        admin_schemas.GrantItem(
            scope=grant.scope,
            subject_ids=sorted(grant.subject_ids),
            resource=grant.resource,
            action=grant.action,
        )
        for grant in facts.grants
    ]
    resources = {name: list(actions) for name, actions in RESOURCES.items()}
    return admin_schemas.AccessItem(
        permissions=sorted(facts.permissions), grants=grants, resources=resources
    )


@router.post("/admin/operators", status_code=201, response_model=admin_schemas.OperatorItem)
@operator(WRITE, raises=(GrantAboveOwnRights, OperatorKnown))
async def post_operator(body: admin_schemas.NewOperator, database: Db, unit: Unit) -> Response:
    """Invite an operator by mail with a one-time link."""
    made = await use.invite_operator(
        unit.session,
        unit.context,
        await acting_operator(database, unit.context),
        email=body.email,
        display_name=body.display_name,
        grants=_grants(body.grants),
        now=unit.now,
    )
    return await written(unit, admin_pages.ONE_OPERATOR, made.id, status_code=201)


@router.patch("/admin/operators/{operator_id}", response_model=admin_schemas.OperatorItem)
@operator(WRITE, raises=(NotFound, GrantAboveOwnRights, OwnOperator, VersionConflict))
async def patch_operator(
    operator_id: UUID,
    body: admin_schemas.OperatorChange,
    database: Db,
    unit: Unit,
    if_match: IfMatch = None,
) -> Response:
    """Rename an operator or replace their grants."""
    await operator_in_reach(database, unit.context, WRITE, operator_id)
    await use.change_operator(
        unit.session,
        unit.context,
        await acting_operator(database, unit.context),
        operator_id=operator_id,
        display_name=body.display_name,
        grants=None if body.grants is None else _grants(body.grants),
        if_match=if_match,
        now=unit.now,
    )
    return await written(unit, admin_pages.ONE_OPERATOR, operator_id)


@router.post("/admin/operators/{operator_id}/suspend", response_model=admin_schemas.OperatorItem)
@operator(WRITE, raises=(NotFound, GrantAboveOwnRights, OwnOperator, TransitionRefused))
async def post_suspend_operator(operator_id: UUID, database: Db, unit: Unit) -> Response:
    """End an operator's rights at once."""
    return await _do(use.suspend_operator, operator_id, database, unit)


@router.post("/admin/operators/{operator_id}/activate", response_model=admin_schemas.OperatorItem)
@operator(WRITE, raises=(NotFound, GrantAboveOwnRights, TransitionRefused))
async def post_activate_operator(operator_id: UUID, database: Db, unit: Unit) -> Response:
    """End an operator's suspension."""
    return await _do(use.activate_operator, operator_id, database, unit)


@router.post("/admin/operators/{operator_id}/link", response_model=admin_schemas.OperatorItem)
@operator(WRITE, raises=(NotFound, GrantAboveOwnRights, TransitionRefused))
async def post_operator_link(operator_id: UUID, database: Db, unit: Unit) -> Response:
    """Mail a new link to an operator who has not accepted yet; the old one ends."""
    return await _do(use.resend_link, operator_id, database, unit)


@router.post("/operators/accept")
@declare(
    Access(
        "signed_in",
        raises=(LinkInvalid, InvitationForOther),
        idempotency="ignored",
        rate_class="auth",
        tenantless=True,
    )
)
async def post_accept_operator(
    body: admin_schemas.LinkGiven, unit: Unit
) -> admin_schemas.Activated:
    """Become the operator one was invited to be; the signed-in address is the invited one."""
    if unit.context.impersonator_id is not None:
        raise PermissionDenied(WRITE)
    made = await use.accept_link(unit.session, unit.context, token=body.token, now=unit.now)
    return admin_schemas.Activated(operator_id=made.id)


async def _do(step: Any, operator_id: UUID, database: Database, unit: UnitOfWork) -> Response:
    await operator_in_reach(database, unit.context, WRITE, operator_id)
    giver = await acting_operator(database, unit.context)
    await step(unit.session, unit.context, giver, operator_id=operator_id, now=unit.now)
    return await written(unit, admin_pages.ONE_OPERATOR, operator_id)


def _grants(given: list[admin_schemas.GrantGiven]) -> list[Grant]:
    return [checked_grant(g.scope, g.subject_ids, g.resource, g.action) for g in given]
