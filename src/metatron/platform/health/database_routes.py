"""`/admin/database`: how the home database does."""

from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.health.database_schemas import DatabaseState
from metatron.platform.health.database_state import database_state
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

router = Router(door="system", tags=["health"])
READ = "status:read"


@router.get("/admin/database")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_database(database: Db, context: Who) -> DatabaseState:
    """Show connections, pools, sizes and slow statements; for operators over everything.

    The pools are those of the process that answers.
    """
    await demand_everything(database, context, READ)
    return DatabaseState.model_validate(await database_state(database))
