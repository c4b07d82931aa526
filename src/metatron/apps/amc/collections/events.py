"""What collections announce; never parameter values."""

from typing import Literal
from uuid import UUID

from metatron.kernel.events.event import Event


class CollectionChanged(Event):
    """A collection was made, changed, or grew by segments that have begun."""

    name = "amc.collection_changed.v1"
    change: Literal["made", "changed", "paused", "resumed", "retried", "extended", "archived"]


class SegmentFinished(Event):
    """A segment has figures, or failed for good; `state` is provisional, settled or failed."""

    name = "amc.segment_finished.v1"
    state: str
    run_id: UUID | None
    collection_ids: list[UUID]


class CollectionExported(Event):
    """Somebody took the joined rows out; `row_count` is before any filter."""

    name = "amc.collection_exported.v1"
    form: str
    row_count: int
