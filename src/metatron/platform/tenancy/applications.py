"""An organisation's programs: API keys belong to one of them, not to a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import announce
from metatron.platform.tenancy.errors import NameTaken
from metatron.platform.tenancy.events import ApplicationCreated
from metatron.platform.tenancy.tables import Application


async def create_application(
    session: AsyncSession, context: Context, *, name: str, now: datetime
) -> Application:
    """Make an application; raises `NameTaken` when the organisation has one of this name."""
    context.demand("tenancy:manage_api_keys")
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise InvalidInput.field("body.name", "invalid_name", "Give a name of 1-100 characters.")
    application = Application(tenant_id=context.tenant_id, id=new_id(), name=name, created_at=now)
    session.add(application)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken from error
    await announce(session, context, ApplicationCreated(aggregate_id=application.id), now=now)
    return application


async def load_application(
    session: AsyncSession, context: Context, application_id: UUID
) -> Application:
    """Return an active application of the organisation; raise `NotFound` otherwise."""
    application = await session.get(Application, (context.tenant_id, application_id))
    if application is None or application.state != "active":
        raise NotFound
    return application
