"""`/admin/accounts`: client accounts, within the operator's scope."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query, Response

from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy import admin_pages, admin_schemas
from metatron.platform.tenancy.account_usage import usage_of_account
from metatron.platform.tenancy.accounts import change_account, create_account, delete_account
from metatron.platform.tenancy.admin_answers import Search, one, written
from metatron.platform.tenancy.admin_attended_schemas import AccountUsage
from metatron.platform.tenancy.admin_scope import demand_reach, scope_arguments
from metatron.platform.tenancy.errors import AccountInUse
from metatron.platform.tenancy.pages import Page

router = Router(door="system", tags=["admin"])
IfMatch = Annotated[str | None, Header()]
READ, WRITE = "accounts:read", "accounts:write"
State = Annotated[Literal["active", "suspended", "ended"] | None, Query()]


@router.get("/admin/accounts", response_model=admin_schemas.AccountPage)
@operator(READ)
async def get_accounts(
    read: Read,
    database: Db,
    page: Page,
    *,
    q: Search = None,
    state: State = None,
    account_id: UUID | None = None,
) -> Response:
    """List client accounts, the oldest first."""
    scope = await scope_arguments(database, read.context, READ)
    found = await read.direct.json(
        read.context, admin_pages.ACCOUNTS, *page.arguments(), *scope, q, state, account_id
    )
    return Response(found, media_type="application/json")


@router.post("/admin/accounts", status_code=201, response_model=admin_schemas.AccountItem)
@operator(WRITE, raises=(NotFound,))
async def post_account(body: admin_schemas.NewAccount, database: Db, unit: Unit) -> Response:
    """Make a client account; for operators whose scope is everything."""
    await demand_reach(database, unit.context, WRITE)
    account = await create_account(
        unit.session,
        unit.context,
        name=body.name,
        contract=body.contract.model_dump(exclude_unset=True),
        now=unit.now,
    )
    return await written(unit, admin_pages.ONE_ACCOUNT, account.id, status_code=201)


@router.get("/admin/accounts/{account_id}", response_model=admin_schemas.AccountItem)
@operator(READ, raises=(NotFound,))
async def get_account(account_id: UUID, read: Read, database: Db) -> Response:
    """Show a client account."""
    await demand_reach(database, read.context, READ, account_id=account_id)
    return await one(read, admin_pages.ONE_ACCOUNT, account_id)


@router.get("/admin/accounts/{account_id}/usage")
@operator(READ, raises=(NotFound,))
async def get_account_usage(account_id: UUID, read: Read, database: Db) -> AccountUsage:
    """Tell what all tenants of a client account use together, and what was agreed for them."""
    await demand_reach(database, read.context, READ, account_id=account_id)
    if await read.direct.json(read.context, admin_pages.ONE_ACCOUNT, account_id) is None:
        raise NotFound
    return await usage_of_account(read, database, account_id)


@router.patch("/admin/accounts/{account_id}", response_model=admin_schemas.AccountItem)
@operator(WRITE, raises=(NotFound, VersionConflict))
async def patch_account(
    account_id: UUID,
    body: admin_schemas.AccountChange,
    database: Db,
    unit: Unit,
    if_match: IfMatch = None,
) -> Response:
    """Change a client account's name, state or contract."""
    await demand_reach(database, unit.context, WRITE, account_id=account_id)
    account = await change_account(
        unit.session,
        unit.context,
        account_id=account_id,
        changes=body.model_dump(exclude_unset=True),
        if_match=if_match,
        now=unit.now,
    )
    return await written(unit, admin_pages.ONE_ACCOUNT, account.id)


@router.delete("/admin/accounts/{account_id}", status_code=204)
@operator(WRITE, raises=(NotFound, AccountInUse))
async def remove_account(account_id: UUID, database: Db, unit: Unit) -> None:
    """Take a client account off every list."""
    await demand_reach(database, unit.context, WRITE, account_id=account_id)
    await delete_account(unit.session, unit.context, account_id=account_id, now=unit.now)
