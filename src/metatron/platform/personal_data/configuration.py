"""What an organisation may set."""

from datetime import timedelta

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.tenancy.interface import module_configuration

MODULE_NAME = "personal_data"


class Configuration(BaseModel):
    """For how many days an erasure waits, and can be withdrawn."""

    cooling_off_days: int = Field(default=7, ge=1, le=30)


async def cooling_off(home: AsyncSession, context: Context) -> timedelta:
    """Return how long an erasure waits in the context's organisation."""
    chosen = await module_configuration(home, context, MODULE_NAME)
    return timedelta(days=Configuration.model_validate(chosen).cooling_off_days)
