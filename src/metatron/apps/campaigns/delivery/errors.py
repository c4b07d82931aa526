"""What deliveries, milestones and evidence refuse."""

from metatron.kernel.errors import DomainError, NotFound


class DeliveryDataLocked(DomainError):
    """The address is in use for a delivery, or none is needed."""

    code = "delivery_data_locked"
    title = "The delivery address cannot be changed now"


class ManifestNotReady(DomainError):
    """Manifests exist from the complete allocation to the end of the campaign."""

    code = "manifest_not_ready"
    title = "There is no manifest now"


class ReceiptNotPossible(DomainError):
    """Receipt is confirmed for allocated units while they are delivered or inspected."""

    code = "receipt_not_possible"
    title = "Receipt cannot be confirmed now"


class PointNotFound(NotFound):
    """No consolidation point has this id."""

    code = "consolidation_point_not_found"
    title = "There is no such consolidation point"


class PointInUse(DomainError):
    """A campaign delivers there."""

    code = "consolidation_point_in_use"
    title = "A campaign delivers to this place"


class ProductNotFound(NotFound):
    """No product has this id."""

    code = "product_not_found"
    title = "There is no such product"


class ProductTaken(DomainError):
    """Another product has this SKU."""

    code = "product_taken"
    title = "Another product has this SKU"


class MilestoneNotFound(NotFound):
    """No milestone has this id."""

    code = "milestone_not_found"
    title = "There is no such milestone"


class MilestoneNotPossible(DomainError):
    """The milestone's state, its campaign's, or an open issue does not allow it."""

    code = "milestone_not_possible"
    title = "This is not possible for the milestone now"


class EvidenceReused(DomainError):
    """The same content was given as evidence before."""

    code = "evidence_reused"
    title = "This file was given as evidence before"
