"""All that the approvals module refuses."""

from metatron.kernel.errors import DomainError, NotFound


class ApprovalNotFound(NotFound):
    """No request for approval has this id in this organisation."""

    code = "approval_not_found"
    title = "There is no such request for approval"


class ApprovalClosed(DomainError):
    """The request was approved, rejected, withdrawn, refused or expired before."""

    status = 409
    code = "approval_closed"
    title = "This request is not open any more"


class ApprovalExpired(DomainError):
    """Nobody decided in time; ask anew."""

    status = 409
    code = "approval_expired"
    title = "This request has expired"


class SamePerson(DomainError):
    """Who asked cannot decide, under whatever name they asked; nor can one person agree twice."""

    status = 403
    code = "same_person"
    title = "Another person has to decide this"


class PartyToIt(DomainError):
    """Whose own matter it is cannot decide: who runs a campaign, and who is paid by it."""

    status = 403
    code = "party_to_it"
    title = "This is your own matter: other people have to decide it"


class PersonNeeded(DomainError):
    """Programs, and operators who act in somebody's name, decide nothing."""

    status = 403
    code = "person_needed"
    title = "Only a person signed in as themselves can do this"


class NotRequester(DomainError):
    """Only who asked can take it back."""

    status = 403
    code = "not_requester"
    title = "Only the person who asked can withdraw this request"


class PayloadChanged(DomainError):
    """What would be done is not what was asked for: nothing is done."""

    status = 409
    code = "payload_changed"
    title = "The request's content does not match what was asked for"


class ActionUnknown(DomainError):
    """No module of this process knows the action any more."""

    status = 409
    code = "action_unknown"
    title = "This action is not available here"
