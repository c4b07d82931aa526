"""The running process's modules: which permissions there are and what the built-in roles hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID, uuid5

from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.module import Module

OWNER = "owner"
ADMINISTRATOR = "administrator"
PARTICIPANT = "participant"
SYSTEM_ROLES = {
    OWNER: "Everything in the organisation",
    ADMINISTRATOR: "Members, roles, keys and settings",
    "organiser": "Runs campaigns, queries and dashboards",
    "analyst": "Runs queries and dashboards, sees no campaigns and no money",
    "finance": "Sees and settles money",
    "supplier": "Delivers what was ordered",
    PARTICIPANT: "Takes part in campaigns",
    "auditor": "Reads the log and the books",
}


@cache
def system_role_id(name: str) -> UUID:
    """Return the fixed id of a built-in role."""
    return uuid5(PLATFORM_TENANT_ID, f"role:{name}")


SYSTEM_ROLE_IDS = {system_role_id(name): name for name in SYSTEM_ROLES}


@dataclass(frozen=True, slots=True)
class Rights:
    """What the modules of this process declare."""

    modules: tuple[Module, ...]
    permissions: frozenset[str]
    by_role: dict[str, frozenset[str]]


_rights: Rights | None = None


def prepare(modules: Iterable[Module]) -> None:
    """Take note of the process's modules; called once when it starts."""
    global _rights
    modules = tuple(modules)
    everything = frozenset(p.name for module in modules for p in module.permissions)
    by_role = {OWNER: everything}
    for name in SYSTEM_ROLES:
        if name != OWNER:
            granted = [module.role_grants.get(name, frozenset()) for module in modules]
            by_role[name] = frozenset[str]().union(*granted)
    _rights = Rights(modules, everything, by_role)


def rights() -> Rights:
    """Return what `prepare` noted."""
    assert _rights is not None, "call metatron.platform.tenancy.interface.prepare(modules) first"
    return _rights


def permissions_of(system_roles: Iterable[str], custom: Iterable[str]) -> frozenset[str]:
    """Return what a set of built-in roles and custom roles' permissions amounts to.

    A permission that no module declares any more gives nothing.
    """
    known = rights()
    held = set(custom) & known.permissions
    for name in system_roles:
        held |= known.by_role.get(name, frozenset())
    return frozenset(held)


def enabled_modules(switched_off: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the modules a tenant has, given those it switched off."""
    off = set(switched_off)
    return tuple(m.name for m in rights().modules if not (m.optional and m.name in off))
