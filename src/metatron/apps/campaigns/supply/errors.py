"""What proposals of suppliers refuse."""

from metatron.kernel.errors import DomainError, NotFound


class ProposalNotFound(NotFound):
    """No proposal has this id, or it is another supplier's."""

    code = "supplier_proposal_not_found"
    title = "There is no such proposal"


class ProposalNotPossible(DomainError):
    """The proposal's state, its campaign's, the time or the rules do not allow it."""

    code = "supplier_proposal_not_possible"
    title = "This is not possible for the proposal now"
