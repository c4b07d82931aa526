"""What the records module announces. No names and no filters: they may say something of people."""

from typing import ClassVar

from metatron.kernel.events.event import Event


class ViewSaved(Event):
    """Somebody kept a view of a list, or put another in its place; the aggregate is the view."""

    name: ClassVar[str] = "records.view_saved.v1"
    list_name: str


class ViewForgotten(Event):
    """Somebody let go of a view; the aggregate is the view."""

    name: ClassVar[str] = "records.view_forgotten.v1"
    list_name: str
