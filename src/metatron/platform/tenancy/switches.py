"""Modules of an organisation: on or off, with what depends on them, and their configuration."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import FieldError, InvalidInput, NotFound
from metatron.kernel.module import Module
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.errors import ModuleNeeded
from metatron.platform.tenancy.events import SettingsUpdated
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import ModuleSwitch

_STANDING = """
select t.state, t.is_sandbox,
       exists (select from tenancy.module_switch s
               where s.tenant_id = t.id and s.module = $2 and not s.is_enabled) as is_off
from tenancy.tenant t where t.id = $1
"""


class Paused:
    """Tells the worker whose jobs are to wait: switched off, suspended, or left over."""

    def __init__(self, system: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Ask as the system role: the switches stay at home."""
        self._system = system

    async def is_paused(self, tenant_id: UUID, module: str) -> bool:
        """Tell whether jobs of an optional module are to wait for this tenant.

        A suspended organisation's go on in modules that owe something to people by a date
        (`Module.outlives_suspension`); a sandbox owes nobody anything, and one that was left over
        where payments have become real must not touch them.
        """
        found = await self._system.fetchrow(_STANDING, tenant_id, module)
        if found is None:
            return False
        if found["is_off"] or (found["is_sandbox"] and site().payments_are_real):
            return True
        if found["state"] != "suspended":
            return False
        return bool(found["is_sandbox"]) or module not in _outliving()


def _outliving() -> set[str]:
    return {module.name for module in rights().modules if module.outlives_suspension}


async def list_modules(session: AsyncSession, context: Context) -> list[dict[str, Any]]:
    """Return every module: whether it is on, who needs it, its configuration and its schema."""
    switches = await _switches(session, context)
    return [_shown(module, switches) for module in rights().modules]


async def set_module(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    is_enabled: bool | None = None,
    configuration: dict[str, Any] | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Switch a module on or off, or configure it; returns it as `list_modules` does.

    Raises:
        NotFound: there is no such module.
        ModuleNeeded: it is not optional, an enabled module needs it, or it needs one that is off;
            the problem document names them as `modules`.
        InvalidInput: the configuration does not fit the module's schema.
    """
    context.demand("tenancy:settings")
    return await switch_module(
        session,
        context,
        name=name,
        is_enabled=is_enabled,
        configuration=configuration,
        now=now,
    )


async def switch_module(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    is_enabled: bool | None = None,
    configuration: dict[str, Any] | None = None,
    now: datetime,
) -> dict[str, Any]:
    """As `set_module`, for operators, whose right was looked at already."""
    module = next((m for m in rights().modules if m.name == name), None)
    if module is None:
        raise NotFound
    switches = await _switches(session, context)
    row = switches.get(name)
    if row is None:
        row = ModuleSwitch(
            tenant_id=context.tenant_id, module=name, is_enabled=True, configuration={}
        )
        session.add(row)
        switches[name] = row
    else:
        row.version += 1
    if is_enabled is not None and is_enabled != row.is_enabled:
        _check_switch(module, switches, is_enabled=is_enabled)
        row.is_enabled = is_enabled
    if configuration is not None:
        row.configuration = checked_configuration(module, configuration)
    await session.flush()
    event = SettingsUpdated(aggregate_id=context.tenant_id, fields=[f"module:{name}"])
    await announce(session, context, event, now=now)
    await tell(session, f"tenant:{context.tenant_id}")
    return _shown(module, switches)


def checked_configuration(module: Module, configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration with its defaults filled in; raise `InvalidInput` if it is wrong."""
    if module.configuration is None:
        if configuration:
            own = module.settings_path
            hint = f"Change {own} instead." if own else "This module has nothing to configure."
            raise InvalidInput.field("body.configuration", "not_configurable", hint)
        return {}
    try:
        read = module.configuration.model_validate(configuration, extra="forbid")
    except ValidationError as error:
        found = tuple(
            FieldError(
                ".".join(["body.configuration", *(str(part) for part in item["loc"])]),
                item["type"],
                item["msg"],
            )
            for item in error.errors()
        )
        raise InvalidInput(errors=found[:50]) from error
    return read.model_dump(mode="json")


def _check_switch(module: Module, switches: dict[str, ModuleSwitch], *, is_enabled: bool) -> None:
    on = {m.name for m in rights().modules if _is_on(m, switches)}
    if is_enabled:
        missing = [need for need in module.needs if need not in on]
        if missing:
            detail = f"Switch on {', '.join(missing)} first."
            raise ModuleNeeded(detail, extra={"modules": missing})
        return
    if not module.optional:
        raise ModuleNeeded("This module belongs to every organisation.", extra={"modules": []})
    dependents = [m.name for m in rights().modules if module.name in m.needs and m.name in on]
    if dependents:
        detail = f"Switch off {', '.join(dependents)} first."
        raise ModuleNeeded(detail, extra={"modules": dependents})


async def _switches(session: AsyncSession, context: Context) -> dict[str, ModuleSwitch]:
    rows = await session.scalars(
        select(ModuleSwitch).where(ModuleSwitch.tenant_id == context.tenant_id).with_for_update()
    )
    return {row.module: row for row in rows}


def _is_on(module: Module, switches: dict[str, ModuleSwitch]) -> bool:
    switch = switches.get(module.name)
    return not module.optional or switch is None or switch.is_enabled


def _shown(module: Module, switches: dict[str, ModuleSwitch]) -> dict[str, Any]:
    switch = switches.get(module.name)
    schema = module.configuration
    # What was stored of a module that no longer names a schema is no configuration of it.
    configuration = switch.configuration if schema is not None and switch else {}
    if schema is not None and not configuration:
        defaults = schema.model_construct()
        configuration = defaults.model_dump(mode="json", warnings=False)
    return {
        "name": module.name,
        "title": module.title,
        "is_optional": module.optional,
        "is_enabled": _is_on(module, switches),
        "needs": list(module.needs),
        "needed_by": [m.name for m in rights().modules if module.name in m.needs],
        "configuration": configuration,
        "configuration_schema": schema.model_json_schema() if schema else None,
        "settings_path": module.settings_path,
    }
