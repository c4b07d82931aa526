"""What schedules can refuse."""

from metatron.apps.amc.runs.errors import ScheduleNotFound
from metatron.kernel.errors import DomainError

__all__ = ["ScheduleNotFound", "ScheduleNotPossible"]


class ScheduleNotPossible(DomainError):
    """The schedule is in the other state already."""

    code = "amc_schedule_not_possible"
    title = "The schedule is in that state already"
