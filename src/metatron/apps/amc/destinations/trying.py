"""Looking whether a destination would take something now, for a person who waits."""

import asyncio
from uuid import UUID

from metatron.apps.amc.destinations.claiming import UNREADABLE
from metatron.apps.amc.destinations.kinds import KINDS
from metatron.apps.amc.destinations.loading import destination_of
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.targets import sending
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.permissions import MANAGE
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.secrets import SecretUnreadable

LONGEST_SECONDS = 15.0


async def try_out(database: Database, context: Context, *, destination_id: UUID) -> str | None:
    """Return what stands in a destination's way, None when nothing does.

    Raises:
        DestinationNotFound: there is none.
    """
    context.demand(MANAGE)
    async with database.transaction(context) as session:
        found = await destination_of(session, context, destination_id)
    settings = KINDS[found.kind].model_validate(found.settings)
    try:
        secret = "" if found.sealed_secret is None else site().box.open(found.sealed_secret)
        async with asyncio.timeout(LONGEST_SECONDS):
            await sending.try_out(
                settings, secret, tenant_id=context.tenant_id, destination_id=destination_id
            )
    except SecretUnreadable:
        return UNREADABLE
    except TimeoutError:
        return "There was no answer in time."
    except (Refused, Away) as error:
        return str(error)
    return None
