"""What the register of exceptions refuses."""

from metatron.kernel.errors import DomainError, NotFound


class ExceptionNotFound(NotFound):
    """No exception has this id."""

    code = "exception_not_found"
    title = "There is no such exception"


class ExceptionStepRefused(DomainError):
    """The table has no such step out of the exception's state, or its guard does not hold."""

    code = "exception_step_refused"
    title = "This step is not possible now"

    def __init__(self, detail: str, *, state: str, allowed: list[str]) -> None:
        """Name the present state and the steps that are possible."""
        super().__init__(detail, extra={"state": state, "allowed": allowed})


class EvidenceMissing(DomainError):
    """An exception is closed with evidence only."""

    code = "evidence_missing"
    title = "Add evidence before closing"


class ProviderActionNotFound(NotFound):
    """Nothing seen at the provider has this id."""

    code = "provider_action_not_found"
    title = "Nothing like this was seen at the provider"


class ProviderActionNotPossible(DomainError):
    """It is no refund, stands in the books, or waits for an answer of the provider."""

    code = "provider_action_not_possible"
    title = "The bond cannot bear this now"


class ClaimNotFound(NotFound):
    """No claim has this id, or it is another supplier's."""

    code = "supplier_claim_not_found"
    title = "There is no such claim"


class ClaimNotPossible(DomainError):
    """The dispute, or what is left of the claim, does not allow it."""

    code = "supplier_claim_not_possible"
    title = "This is not possible for the claim now"


class DisputeNotFound(NotFound):
    """No card dispute has this id."""

    code = "card_dispute_not_found"
    title = "There is no such card dispute"


class DisputeFileGiven(DomainError):
    """The same content speaks against this dispute already."""

    code = "dispute_file_given"
    title = "This file was given before"


class EvidenceNotPossible(DomainError):
    """The dispute is decided, its time is over, or evidence is in."""

    code = "dispute_evidence_not_possible"
    title = "No evidence can be handed in now"
