"""What destinations announce: ids, names of fields and figures, never settings or secrets."""

from typing import Literal
from uuid import UUID

from metatron.kernel.events.event import Event


class DestinationChanged(Event):
    """Somebody made, changed or removed a destination."""

    name = "amc.destination_changed.v1"
    change: Literal["made", "changed", "removed"]
    kind: str
    fields: tuple[str, ...] = ()


class DeliveryFinished(Event):
    """A delivery came to an end; `aggregate_id` is the delivery."""

    name = "amc.delivery_finished.v1"
    destination_id: UUID
    run_id: UUID
    state: Literal["delivered", "failed", "skipped"]
    rows: int | None
