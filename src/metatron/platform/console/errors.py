"""All that the console can refuse."""

from metatron.kernel.errors import DomainError


class JobQueuedAnew(DomainError):
    """The same work waits in the queue again; this dead letter can be dropped."""

    code = "job_queued_anew"
    title = "The same work has been queued again meanwhile"
