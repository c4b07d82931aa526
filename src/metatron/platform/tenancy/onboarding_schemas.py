"""What the routes of onboarding answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


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
