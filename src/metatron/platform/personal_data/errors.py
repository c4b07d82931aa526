"""All that the personal data module refuses."""

from collections.abc import Sequence

from metatron.kernel.errors import DomainError, NotFound
from metatron.kernel.personal_data import Obstacle


class RequestNotFound(NotFound):
    """No such request of one's own, nor of a member for whom one may ask."""

    code = "personal_data_request_not_found"
    title = "There is no such request"


class PersonNotFound(NotFound):
    """Nobody under this id belongs, or belonged, to the organisation."""

    code = "person_not_found"
    title = "There is no such member"


class AlreadyAsked(DomainError):
    """One request of a kind is open for a person at a time."""

    code = "personal_data_already_asked"
    title = "This has been asked for already and is not done yet"


class RequestClosed(DomainError):
    """Only what waits can be withdrawn."""

    code = "personal_data_request_closed"
    title = "This request can no longer be withdrawn"


class NothingToRetry(DomainError):
    """It has ended, or the days in which an erasure can be withdrawn have not."""

    code = "personal_data_nothing_to_retry"
    title = "There is nothing to try again now"


class ErasureObstructed(DomainError):
    """Something has to end before the person can be erased; `obstacles` name it."""

    code = "erasure_obstructed"
    title = "This has to be settled before the data can be erased"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        """Name what stands in the way."""
        told = [{"code": each.code, "text": each.text, "count": each.count} for each in obstacles]
        super().__init__(" ".join(each.text for each in obstacles), extra={"obstacles": told})


class OwnersOnly(DomainError):
    """Nobody but an owner has another owner erased."""

    status = 403
    code = "owner_needed"
    title = "Only an owner can ask for this about an owner"


class FreshSignInNeeded(DomainError):
    """The session began, or was confirmed, too long ago for what cannot be taken back."""

    status = 403
    code = "fresh_sign_in_needed"
    title = "Sign in again first"


class PersonNeeded(DomainError):
    """A program asks for nobody's data."""

    status = 403
    code = "person_needed"
    title = "Only a signed-in person can ask for this"
