"""What schedules announce; never parameter values."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.events.event import Event


class ScheduleMade(Event):
    """Somebody wants runs again and again."""

    name = "amc.schedule_made.v1"
    workflow_id: UUID
    instance_id: UUID


class ScheduleChanged(Event):
    """Somebody changed a schedule."""

    name = "amc.schedule_changed.v1"
    fields: list[str]


class ScheduleExported(Event):
    """A schedule on its way to Amazon or from there; `state` is null once Amazon has none of it."""

    name = "amc.schedule_exported.v1"
    state: str | None


class ScheduleFired(Event):
    """A schedule's instant came; `outcome` is `run`, `skipped` or `refused`."""

    name = "amc.schedule_fired.v1"
    fire_at: datetime
    outcome: str
    run_id: UUID | None


class SchedulePaused(Event):
    """A schedule rests: somebody's wish, too many failures, or a connection that ended."""

    name = "amc.schedule_paused.v1"
    reason: str | None


class ScheduleResumed(Event):
    """A schedule fires again."""

    name = "amc.schedule_resumed.v1"


class ScheduleRemoved(Event):
    """A schedule is gone; its runs stay."""

    name = "amc.schedule_removed.v1"
