"""Why nothing came of Amazon, in words for whoever asked."""

import math

from metatron.apps.amc.amazon import errors
from metatron.kernel.errors import DomainError

type Failure = errors.AmazonError | DomainError
SIGN_IN_ENDED = "The sign-in at Amazon has ended. Sign in again on the page of connections."


def reason_of(error: Failure) -> str:
    """Return what stands in the log of an import; what Amazon said itself is kept."""
    match error:
        case DomainError():
            told = error.detail or error.title
        case errors.TokenRefused() | errors.GrantEnded():
            told = SIGN_IN_ENDED
        case errors.AmazonForbade():
            told = f"Amazon shows this sign-in no campaigns: {error.details}"
        case errors.AmazonRefused():
            told = f"Amazon says: {error.details}"
        case errors.Throttled():
            minutes = max(1, math.ceil(error.retry_after_seconds / 60))
            told = f"Amazon takes no more calls at the moment. Try again in {minutes} min."
        case errors.AmazonUnavailable():
            told = "Amazon gives no answer just now. Try again later."
        case errors.AnswerUnreadable():
            told = "Amazon's answer could not be read. Try again later."
        case _:
            told = str(error) or "Amazon's answer could not be used."
    return told
