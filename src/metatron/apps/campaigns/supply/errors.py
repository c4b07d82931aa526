"""What suppliers and their proposals are refused."""

from metatron.kernel.errors import DomainError, NotFound


class SupplierNotFound(NotFound):
    """No campaign of this organisation names this supplier."""

    code = "supplier_not_found"
    title = "There is no such supplier"


class ProposalNotFound(NotFound):
    """No proposal has this id, or it is another supplier's."""

    code = "supplier_proposal_not_found"
    title = "There is no such proposal"


class ProposalNotPossible(DomainError):
    """The proposal's state, its campaign's, the time or the rules do not allow it."""

    code = "supplier_proposal_not_possible"
    title = "This is not possible for the proposal now"
