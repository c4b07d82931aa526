"""What runs announce: ids, states and figures, never parameter values or links."""

from uuid import UUID

from metatron.kernel.events.event import Event


class RunAsked(Event):
    """Somebody, or a schedule, asked for a run; `aggregate_id` is the run."""

    name = "amc.run_asked.v1"
    instance_id: UUID
    workflow_id: UUID | None
    origin: str
    origin_id: UUID | None


class RunMoved(Event):
    """A run came to another state."""

    name = "amc.run_moved.v1"
    instance_id: UUID
    from_state: str
    to_state: str
    origin: str
    origin_id: UUID | None


class RunCancelAsked(Event):
    """Somebody wants a run ended."""

    name = "amc.run_cancel_asked.v1"


class ResultExported(Event):
    """Somebody took a result out; `aggregate_id` is the run."""

    name = "amc.result_exported.v1"
    form: str
    row_count: int


class ResultDeleted(Event):
    """A result was kept long enough."""

    name = "amc.result_deleted.v1"


class AlertSet(Event):
    """Somebody wants to be told of results."""

    name = "amc.alert_set.v1"


class AlertChanged(Event):
    """An alert watches otherwise, tells others, or rests."""

    name = "amc.alert_changed.v1"
    fields: list[str]


class AlertRemoved(Event):
    """An alert was taken away."""

    name = "amc.alert_removed.v1"


class AlertTried(Event):
    """Somebody had an alert's channels told that they would be."""

    name = "amc.alert_tried.v1"


class AlertAddressAsked(Event):
    """An address of nobody here was asked whether alerts may come to it."""

    name = "amc.alert_address_asked.v1"


class AlertAddressAnswered(Event):
    """Its owner said yes or no."""

    name = "amc.alert_address_answered.v1"
    says_yes: bool


class AlertRested(Event):
    """An alert's maker may read nothing any more, or again."""

    name = "amc.alert_rested.v1"
    rests: bool


class AlertFired(Event):
    """An alert's condition held on a run's result; `aggregate_id` is the alert."""

    name = "amc.alert_fired.v1"
    run_id: UUID
