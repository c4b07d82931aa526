"""What collections can refuse."""

from metatron.kernel.errors import DomainError, NotFound


class CollectionNotFound(NotFound):
    """There is no collection of this id in this organisation."""

    code = "amc_collection_not_found"
    title = "No collection has this id"


class SegmentNotFound(NotFound):
    """The collection has no segment of this id."""

    code = "amc_segment_not_found"
    title = "The collection has no such segment"


class CollectionNotPossible(DomainError):
    """The collection is in the other state already."""

    code = "amc_collection_not_possible"
    title = "The collection is in that state already"


class NothingCollected(DomainError):
    """No segment of the collection has a result yet."""

    code = "amc_nothing_collected"
    title = "Nothing has been collected yet"
