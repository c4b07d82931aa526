"""What destinations can refuse."""

from metatron.kernel.errors import DomainError, NotFound


class DeliveryNotFound(NotFound):
    """There is no delivery of this id in this organisation."""

    code = "amc_delivery_not_found"
    title = "No delivery has this id"


class DestinationInUse(DomainError):
    """Something delivers to it again and again."""

    code = "amc_destination_in_use"
    title = "Something still delivers to this destination"


class DeliveryUnderWay(DomainError):
    """It is on its way already, or waits for its next try."""

    code = "amc_delivery_under_way"
    title = "This delivery is under way already"
