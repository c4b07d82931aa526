"""What connections and instances can refuse."""

import math

from metatron.apps.amc.amazon.errors import AmazonError, Throttled
from metatron.kernel.errors import DomainError, NotFound


class ConnectionNotFound(NotFound):
    """There is no connection of this id in this organisation."""

    code = "amc_connection_not_found"
    title = "No Amazon connection has this id"


class InstanceNotFound(NotFound):
    """There is no instance of this id in this organisation."""

    code = "amc_instance_not_found"
    title = "No client has this id"


class ConnectionNotUsable(DomainError):
    """The connection is not signed in (any more); its state and reason say why."""

    code = "amc_connection_not_usable"
    title = "The Amazon connection is not signed in"


class InstanceGone(DomainError):
    """Amazon does not list the instance any more."""

    code = "amc_instance_gone"
    title = "Amazon no longer lists this client"


class SignInNotValid(DomainError):
    """The state of a sign-in is unknown, used, too old, or another person's."""

    status = 400
    code = "amc_sign_in_not_valid"
    title = "This Amazon sign-in is not valid (any more): start it again"


class AmazonSaidNo(DomainError):
    """Amazon refused; its words are in the detail."""

    status = 502
    code = "amazon_refused"
    title = "Amazon refused"


class AmazonAway(DomainError):
    """Amazon gives no answer just now."""

    status = 503
    code = "amazon_unavailable"
    title = "Amazon gives no answer just now"


def away(error: AmazonError | TimeoutError) -> AmazonAway:
    """Return the refusal for a call that brought no answer; Retry-After when Amazon named one."""
    headers = {}
    if isinstance(error, Throttled):
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after_seconds)))
    return AmazonAway(str(error), headers=headers)
