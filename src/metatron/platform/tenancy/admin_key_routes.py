"""`/admin/tenants/{id}/api-keys`: a tenant's keys, seen and ended by operators, never made."""

from uuid import UUID

from fastapi import Response

from metatron.kernel.clock import utc_now
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy import admin_attended_pages as pages
from metatron.platform.tenancy import admin_attended_schemas as schemas
from metatron.platform.tenancy.admin_answers import JSON
from metatron.platform.tenancy.admin_attended_routes import READ, WRITE, reached
from metatron.platform.tenancy.api_keys import end_api_key
from metatron.platform.tenancy.pages import Page

router = Router(door="system", tags=["admin"])


@router.get("/admin/tenants/{tenant_id}/api-keys", response_model=schemas.AttendedKeyPage)
@operator(READ, raises=(NotFound,))
async def get_tenant_api_keys(tenant_id: UUID, read: Read, database: Db, page: Page) -> Response:
    """List a tenant's API keys, the newest first, without their secrets."""
    await reached(database, read.context, READ, tenant_id)
    found = await read.direct.json(read.context, pages.KEYS, *page.arguments(), tenant_id)
    return Response(found, media_type=JSON)


@router.delete("/admin/tenants/{tenant_id}/api-keys/{key_id}", status_code=204)
@operator(WRITE, raises=(NotFound,))
async def delete_tenant_api_key(tenant_id: UUID, key_id: UUID, database: Db, unit: Unit) -> None:
    """End a tenant's API key at once."""
    await reached(database, unit.context, WRITE, tenant_id)
    context = unit.context.for_tenant(tenant_id)
    await end_api_key(unit.session, context, key_id=key_id, now=utc_now())
