"""How much a tenant may use: defaults by tier, and what was agreed otherwise."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.database.session import at_home
from metatron.kernel.errors import FieldError, InvalidInput
from metatron.kernel.settings import RATE_LIMITS, TIER_LIMITS
from metatron.platform.tenancy.site import site

_PLAN = text("select tier, limits from tenancy.tenant where id = :id")


class Limits(BaseModel):
    """Upper bounds, None is without bound.

    Calls a minute and an hour are those of one application; calls a month are those of all
    applications of a tenant together, the page's own not among them. Users are the members with
    any role but that of a participant. A GB has 10^9 bytes.
    """

    model_config = ConfigDict(extra="forbid")

    calls_per_minute: int = Field(ge=1, le=1_000_000)
    calls_per_hour: int = Field(ge=1, le=100_000_000)
    calls_per_month: int | None = Field(ge=1)
    users: int | None = Field(ge=1)
    storage_gb: int | None = Field(ge=1)


TENANT_FACTOR = 10
"""A tenant as a whole may call ten times as often as one of its applications."""


def defaults_of(tier: str) -> Limits:
    """Return what a tier may use, by the settings; calls are those that the gateway enforces."""
    settings = site().settings
    per_minute, per_hour = (RATE_LIMITS | settings.rate_limits)[tier]
    calls = {"calls_per_minute": per_minute, "calls_per_hour": per_hour}
    return Limits.model_validate(calls | TIER_LIMITS[tier] | settings.tier_limits.get(tier, {}))


def check_tier_limits() -> None:
    """Refuse to start with limits in the settings that mean nothing.

    Raises:
        ValueError: a tier or a limit that does not exist, or a figure out of range.
    """
    unknown = site().settings.tier_limits.keys() - TIER_LIMITS.keys()
    if unknown:
        message = f"METATRON_TIER_LIMITS names no tier of ours: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    for tier in TIER_LIMITS:
        defaults_of(tier)


def limits_of(tier: str, own: dict[str, Any]) -> Limits:
    """Return a tenant's limits: its tier's, with its own agreement over them."""
    return Limits.model_validate(defaults_of(tier).model_dump() | own)


async def tenant_limits(session: AsyncSession, tenant_id: UUID) -> Limits | None:
    """Return what the tenant of a session may use, None for one that is not in the registry."""
    async with at_home(session) as home:
        row = (await home.execute(_PLAN, {"id": tenant_id})).one_or_none()
    return limits_of(row.tier, row.limits) if row is not None else None


def checked_own_limits(own: dict[str, Any]) -> dict[str, Any]:
    """Return agreed limits fit to store; raise `InvalidInput` for an unknown or wrong one."""
    unknown = [name for name in own if name not in Limits.model_fields]
    if unknown:
        found = tuple(FieldError(f"body.limits.{n[:60]}", "unknown_limit", "") for n in unknown)
        raise InvalidInput(errors=found)
    try:
        Limits.model_validate(defaults_of("free").model_dump() | own)
    except ValueError as error:
        raise InvalidInput.field("body.limits", "invalid_limit", str(error)[:300]) from error
    return own
