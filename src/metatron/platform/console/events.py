"""All that the console announces."""

from metatron.kernel.events.event import Event


class JobRetried(Event):
    """An operator sent a dead letter round again; the aggregate is its tenant."""

    name = "console.job_retried.v1"
    queue_id: int
    job: str


class JobDropped(Event):
    """An operator gave up a dead letter for good; the aggregate is its tenant."""

    name = "console.job_dropped.v1"
    queue_id: int
    job: str


class JobCancelled(Event):
    """An operator took a waiting job out of the queue; the aggregate is its tenant."""

    name = "console.job_cancelled.v1"
    queue_id: int
    job: str
