"""One organisation's settings: the owner's defaults until it chooses otherwise."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.events import SettingsChanged
from metatron.apps.campaigns.tables import Settings
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.platform.approvals.interface import demand_person

DEFAULTS: dict[str, Any] = {
    column.name: column.default.arg
    for column in Settings.__table__.columns
    if column.default is not None
} | {"halted_reason": None}
EDITABLE = frozenset(DEFAULTS) - {"version", "halted", "halted_reason", "provider"}
OF_TWO_PEOPLE = frozenset({"auto_payout", "second_person_review", "supplier_verification"})
"""Whether money leaves, and a campaign opens, by one look less: no program's to say."""


async def read_settings(session: AsyncSession, context: Context) -> Settings:
    """Return the organisation's settings; unsaved defaults when it never changed any."""
    found = await session.get(Settings, context.tenant_id)
    return found or Settings(tenant_id=context.tenant_id, **DEFAULTS)


async def change_settings(
    session: AsyncSession, context: Context, *, changes: dict[str, Any], now: datetime
) -> Settings:
    """Change settings; they hold for campaigns submitted afterwards where the rules quote them.

    Raises:
        InvalidInput: a setting does not exist.
        PersonNeeded: a program, or an operator in somebody's name, changes how many people decide.
    """
    for name in changes:
        if name not in EDITABLE:
            raise InvalidInput.field(f"body.{name}", "unknown_setting", "There is no such setting.")
    if not OF_TWO_PEOPLE.isdisjoint(changes):
        demand_person(context)
    if "holidays" in changes:
        changes |= {"holidays": sorted(set(changes["holidays"]))}
    return await _save(session, context, changes, now)


async def set_stop_switch(
    session: AsyncSession, context: Context, *, halted: bool, reason: str | None, now: datetime
) -> Settings:
    """Halt new commitments in the whole organisation, or let them in again.

    Raises:
        InvalidInput: a halt needs a reason.
    """
    if halted and not (reason or "").strip():
        raise InvalidInput.field("body.reason", "reason_required", "Say why; members are told.")
    changes = {"halted": halted, "halted_reason": reason if halted else None}
    return await _save(session, context, changes, now)


async def _save(
    session: AsyncSession, context: Context, changes: dict[str, Any], now: datetime
) -> Settings:
    settings = await read_settings(session, context)
    for name, value in changes.items():
        setattr(settings, name, value)
    settings.version += 1
    session.add(settings)
    await session.flush()
    event = SettingsChanged(
        aggregate_id=context.tenant_id, fields=sorted(changes), halted=settings.halted
    )
    await publish(session, context, event, now=now)
    return settings
