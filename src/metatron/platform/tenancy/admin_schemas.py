"""What admin routes take and answer: accounts, tenants, operators, people."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field

from metatron.platform.tenancy.pages import Count
from metatron.platform.tenancy.schemas import Body, Name

Money = Annotated[int, Field(ge=0, le=2**53 - 1)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Tier = Literal["free", "basic", "pro", "enterprise"]
Environment = Literal["development", "staging", "production"]
AppKind = Literal["web", "mobile", "desktop", "api"]
Email = Annotated[EmailStr, Field(max_length=254)]
Limit = Annotated[int, Field(ge=1, le=10**12)] | None


class Contract(Body):
    """What was agreed with the customer; value and currency come together."""

    kind: Literal["monthly", "annual", "project", "enterprise"] | None = None
    value_minor: Money | None = None
    currency: Currency | None = None
    starts_on: date | None = None
    ends_on: date | None = None


class NewAccount(Body):
    """A client account to make."""

    name: Name
    contract: Contract = Contract()


class AccountChange(Body):
    """What to change; what is left out stays."""

    name: Name = ""
    state: Literal["active", "suspended", "ended"] = "active"
    contract: Contract = Contract()


class AccountItem(BaseModel):
    """A client account."""

    id: UUID
    name: str
    contract_kind: str | None
    contract_value_minor: int | None
    contract_currency: str | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    state: str
    tenant_count: int
    active_tenant_count: int
    member_count: int
    version: int
    created_at: datetime


class AccountPage(BaseModel):
    """A page of client accounts."""

    items: list[AccountItem]
    next_cursor: str | None
    count: Count | None = None


class TenantChange(Body):
    """What to change; what is left out stays, null clears an address."""

    name: Name = ""
    tier: Tier = "free"
    environment: Environment = "production"
    app_kind: AppKind = "web"
    limits: Annotated[
        dict[Annotated[str, Field(max_length=60)], Limit],
        Field(max_length=20, default_factory=dict),
    ]
    subdomain: Annotated[str, Field(max_length=63)] | None = None
    custom_domain: Annotated[str, Field(max_length=253)] | None = None


class TenantItem(BaseModel):
    """A tenant as operators see it; `limits` are what was agreed over the tier's."""

    id: UUID
    account_id: UUID | None
    account_name: str | None
    name: str
    slug: str
    state: str
    suspended_reason: str | None
    """Why it is suspended, as its people are told; null where no reason was given."""
    maintenance_note: str | None
    """Why its people wait outside, as they are told; null while they do not."""
    placement: str
    environment: str
    app_kind: str
    tier: str
    subdomain: str | None
    custom_domain: str | None
    limits: dict[str, Any]
    is_sandbox: bool
    member_count: int
    version: int
    created_at: datetime


class TenantPage(BaseModel):
    """A page of tenants."""

    items: list[TenantItem]
    next_cursor: str | None
    count: Count | None = None


Words = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]


class SuspensionGiven(Body):
    """Why a tenant is suspended: its people read it when they are refused, so does the log."""

    reason: Words


class MaintenanceGiven(Body):
    """What is done on a tenant: its people read it while they wait, so does the log."""

    note: Words


class MoveGiven(Body):
    """Where to move a tenant."""

    to: Literal["pooled", "dedicated"]


class MoveAccepted(BaseModel):
    """The move was asked for; the tenant's state and placement tell how it goes."""

    tenant_id: UUID
    to: str


class GrantGiven(Body):
    """A right over everything, listed accounts or listed tenants; `*` stands for any."""

    scope: Literal["all", "accounts", "tenants"]
    subject_ids: Annotated[list[UUID], Field(max_length=500, default_factory=list)]
    resource: Annotated[str, Field(max_length=40)]
    action: Annotated[str, Field(max_length=40)]


class GrantItem(BaseModel):
    """A right an operator has."""

    scope: str
    subject_ids: list[UUID]
    resource: str
    action: str


Grants = Annotated[list[GrantGiven], Field(max_length=100)]


class NewOperator(Body):
    """Whom to invite; without grants they may do nothing."""

    email: Email
    display_name: Name
    grants: Annotated[Grants, Field(default_factory=list)]


class OperatorChange(Body):
    """What to change; `grants` replaces all."""

    display_name: Name | None = None
    grants: Grants | None = None


class OperatorItem(BaseModel):
    """An operator; the link's secret is in the mail only."""

    id: UUID
    user_id: UUID | None
    email: str
    display_name: str
    state: str
    link_expires_at: datetime | None
    grants: list[GrantItem]
    version: int
    created_at: datetime


class OperatorPage(BaseModel):
    """A page of operators."""

    items: list[OperatorItem]
    next_cursor: str | None
    count: Count | None = None


class AccessItem(BaseModel):
    """What the caller may do, and every right there is to give."""

    permissions: list[str]
    grants: list[GrantItem]
    resources: dict[str, list[str]]


class LinkGiven(Body):
    """The token of an operator's link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class Activated(BaseModel):
    """The person is an operator now."""

    operator_id: UUID


class UserTenant(BaseModel):
    """An organisation of a person's, within the caller's scope."""

    tenant_id: UUID
    name: str
    slug: str


class UserItem(BaseModel):
    """A person."""

    id: UUID
    email: str
    display_name: str
    email_verified: bool
    state: str
    tenants: list[UserTenant]


class UserPage(BaseModel):
    """A page of people."""

    items: list[UserItem]
    next_cursor: str | None
    count: Count | None = None
