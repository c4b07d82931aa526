"""`/admin/users`: finding the person who asks for help."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read
from metatron.platform.tenancy import admin_schemas
from metatron.platform.tenancy.admin_answers import JSON
from metatron.platform.tenancy.admin_scope import scope_arguments
from metatron.platform.tenancy.pages import Page, paged

router = Router(door="system", tags=["admin"])
READ = "users:read"
_WITHIN = """m.state = 'active' and t.deleted_at is null
  and ($6::bool or t.account_id = any($7::uuid[]) or t.id = any($8::uuid[]))
  and ($10::uuid is null or t.account_id = $10)"""
_USERS = paged(
    f"""u.id, u.email, u.display_name, u.email_verified, u.state,
        coalesce((select json_agg(json_build_object('tenant_id', t.id, 'name', t.name,
                                                    'slug', t.slug) order by t.name, t.id)
                  from tenancy.member m join tenancy.tenant t on t.id = m.tenant_id
                  where m.user_id = u.id and {_WITHIN}), '[]') as tenants""",
    f"""identity.pub_user u where strpos(lower(u.email), lower($9::text)) > 0
        and ($6::bool and $10::uuid is null or exists (select from tenancy.member m
                                 join tenancy.tenant t on t.id = m.tenant_id
                                 where m.user_id = u.id and {_WITHIN}))""",
    ("u.email", "u.id"),
    ("text", "uuid"),
)


@router.get("/admin/users", response_model=admin_schemas.UserPage)
@operator(READ)
async def get_users(
    read: Read,
    database: Db,
    page: Page,
    email: Annotated[str, Query(min_length=3, max_length=254)],
    account_id: UUID | None = None,
) -> Response:
    """Find people by a part of their address, within the operator's scope.

    With `account_id` those who belong to a tenant of that client account.
    """
    scope = await scope_arguments(database, read.context, READ)
    found = await read.direct.json(
        read.context, _USERS, *page.arguments("text", "uuid"), *scope, email, account_id
    )
    return Response(found, media_type=JSON)
