"""How much a tenant may use: defaults by tier, and what was agreed otherwise."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from metatron.kernel.errors import FieldError, InvalidInput


class Limits(BaseModel):
    """Upper bounds; calls are counted per application, None means without bound."""

    model_config = ConfigDict(extra="forbid")

    calls_per_minute: int = Field(ge=1, le=1_000_000)
    calls_per_hour: int = Field(ge=1, le=100_000_000)
    calls_per_month: int | None = Field(ge=1)
    users: int | None = Field(ge=1)
    storage_gb: int | None = Field(ge=1)


DEFAULTS = {
    "free": Limits(
        calls_per_minute=100, calls_per_hour=1_000, calls_per_month=100_000, users=10, storage_gb=1
    ),
    "basic": Limits(
        calls_per_minute=500, calls_per_hour=5_000, calls_per_month=1_000_000, users=100,
        storage_gb=20,
    ),
    "pro": Limits(
        calls_per_minute=1_000, calls_per_hour=10_000, calls_per_month=5_000_000, users=10_000,
        storage_gb=200,
    ),
    "enterprise": Limits(
        calls_per_minute=1_000, calls_per_hour=10_000, calls_per_month=None, users=None,
        storage_gb=None,
    ),
}  # fmt: skip
KEPT_DAYS = {"api_log": 90, "money_records": 7 * 365}


def limits_of(tier: str, own: dict[str, Any]) -> Limits:
    """Return a tenant's limits: its tier's, with its own agreement over them."""
    return Limits.model_validate(DEFAULTS[tier].model_dump() | own)


def checked_own_limits(own: dict[str, Any]) -> dict[str, Any]:
    """Return agreed limits fit to store; raise `InvalidInput` for an unknown or wrong one."""
    unknown = [name for name in own if name not in Limits.model_fields]
    if unknown:
        found = tuple(FieldError(f"body.limits.{n[:60]}", "unknown_limit", "") for n in unknown)
        raise InvalidInput(errors=found)
    try:
        Limits.model_validate(DEFAULTS["free"].model_dump() | own)
    except ValueError as error:
        raise InvalidInput.field("body.limits", "invalid_limit", str(error)[:300]) from error
    return own
