"""What the notifications module announces. No addresses, no texts."""

from typing import ClassVar
from uuid import UUID

from metatron.kernel.events.event import Event


class MailRefused(Event):
    """A mail server refused a mail for good; `aggregate_id` is the message."""

    name: ClassVar[str] = "notifications.mail_refused.v1"
    template: str
    recipient_id: UUID | None
    smtp_code: int | None


class PreferenceChanged(Event):
    """Somebody chose how a kind of mail reaches them; `aggregate_id` is their user id."""

    name: ClassVar[str] = "notifications.preference_changed.v1"
    kind: str
    delivery: str
