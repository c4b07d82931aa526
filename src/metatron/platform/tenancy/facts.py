"""What others ask about tenants, members and keys, each in one statement as the system role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from metatron.kernel.database.database import Database
from metatron.platform.tenancy.rights import (
    SYSTEM_ROLES,
    enabled_modules,
    permissions_of,
    rights,
    system_role_id,
)
from metatron.platform.tenancy.site import site

OwnLimits = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """A tenant as the gate and other modules see it.

    `modules` are those it has switched on, `own_limits` what was agreed besides its tier's limits.
    `is_left_over` is a sandbox where payments have become real: its clock would move real money.
    """

    id: UUID
    slug: str
    name: str
    state: str
    environment: str
    tier: str
    is_sandbox: bool
    clock_offset_seconds: int
    modules: tuple[str, ...]
    account_id: UUID | None
    own_limits: OwnLimits = ()
    suspended_reason: str | None = None
    maintenance_note: str | None = None
    is_left_over: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether its people and programs are let in."""
        return self.state == "active" and self.maintenance_note is None and not self.is_left_over


@dataclass(frozen=True, slots=True)
class Membership:
    """One organisation a person belongs to; `roles` are names."""

    tenant_id: UUID
    name: str
    slug: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What an active member may do; `role_ids` are their roles, built-in and custom."""

    tenant: TenantFacts
    member_id: UUID
    permissions: frozenset[str]
    role_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What a valid API key stands for. `ip_allow_list` holds CIDR blocks; empty admits all."""

    key_id: UUID
    tenant: TenantFacts
    application_id: UUID
    permissions: frozenset[str]
    expires_at: datetime
    ip_allow_list: tuple[str, ...]


TENANT = """
t.id, t.slug, t.name, t.state, t.environment, t.tier, t.is_sandbox, t.clock_offset_seconds,
t.account_id, t.limits, t.suspended_reason, t.maintenance_note,
array(select s.module from tenancy.module_switch s
      where s.tenant_id = t.id and not s.is_enabled) as switched_off
"""
KEY_ENDS_AT = "k.expires_at - make_interval(secs => t.clock_offset_seconds)"
"""When an API key's end comes in real time: keys are made, and end, by their tenant's clock.

It only runs ahead, so a key lives for its days of real time at most, and less where they are moved
through. Names the key `k` and its tenant `t`.
"""
_BY_ID = f"select {TENANT} from tenancy.tenant t where t.id = $1 and t.deleted_at is null"
_BY_IDS = f"select {TENANT} from tenancy.tenant t where t.id = any($1) and t.deleted_at is null"
_BY_SLUG = f"select {TENANT} from tenancy.tenant t where t.slug = $1 and t.deleted_at is null"
_MEMBERSHIPS = """
select t.id, t.name, t.slug,
       array(select coalesce(r.name, mr.system_role)
             from tenancy.member_role mr
             left join tenancy.role r on r.tenant_id = mr.tenant_id and r.id = mr.custom_role_id
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id order by 1) as roles
from tenancy.member m join tenancy.tenant t on t.id = m.tenant_id
where m.user_id = $1 and m.state = 'active' and t.deleted_at is null
order by t.name, t.id
"""
MEMBER = f"""
select {TENANT}, m.id as member_id,
       array(select mr.system_role from tenancy.member_role mr
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id
               and mr.system_role is not null) as system_roles,
       array(select unnest(r.permissions) from tenancy.member_role mr
             join tenancy.role r on r.tenant_id = mr.tenant_id and r.id = mr.custom_role_id
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id) as permissions,
       array(select mr.custom_role_id from tenancy.member_role mr
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id
               and mr.custom_role_id is not null) as custom_role_ids
from tenancy.member m join tenancy.tenant t on t.id = m.tenant_id
where m.state = 'active' and t.deleted_at is null
"""
"""Active members and what they may do; to be narrowed with `and`."""
_ACCESS = f"{MEMBER} and m.tenant_id = $1 and m.user_id = $2"
_ROLES = "select r.id, r.name from tenancy.role r where r.tenant_id = $1 order by r.name"
_MEMBERS = """
select m.user_id,
       array(select mr.system_role from tenancy.member_role mr
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id
               and mr.system_role is not null) as system_roles,
       array(select unnest(r.permissions) from tenancy.member_role mr
             join tenancy.role r on r.tenant_id = mr.tenant_id and r.id = mr.custom_role_id
             where mr.tenant_id = m.tenant_id and mr.member_id = m.id) as permissions
from tenancy.member m
where m.tenant_id = $1 and m.state = 'active'
  and exists (select from tenancy.member_role mr
              where mr.tenant_id = m.tenant_id and mr.member_id = m.id
                and (mr.system_role = any($2) or mr.custom_role_id is not null))
order by m.joined_at, m.id
"""


def tenant_facts(row: Mapping[str, Any]) -> TenantFacts:
    """Read a row selected with `TENANT`."""
    return TenantFacts(
        id=UUID(str(row["id"])),
        slug=row["slug"],
        name=row["name"],
        state=row["state"],
        environment=row["environment"],
        tier=row["tier"],
        is_sandbox=row["is_sandbox"],
        clock_offset_seconds=row["clock_offset_seconds"],
        modules=enabled_modules(row["switched_off"]),
        account_id=row["account_id"] and UUID(str(row["account_id"])),
        own_limits=tuple(sorted(orjson.loads(row["limits"]).items())),
        suspended_reason=row["suspended_reason"],
        maintenance_note=row["maintenance_note"],
        is_left_over=bool(row["is_sandbox"]) and site().payments_are_real,
    )


async def tenant_by_id(database: Database, tenant_id: UUID) -> TenantFacts | None:
    """Return a tenant, or None when there is none (a deleted one included)."""
    row = await database.look_ups.fetchrow(_BY_ID, tenant_id)
    return row and tenant_facts(row)


async def tenants_by_id(database: Database, ids: Iterable[UUID]) -> dict[UUID, TenantFacts]:
    """Return those of these tenants that there are, in one statement."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = await database.system.fetch(_BY_IDS, wanted)
    return {UUID(str(row["id"])): tenant_facts(row) for row in rows}


async def tenant_by_slug(database: Database, slug: str) -> TenantFacts | None:
    """Return the tenant with this short name, or None."""
    row = await database.system.fetchrow(_BY_SLUG, slug)
    return row and tenant_facts(row)


async def memberships_of(database: Database, user_id: UUID) -> list[Membership]:
    """Return the organisations in which a person is an active member, by name."""
    rows = await database.look_ups.fetch(_MEMBERSHIPS, user_id)
    return [
        Membership(UUID(str(row["id"])), row["name"], row["slug"], tuple(row["roles"]))
        for row in rows
    ]


async def resolve_access(database: Database, tenant_id: UUID, user_id: UUID) -> AccessFacts | None:
    """Return what a person may do in a tenant; None unless they are an active member."""
    row = await database.look_ups.fetchrow(_ACCESS, tenant_id, user_id)
    return None if row is None else access_facts(row)


def access_facts(row: Mapping[str, Any]) -> AccessFacts:
    """Read a row selected with `MEMBER`."""
    held = permissions_of(row["system_roles"], row["permissions"])
    customs = (UUID(str(role_id)) for role_id in row["custom_role_ids"])
    roles = frozenset((*map(system_role_id, row["system_roles"]), *customs))
    return AccessFacts(tenant_facts(row), UUID(str(row["member_id"])), held, roles)


async def members_allowed(
    database: Database, tenant_id: UUID, permissions: frozenset[str]
) -> list[UUID]:
    """Return the user ids of the active members who hold all these permissions, oldest first."""
    known = rights().by_role
    # Most members of a large organisation hold roles without any of them: left in the database.
    roles = [name for name, held in known.items() if held & permissions]
    rows = await database.system.fetch(_MEMBERS, tenant_id, roles)
    return [
        UUID(str(row["user_id"]))
        for row in rows
        if permissions <= permissions_of(row["system_roles"], row["permissions"])
    ]


async def roles_of(database: Database, tenant_id: UUID) -> dict[UUID, str]:
    """Return the names of the roles that an organisation's members may carry, by id."""
    customs = await database.system.fetch(_ROLES, tenant_id)
    built_in = {system_role_id(name): name for name in SYSTEM_ROLES}
    return built_in | {UUID(str(row["id"])): row["name"] for row in customs}
