"""What operators read about the inside of a tenant."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.platform.tenancy.pages import Count


class AttendedMember(BaseModel):
    """A member as operators see them; address and name are null for a person erased."""

    id: UUID
    user_id: UUID
    email: str | None
    display_name: str | None
    roles: list[str]
    joined_at: datetime


class AttendedKey(BaseModel):
    """A tenant's API key as operators see it: neither its text nor its hash."""

    id: UUID
    name: str
    prefix: str
    kind: str
    scopes: list[str]
    state: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    ip_allow_list: list[str]
    application_id: UUID
    application_name: str


class AttendedKeyPage(BaseModel):
    """A page of keys, the newest first."""

    items: list[AttendedKey]
    next_cursor: str | None
    count: Count | None = None


class AttendedMemberPage(BaseModel):
    """A page of members."""

    items: list[AttendedMember]
    next_cursor: str | None
    count: Count | None = None


class UsageItem(BaseModel):
    """One limit: `used` is null when nothing measures it, `allowed` when there is no bound."""

    name: str
    used: float | None
    allowed: int | None
    is_own: bool
    """Whether this was agreed for the tenant; else it is its tier's."""


class Usage(BaseModel):
    """What a tenant may use and uses; `key_last_used_at` is when a program last called."""

    items: list[UsageItem]
    key_count: int
    key_last_used_at: datetime | None


class AccountUsageItem(BaseModel):
    """One limit, added up: `used` is null when nothing measures it, `allowed` without a bound."""

    name: str
    used: float | None
    allowed: int | None


class MoneyUnderWay(BaseModel):
    """Money of one currency, in its minor units."""

    currency: str
    amount_minor: int


class AccountUsage(BaseModel):
    """What an account's tenants use together; not `is_whole` when there are more of them.

    `money_under_way` was paid and is neither paid out nor back yet, by currency; sandboxes' money
    is none. Null when no module here moves money.
    """

    items: list[AccountUsageItem]
    money_under_way: list[MoneyUnderWay] | None
    tenant_count: int
    is_whole: bool


class RoleOverviewItem(BaseModel):
    """A built-in role: what it holds, and how many people within the operator's scope have it."""

    id: UUID
    name: str
    description: str
    permissions: list[str]
    member_count: int


class CustomRoleItem(BaseModel):
    """A role that a tenant made."""

    id: UUID
    tenant_id: UUID
    tenant_name: str
    name: str
    permissions: list[str]


class RoleOverview(BaseModel):
    """The built-in roles, and the first 200 of the tenants' own."""

    items: list[RoleOverviewItem]
    custom: list[CustomRoleItem]
