"""What schedules can refuse."""

from metatron.apps.amc.runs.errors import ScheduleNotFound
from metatron.kernel.errors import DomainError

__all__ = ["ScheduleDoesNotFit", "ScheduleNotFound", "ScheduleNotPossible"]


class ScheduleDoesNotFit(DomainError):
    """Amazon's own schedules are daily or weekly; none does what this one does."""

    code = "amc_schedule_does_not_fit"
    title = "Amazon has no schedule like this one"


class ScheduleNotPossible(DomainError):
    """The schedule is in the other state already."""

    code = "amc_schedule_not_possible"
    title = "The schedule is in that state already"
