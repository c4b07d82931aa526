"""What schedules can refuse."""

from metatron.kernel.errors import DomainError, NotFound


class ScheduleNotFound(NotFound):
    """There is no schedule of this id in this organisation."""

    code = "amc_schedule_not_found"
    title = "No schedule has this id"


class ScheduleNotPossible(DomainError):
    """The schedule is in the other state already."""

    code = "amc_schedule_not_possible"
    title = "The schedule is in that state already"
