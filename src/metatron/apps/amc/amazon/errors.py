"""What can come of a call to Amazon beside an answer. No text here holds a token or a link."""


class AmazonError(Exception):
    """A call that brought no answer to work with."""


class AmazonRefused(AmazonError):
    """Amazon said no (4xx), in the words of `details`; asking again brings the same."""

    def __init__(self, status: int, code: str, details: str) -> None:
        """Keep Amazon's words, which are meant for the user."""
        super().__init__(f"Amazon refused ({status} {code}): {details}")
        self.status, self.code, self.details = status, code, details


class AmazonForbade(AmazonRefused):
    """403: terms not accepted, no access to the account, an instance that is not ready."""


class NotAtAmazon(AmazonRefused):
    """404 or 410: no instance, workflow or execution of this id."""


class TokenRefused(AmazonRefused):
    """401, also with a token that was renewed just now."""


class Throttled(AmazonError):
    """429, or our own bucket is empty, for longer than the caller wanted to wait."""

    def __init__(self, retry_after_seconds: float) -> None:
        """Say when to come back."""
        super().__init__(f"Amazon takes no more calls for {retry_after_seconds:.0f} s")
        self.retry_after_seconds = retry_after_seconds


class AmazonUnavailable(AmazonError):
    """No answer, or 5xx, however often we asked. `was_sent` is false if it never left here."""

    def __init__(self, reason: str, *, was_sent: bool = True) -> None:
        """Name the reason: a status or the kind of failure."""
        super().__init__(f"Amazon gives no answer: {reason}")
        self.reason, self.was_sent = reason, was_sent


class LostAnswer(AmazonError):
    """An execution or a workflow may or may not have been made: look for it before asking anew."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(f"The answer was lost ({reason}): what was asked for may be there")
        self.reason = reason


class AnswerUnreadable(AmazonError):
    """A success whose body is not what the contract says."""


class GrantEnded(AmazonError):
    """The refresh token is invalid or was revoked: somebody must sign in again."""


class SignInRefused(AmazonError):
    """The token endpoint refused, and not because the grant has ended."""

    def __init__(self, error: str) -> None:
        """Name the error as RFC 6749 does."""
        super().__init__(f"Login with Amazon refused: {error}")
        self.error = error


class DeadLink(AmazonError):
    """A result's link is wrong, old or used up: ask for a new one, never for this one again."""


class DownloadBroken(AmazonError):
    """A result's file could not be read to its end."""
