"""The kinds of targets behind one door."""

from uuid import UUID

from metatron.apps.amc.destinations.kinds import AnySettings, FolderSettings, PostgresqlSettings
from metatron.apps.amc.destinations.targets import folder, postgresql, s3
from metatron.apps.amc.destinations.targets.load import Load


async def send(settings: AnySettings, secret: str, load: Load) -> int:
    """Replace what a destination has of the load's client, workflow and window.

    Returns:
        The rows that are there now.

    Raises:
        Refused, Away: it does not take it, or not now; what was there before still is.
        engine.Failed, Busy: the result could not be read.
    """
    if isinstance(settings, PostgresqlSettings):
        return await postgresql.deliver(settings, secret, load)
    if isinstance(settings, FolderSettings):
        return await folder.deliver(settings, load)
    return await s3.deliver(settings, secret, load)


async def try_out(
    settings: AnySettings, secret: str, *, tenant_id: UUID, destination_id: UUID
) -> None:
    """Look whether a destination would take something now; raises `Refused` and `Away`."""
    if isinstance(settings, PostgresqlSettings):
        await postgresql.try_out(settings, secret)
    elif isinstance(settings, FolderSettings):
        await folder.try_out(settings, tenant_id=tenant_id, destination_id=destination_id)
    else:
        await s3.try_out(settings, secret)
