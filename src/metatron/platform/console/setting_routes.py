"""`/admin/settings`: the configuration of the process that answers, read only."""

import os

from starlette.requests import Request

from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.console.schemas import SettingItem, SettingList
from metatron.platform.console.settings import listed_settings
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

router = Router(door="system", prefix="/admin", tags=["admin"])
READ = "settings:read"


@router.get("/settings")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_settings(request: Request, database: Db, context: Who) -> SettingList:
    """List the typed settings and their sources; for operators whose scope is everything."""
    await demand_everything(database, context, READ)
    found = listed_settings(request.app.state.settings, os.environ)
    return SettingList(items=[SettingItem.model_validate(item) for item in found])
