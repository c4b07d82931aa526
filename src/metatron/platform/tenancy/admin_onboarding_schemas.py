"""What onboarding routes take and answer."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from metatron.platform.tenancy.admin_schemas import (
    AppKind,
    Email,
    Environment,
    Limit,
    NewAccount,
    Tier,
)
from metatron.platform.tenancy.pages import Count
from metatron.platform.tenancy.schemas import Body, Name, PermissionNames, Theme


class FirstUser(Body):
    """The organisation's first owner."""

    email: Email
    display_name: Name


class NewTenant(Body):
    """A tenant to set up: for a known account, for a new one, or for none."""

    name: Name
    slug: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    account_id: UUID | None = None
    account: NewAccount | None = None
    environment: Environment = "production"
    app_kind: AppKind = "web"
    tier: Tier = "free"
    limits: Annotated[
        dict[Annotated[str, Field(max_length=60)], Limit],
        Field(max_length=20, default_factory=dict),
    ]
    subdomain: Annotated[str, Field(max_length=63)] | None = None
    custom_domain: Annotated[str, Field(max_length=253)] | None = None
    theme: Theme | None = None
    is_sandbox: bool = False
    placement: Literal["pooled", "dedicated"] = "pooled"
    first_user: FirstUser
    application_name: Annotated[str, Field(min_length=1, max_length=100)] = "First application"
    key_scopes: Annotated[PermissionNames, Field(min_length=1)] | None = None


class OnboardingStarted(BaseModel):
    """The process that sets the tenant up."""

    onboarding_id: UUID
    tenant_id: UUID
    account_id: UUID | None
    state: str


class StepItem(BaseModel):
    """A step and how it stands."""

    name: str
    position: int
    state: str
    attempts: int
    outcome: dict[str, Any]
    last_error: str | None
    started_at: datetime | None
    finished_at: datetime | None


class OnboardingItem(BaseModel):
    """A process; `has_key` tells whether the first API key can still be taken."""

    id: UUID
    tenant_id: UUID
    account_id: UUID | None
    name: str
    state: str
    has_key: bool
    version: int
    created_at: datetime
    finished_at: datetime | None


class OnboardingDetail(OnboardingItem):
    """A process with its steps."""

    steps: list[StepItem]


class OnboardingPage(BaseModel):
    """A page of processes."""

    items: list[OnboardingItem]
    next_cursor: str | None
    count: Count | None = None


class KeyTaken(BaseModel):
    """The text of the first API key; it is not shown again."""

    key: str
