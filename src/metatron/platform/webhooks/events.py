"""What the webhooks module announces. No addresses: they may carry a secret of their own."""

from typing import ClassVar

from metatron.kernel.events.event import Event


class WebhookAdded(Event):
    """Somebody gave an address that is told of events; `aggregate_id` is the webhook."""

    name: ClassVar[str] = "webhooks.webhook_added.v1"
    events: list[str]


class WebhookChanged(Event):
    """Somebody changed a webhook; `fields` names what."""

    name: ClassVar[str] = "webhooks.webhook_changed.v1"
    fields: list[str]


class WebhookRemoved(Event):
    """Somebody took a webhook away."""

    name: ClassVar[str] = "webhooks.webhook_removed.v1"


class WebhookSecretRotated(Event):
    """A webhook has a new secret; the old one signs as well for a while."""

    name: ClassVar[str] = "webhooks.secret_rotated.v1"
    overlap_seconds: int


class WebhookTested(Event):
    """Somebody had a test sent to a webhook."""

    name: ClassVar[str] = "webhooks.webhook_tested.v1"


class DeliveryRepeated(Event):
    """Somebody had a delivery sent once more; `aggregate_id` is the webhook."""

    name: ClassVar[str] = "webhooks.delivery_repeated.v1"
    delivery_id: str


class WebhookSwitchedOff(Event):
    """A webhook was switched off by itself; `reason` is gone, failing or left."""

    name: ClassVar[str] = "webhooks.webhook_switched_off.v1"
    reason: str
