"""`/admin/maintenance-windows` and `/admin/alert-channels`; for operators over everything."""

from uuid import UUID

from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Unit, Who
from metatron.platform.health import channels, silence
from metatron.platform.health.silence_schemas import (
    AddedChannel,
    AlertChannel,
    AlertChannels,
    MaintenanceWindow,
    MaintenanceWindows,
    NewChannel,
    NewWindow,
)
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything, tenant_by_id

router = Router(door="system", prefix="/admin", tags=["health"])
READ, WRITE = "status:read", "status:write"


@router.get("/maintenance-windows")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_windows(database: Db, context: Who) -> MaintenanceWindows:
    """List windows of maintenance, the latest first."""
    await demand_everything(database, context, READ)
    found = await silence.listed_windows(database.system)
    return MaintenanceWindows(items=[MaintenanceWindow.model_validate(row) for row in found])


@router.post("/maintenance-windows", status_code=201)
@operator(WRITE, raises=(NotFound, ScopeTooNarrow))
async def post_window(body: NewWindow, database: Db, unit: Unit) -> MaintenanceWindow:
    """Plan a window in which alerts are recorded and told to nobody."""
    await demand_everything(database, unit.context, WRITE)
    if body.tenant_id is not None and await tenant_by_id(database, body.tenant_id) is None:
        raise NotFound
    planned = body.model_dump()
    window_id = await silence.plan_window(unit.session, unit.context, **planned, now=unit.now)
    state = "running" if body.starts_at <= unit.now else "planned"
    return MaintenanceWindow.model_validate(
        planned | {"id": window_id, "state": state, "silenced": 0}
    )


@router.post("/maintenance-windows/{window_id}/end", status_code=204)
@operator(WRITE, raises=(NotFound, ScopeTooNarrow))
async def post_window_end(window_id: UUID, database: Db, unit: Unit) -> None:
    """End a window now, or call it off."""
    await demand_everything(database, unit.context, WRITE)
    await silence.end_window(unit.session, unit.context, window_id=window_id, now=unit.now)


@router.get("/alert-channels")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_channels(database: Db, context: Who) -> AlertChannels:
    """List the addresses that are told of alerts."""
    await demand_everything(database, context, READ)
    found = await channels.listed_channels(database.system)
    return AlertChannels(items=[AlertChannel.model_validate(row) for row in found])


# The answer holds a secret: it is not kept for repeats.
@router.post("/alert-channels", status_code=201)
@operator(WRITE, raises=(ScopeTooNarrow,), idempotency="ignored")
async def post_channel(body: NewChannel, database: Db, unit: Unit) -> AddedChannel:
    """Tell an address of every alert from now on."""
    await demand_everything(database, unit.context, WRITE)
    channel_id, secret = await channels.add_channel(
        unit.session, unit.context, url=body.url, now=unit.now
    )
    return AddedChannel(id=channel_id, url=body.url, secret=secret)


@router.post("/alert-channels/{channel_id}/test", status_code=202)
@operator(WRITE, raises=(NotFound, ScopeTooNarrow))
async def post_channel_test(channel_id: UUID, database: Db, unit: Unit) -> None:
    """Send an address a message of no consequence."""
    await demand_everything(database, unit.context, WRITE)
    await channels.try_channel(unit.session, unit.context, channel_id=channel_id, now=unit.now)


@router.delete("/alert-channels/{channel_id}", status_code=204)
@operator(WRITE, raises=(NotFound, ScopeTooNarrow))
async def delete_channel(channel_id: UUID, database: Db, unit: Unit) -> None:
    """Tell an address no longer."""
    await demand_everything(database, unit.context, WRITE)
    await channels.remove_channel(unit.session, unit.context, channel_id=channel_id, now=unit.now)
