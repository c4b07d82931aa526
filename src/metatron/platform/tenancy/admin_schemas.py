"""What operators' routes take and answer."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field

from metatron.kernel.money import MAX_API_AMOUNT
from metatron.platform.tenancy.operator_facts import Grant
from metatron.platform.tenancy.pages import Count
from metatron.platform.tenancy.schemas import Body, Name

ContractKind = Literal["monthly", "annual", "project", "enterprise"]
Amount = Annotated[int, Field(ge=0, le=MAX_API_AMOUNT)]


class AccountChange(Body):
    """Columns of a client account; what is left out stays."""

    name: Name | None = None
    contract_kind: ContractKind | None = None
    contract_value_minor: Amount | None = None
    contract_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    contract_starts_on: date | None = None
    contract_ends_on: date | None = None
    state: Literal["active", "suspended", "ended"] = "active"


class NewAccount(AccountChange):
    """A client account to make."""

    name: Name


class AccountItem(BaseModel):
    """A client account with its tenants counted."""

    id: UUID
    name: str
    contract_kind: str | None
    contract_value_minor: int | None
    contract_currency: str | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    state: str
    version: int
    created_at: datetime
    tenants: int = 0


class AccountPage(BaseModel):
    """A page of accounts."""

    items: list[AccountItem]
    next_cursor: str | None
    count: Count | None = None


class TenantItem(BaseModel):
    """A tenant as operators see it."""

    id: UUID
    account_id: UUID | None
    name: str
    slug: str
    state: str
    placement: str
    environment: str
    app_kind: str
    tier: str
    subdomain: str | None
    custom_domain: str | None
    limits: dict[str, Any]
    is_sandbox: bool
    version: int
    created_at: datetime


class TenantPage(BaseModel):
    """A page of tenants."""

    items: list[TenantItem]
    next_cursor: str | None
    count: Count | None = None


class TenantChange(Body):
    """Columns of a tenant; what is left out stays."""

    name: Name | None = None
    account_id: UUID | None = None
    tier: Literal["free", "basic", "pro", "enterprise"] = "free"
    app_kind: Literal["web", "mobile", "desktop", "api"] = "web"
    environment: Literal["development", "staging", "production"] = "production"
    subdomain: Annotated[str, Field(max_length=63)] | None = None
    custom_domain: Annotated[str, Field(max_length=253)] | None = None
    limits: dict[str, Any] = Field(default_factory=dict)


class Move(Body):
    """Where the tenant's rows shall live."""

    to: Literal["pooled", "dedicated"]


class OnboardingStarted(BaseModel):
    """The process that brings the tenant into being."""

    onboarding_id: UUID
    tenant_id: UUID
    state: str


class StepItem(BaseModel):
    """One of the eight steps."""

    name: str
    state: str
    attempts: int
    last_error: str | None
    finished_at: datetime | None


class OnboardingItem(BaseModel):
    """How far a process is."""

    id: UUID
    tenant_id: UUID
    account_id: UUID | None
    state: str
    created_at: datetime
    finished_at: datetime | None
    steps: list[StepItem]


class RevealedKey(BaseModel):
    """The first API key's text, shown this once."""

    key: str


class GrantBody(Body):
    """A right: over everything, listed accounts or listed tenants. `*` stands for all."""

    scope: Literal["all", "accounts", "tenants"]
    subject_ids: list[UUID] = Field(default_factory=list, max_length=500)
    resource: Annotated[str, Field(min_length=1, max_length=40)]
    action: Annotated[str, Field(min_length=1, max_length=40)]

    def grant(self) -> Grant:
        """Return it as tenancy reads it."""
        return Grant(self.scope, frozenset(self.subject_ids), self.resource, self.action)


class NewOperator(Body):
    """An operator to invite."""

    email: Annotated[EmailStr, Field(max_length=254)]
    display_name: Name
    grants: Annotated[list[GrantBody], Field(min_length=1, max_length=100)]


class GrantsChange(Body):
    """What an operator may do from now on; an empty list is nothing."""

    grants: Annotated[list[GrantBody], Field(max_length=100)]


class OperatorItem(BaseModel):
    """An operator."""

    id: UUID
    user_id: UUID | None
    email: str
    display_name: str
    state: str
    version: int
    created_at: datetime
    grants: list[dict[str, Any]] = []


class OperatorPage(BaseModel):
    """A page of operators."""

    items: list[OperatorItem]
    next_cursor: str | None
    count: Count | None = None


class Link(Body):
    """The token of an operator's one-time link."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
