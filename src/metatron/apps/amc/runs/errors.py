"""All that runs refuse."""

from metatron.kernel.errors import DomainError, InvalidInput, NotFound, TooManyRequests


class RunNotFound(NotFound):
    """No run of this organisation has this id."""

    code = "run_not_found"
    title = "There is no such run"


class AlertMakerOnly(DomainError):
    """What an alert tells is what its maker may read: others cannot send it elsewhere."""

    status = 403
    code = "alert_maker_only"
    title = "Only whoever set an alert, or who sets up clients, can change what it tells and whom"


class AlertNotFound(NotFound):
    """No alert of this organisation has this id."""

    code = "alert_not_found"
    title = "There is no such alert"


class AlertMailsSpent(TooManyRequests):
    """An organisation's alerts have sent as many mails today as they may; `most_a_day` of them."""

    code = "alert_mails_spent"
    title = "Alerts have sent all their mails for today"


class AlertAddressNotFound(NotFound):
    """No organisation asked an address by this link."""

    code = "alert_address_not_found"
    title = "This link leads to no question"


class TextPrivate(DomainError):
    """The run is of a private workflow: its text is its owner's and the requester's."""

    status = 403
    code = "run_text_private"
    title = "This run's query is private"


class ScheduleNotFound(NotFound):
    """There is no schedule of this id in this organisation."""

    code = "amc_schedule_not_found"
    title = "No schedule has this id"


class DestinationNotFound(NotFound):
    """There is no destination of this id in this organisation."""

    code = "amc_destination_not_found"
    title = "No destination has this id"


class QueryRefused(InvalidInput):
    """AMC would refuse the query: `findings` say where and why."""

    code = "query_refused"
    title = "AMC would refuse this query"


class InstanceUnusable(DomainError):
    """The instance is switched off, or its connection was ended."""

    code = "instance_unusable"
    title = "Nothing can run on this client now"


class RunEnded(DomainError):
    """The run has ended, or is being cancelled already."""

    code = "run_ended"
    title = "This run can no longer be cancelled"


class NoResult(DomainError):
    """The run has no result: it has not succeeded, or was a dry run."""

    code = "no_result"
    title = "This run has no result"


class ResultGone(DomainError):
    """The result was kept as long as results are kept."""

    status = 410
    code = "result_gone"
    title = "The result is no longer kept"


class ResultUnreadable(DomainError):
    """The question took too much memory or time, or does not fit the result."""

    status = 422
    code = "result_unreadable"
    title = "The result cannot be read this way"
