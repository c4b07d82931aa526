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


class ConfigurationChanged(Event):
    """An operator changed settings of the running installation; `fields` names which."""

    name = "console.configuration_changed.v1"
    version: int
    fields: list[str]
