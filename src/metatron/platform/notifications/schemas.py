"""What the routes answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from metatron.platform.notifications.preferences import Delivery


class MessageRow(BaseModel):
    """One message of the delivery log; addresses and texts stay in the side row."""

    id: UUID
    recipient_id: UUID | None
    template: str
    template_version: int
    locale: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    last_outcome: str | None
    last_smtp_code: int | None


class MessagePage(BaseModel):
    """A page of the delivery log, newest first."""

    items: list[MessageRow]
    next_cursor: str | None


class MailboxMail(BaseModel):
    """A mail the twin has received."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    id: str
    sender: str = Field(serialization_alias="from")
    to: list[str]
    subject: str
    received_at: datetime
    text: str
    html: str | None


class MailboxPage(BaseModel):
    """The newest mails, newest first."""

    items: list[MailboxMail]


class PreferenceItem(BaseModel):
    """One kind of mail, and how it reaches the reader."""

    kind: str
    title: str
    description: str
    delivery: Delivery


class PreferencePage(BaseModel):
    """All kinds there is a choice about."""

    items: list[PreferenceItem]


class PreferenceBody(BaseModel):
    """How it shall reach one."""

    model_config = ConfigDict(extra="forbid")

    delivery: Delivery
