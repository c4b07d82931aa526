"""What the routes of maintenance windows and alert channels take and answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from metatron.kernel.http.outward import LONGEST_ADDRESS

Words = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]


class NewWindow(BaseModel):
    """A window to plan; without `rules` every alert is silent, without a tenant everybody's."""

    model_config = ConfigDict(extra="forbid")

    title: Words
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    rules: Annotated[list[str], Field(min_length=1, max_length=40)] | None = None
    tenant_id: UUID | None = None


class MaintenanceWindow(BaseModel):
    """A window of maintenance; `silenced` counts the alerts that fired in it."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    rules: list[str] | None
    tenant_id: UUID | None
    state: Literal["planned", "running", "ended"]
    silenced: int


class MaintenanceWindows(BaseModel):
    """The hundred newest windows."""

    items: list[MaintenanceWindow]
    next_cursor: None = None


class NewChannel(BaseModel):
    """An address to tell of alerts."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ADDRESS)]


class AlertChannel(BaseModel):
    """An address that is told of alerts, and how the last message to it went."""

    id: UUID
    url: str
    created_at: datetime
    told_at: datetime | None
    last_error: str | None


class AddedChannel(BaseModel):
    """The secret its messages are signed with is shown this once."""

    id: UUID
    url: str
    secret: str


class AlertChannels(BaseModel):
    """All addresses that are told."""

    items: list[AlertChannel]
    next_cursor: None = None
