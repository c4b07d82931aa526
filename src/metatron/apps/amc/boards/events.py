"""What boards announce; never figures or links."""

from typing import Literal
from uuid import UUID

from metatron.kernel.events.event import Event


class BoardChanged(Event):
    """A board was made, changed or removed."""

    name = "amc.board_changed.v1"
    change: Literal["made", "changed", "removed"]


class SnapshotShared(Event):
    """Figures of a board were frozen behind a link; `aggregate_id` is the board."""

    name = "amc.snapshot_shared.v1"
    snapshot_id: UUID


class SnapshotRevoked(Event):
    """A link shows nothing any more; `aggregate_id` is the board."""

    name = "amc.snapshot_revoked.v1"
    snapshot_id: UUID
