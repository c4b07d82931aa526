"""All that the console announces."""

from metatron.kernel.events.event import Event


class JobRetried(Event):
    """An operator sent a dead letter round again; the aggregate is its tenant."""

    name = "console.job_retried.v1"
    queue_id: int
    job: str
