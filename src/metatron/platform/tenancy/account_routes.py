"""HTTP edge of client accounts and operators, for operators."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Response

from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import Access, declare, operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.tenancy import admin_schemas as schemas
from metatron.platform.tenancy.accounts import (
    change_account,
    create_account,
    delete_account,
    load_account,
)
from metatron.platform.tenancy.errors import (
    AccountInUse,
    GrantAboveOwnRights,
    LinkInvalid,
    NameTaken,
    TransitionRefused,
)
from metatron.platform.tenancy.operators import (
    accept_link,
    change_grants,
    invite_operator,
    resend_link,
    step_operator,
)
from metatron.platform.tenancy.pages import Page, paged
from metatron.platform.tenancy.reach import reach_of

router = Router(door="system", prefix="/admin", tags=["admin"])
link_router = Router(door="system", tags=["admin"])
IfMatch = Annotated[str | None, Header()]
JSON = "application/json"

_ACCOUNTS = paged(
    """a.id, a.name, a.contract_kind, a.contract_value_minor, a.contract_currency,
       a.contract_starts_on, a.contract_ends_on, a.state, a.version, a.created_at,
       (select count(*) from tenancy.tenant t
        where t.account_id = a.id and t.deleted_at is null) as tenants""",
    """tenancy.client_account a where bound.t is not null and a.deleted_at is null
       and ($6::bool or a.id = any($7::uuid[]) or a.id in (
         select t.account_id from tenancy.tenant t where t.id = any($8::uuid[])))""",
    ("a.created_at", "a.id"),
    ("timestamptz", "uuid"),
)
_OPERATORS = paged(
    """o.id, o.user_id, o.email, o.display_name, o.state, o.version, o.created_at,
       coalesce((select json_agg(json_build_object(
           'scope', g.scope, 'subject_ids', g.subject_ids, 'resource', g.resource,
           'action', g.action) order by g.resource, g.action, g.id)
         from tenancy.operator_grant g where g.operator_id = o.id), '[]') as grants""",
    "tenancy.operator o where bound.t is not null",
    ("o.created_at", "o.id"),
    ("timestamptz", "uuid"),
)


@router.get("/accounts", response_model=schemas.AccountPage)
@operator("accounts:read")
async def get_accounts(unit: Unit, read: Read, page: Page) -> Response:
    """List the client accounts within the operator's reach."""
    reach = await reach_of(unit.session, unit.context, "accounts:read")
    found = await read.direct.json(read.context, _ACCOUNTS, *page.arguments(), *reach.arguments())
    return Response(found, media_type=JSON)


@router.post("/accounts", status_code=201)
@operator("accounts:write")
async def post_account(
    body: schemas.NewAccount, unit: Unit, response: Response
) -> schemas.AccountItem:
    """Make a client account."""
    fields = body.model_dump(exclude_unset=True)
    return _shown(
        await create_account(unit.session, unit.context, fields=fields, now=unit.now), response
    )


@router.get("/accounts/{account_id}")
@operator("accounts:read", raises=(NotFound,))
async def get_account(account_id: UUID, unit: Unit, response: Response) -> schemas.AccountItem:
    """Show a client account."""
    return _shown(await load_account(unit.session, unit.context, account_id), response)


@router.patch("/accounts/{account_id}")
@operator("accounts:write", raises=(NotFound, VersionConflict))
async def patch_account(
    account_id: UUID,
    body: schemas.AccountChange,
    unit: Unit,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.AccountItem:
    """Change a client account."""
    account = await change_account(
        unit.session,
        unit.context,
        account_id=account_id,
        fields=_given(body),
        if_match=if_match,
        now=unit.now,
    )
    return _shown(account, response)


@router.delete("/accounts/{account_id}", status_code=204)
@operator("accounts:write", raises=(NotFound, AccountInUse))
async def delete_account_route(account_id: UUID, unit: Unit) -> None:
    """Take a client account off the lists."""
    await delete_account(unit.session, unit.context, account_id=account_id, now=unit.now)


def _given(body: schemas.AccountChange) -> dict[str, Any]:
    fields = body.model_dump(exclude_unset=True)
    if fields.get("name") is None:
        fields.pop("name", None)
    return fields


def _shown(account: Any, response: Response) -> schemas.AccountItem:
    response.headers["etag"] = etag(account.version)
    names = schemas.AccountItem.model_fields.keys() - {"tenants"}
    return schemas.AccountItem(**{name: getattr(account, name) for name in names})


@router.get("/operators", response_model=schemas.OperatorPage)
@operator("operators:read")
async def get_operators(read: Read, page: Page) -> Response:
    """List the operators with their grants."""
    found = await read.direct.json(read.context, _OPERATORS, *page.arguments())
    return Response(found, media_type=JSON)


@router.post("/operators", status_code=201)
@operator("operators:write", raises=(GrantAboveOwnRights, NameTaken))
async def post_operator(body: schemas.NewOperator, unit: Unit) -> schemas.OperatorItem:
    """Invite an operator; they get a link that works once."""
    made = await invite_operator(
        unit.session,
        unit.context,
        email=body.email,
        display_name=body.display_name,
        grants=[item.grant() for item in body.grants],
        now=unit.now,
    )
    return _operator(made)


@router.patch("/operators/{operator_id}")
@operator("operators:write", raises=(NotFound, GrantAboveOwnRights, TransitionRefused))
async def patch_operator(
    operator_id: UUID, body: schemas.GrantsChange, unit: Unit
) -> schemas.OperatorItem:
    """Replace what an operator may do."""
    changed = await change_grants(
        unit.session,
        unit.context,
        operator_id=operator_id,
        grants=[item.grant() for item in body.grants],
        now=unit.now,
    )
    return _operator(changed)


@router.post("/operators/{operator_id}/suspend")
@operator("operators:write", raises=(NotFound, TransitionRefused))
async def post_operator_suspension(operator_id: UUID, unit: Unit) -> schemas.OperatorItem:
    """Suspend an operator."""
    return _operator(
        await step_operator(
            unit.session, unit.context, operator_id=operator_id, step="suspend", now=unit.now
        )
    )


@router.post("/operators/{operator_id}/activate")
@operator("operators:write", raises=(NotFound, TransitionRefused))
async def post_operator_activation(operator_id: UUID, unit: Unit) -> schemas.OperatorItem:
    """Activate a suspended operator."""
    return _operator(
        await step_operator(
            unit.session, unit.context, operator_id=operator_id, step="activate", now=unit.now
        )
    )


@router.post("/operators/{operator_id}/resend-link", status_code=204)
@operator("operators:write", raises=(NotFound, TransitionRefused))
async def post_operator_link(operator_id: UUID, unit: Unit) -> None:
    """Mail a new one-time link."""
    await resend_link(unit.session, unit.context, operator_id=operator_id, now=unit.now)


@link_router.post("/operators/accept", status_code=204)
@declare(Access("signed_in", raises=(LinkInvalid,), tenantless=True))
async def post_operator_acceptance(body: schemas.Link, unit: Unit) -> None:
    """Take up operator access with the link that was mailed to the person's address."""
    await accept_link(unit.session, unit.context, token=body.token, now=unit.now)


def _operator(row: Any) -> schemas.OperatorItem:
    names = schemas.OperatorItem.model_fields.keys() - {"grants"}
    return schemas.OperatorItem(**{name: getattr(row, name) for name in names})
