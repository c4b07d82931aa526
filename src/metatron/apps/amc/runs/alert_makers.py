"""An alert tells what its maker may read by then: nothing once they have left."""

from metatron.apps.amc.connections.acting import in_name_of
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import demand_client
from metatron.apps.amc.permissions import READ
from metatron.apps.amc.runs.tables import Alert, Run
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database


async def may_be_told(database: Database, context: Context, alert: Alert, run: Run) -> bool:
    """Tell whether an alert's maker may read a run's result now.

    Somebody has to be there: a member with the right to read AMC, or a key that holds, who sees
    the run's client. An alert that names no maker is the system's.
    """
    maker = await in_name_of(database, context, alert.created_by)
    if alert.created_by is not None and not maker.allows(READ):
        return False
    async with database.transaction(context) as session:
        try:
            await demand_client(session, maker, run.instance_id)
        except InstanceNotFound:
            return False
    return True
