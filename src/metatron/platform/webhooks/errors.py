"""All that the webhooks module refuses."""

from metatron.kernel.errors import DomainError, NotFound


class WebhookNotFound(NotFound):
    """The organisation has no webhook of this id."""

    code = "webhook_not_found"
    title = "There is no such webhook"


class DeliveryNotFound(NotFound):
    """The organisation's log has no delivery of this id (it is kept for 30 days)."""

    code = "webhook_delivery_not_found"
    title = "There is no such delivery"


class TooManyWebhooks(DomainError):
    """The organisation has as many webhooks as it may have."""

    status = 409
    code = "too_many_webhooks"
    title = "There are as many webhooks as there can be: remove one first"


class WebhookOff(DomainError):
    """Nothing is sent to a webhook that is switched off."""

    status = 409
    code = "webhook_off"
    title = "This webhook is off: switch it on first"


class DeliveryNotOver(DomainError):
    """It is on its way already, or is tried again by itself."""

    status = 409
    code = "webhook_delivery_not_over"
    title = "This delivery is still under way"
