"""`/admin/settings`: the configuration of the process that answers, read only."""

import os

from starlette.requests import Request

from metatron.kernel.errors import PermissionDenied
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.console.schemas import SettingItem, SettingList
from metatron.platform.console.settings import listed_settings
from metatron.platform.tenancy.interface import tenants_in_reach

router = Router(door="system", prefix="/admin", tags=["admin"])
READ = "settings:read"


@router.get("/settings")
@operator(READ)
async def get_settings(request: Request, database: Db, context: Who) -> SettingList:
    """List the typed settings and their sources; for operators whose scope is everything."""
    if await tenants_in_reach(database, context, READ) is not None:
        raise PermissionDenied(READ)
    found = listed_settings(request.app.state.settings, os.environ)
    return SettingList(items=[SettingItem.model_validate(item) for item in found])
