"""All that the payments module refuses."""

from metatron.kernel.errors import DomainError, InvalidInput, NotFound


class InstructionNotFound(NotFound):
    """No instruction has this id in this organisation."""

    code = "instruction_not_found"
    title = "There is no such payment instruction"


class InstructionDiffers(DomainError):
    """The id names an instruction already, with another content."""

    status = 409
    code = "instruction_differs"
    title = "This instruction was given before with another content"


class InstructionNotOpen(DomainError):
    """The instruction is past the state in which this could be done."""

    status = 409
    code = "instruction_not_open"
    title = "The instruction's state does not allow this"


class InstructionInvalid(InvalidInput):
    """The instruction's parts do not fit together."""

    code = "instruction_invalid"
    title = "The payment instruction is not valid"


class CapabilityMissing(DomainError):
    """The provider cannot do what is asked."""

    status = 409
    code = "provider_capability_missing"
    title = "The payment provider cannot do this"


class ProviderUnknown(NotFound):
    """No provider is configured under this name."""

    code = "provider_unknown"
    title = "There is no such payment provider"


class ProviderUnavailable(DomainError):
    """The provider did not answer a question that moves no money."""

    status = 503
    code = "provider_unavailable"
    title = "The payment provider cannot be reached just now"


class WebhookRefused(DomainError):
    """The message is not from the provider, is too old, or cannot be read."""

    status = 400
    code = "webhook_refused"
    title = "The message was refused"


class WebhookTooLarge(DomainError):
    """The message is larger than any the provider sends."""

    status = 413
    code = "webhook_too_large"
    title = "The message is too large"


class RefundExceedsCapture(DomainError):
    """The refunds of one capture would exceed it in sum."""

    status = 409
    code = "refund_exceeds_capture"
    title = "More would be refunded than was captured"


class StatementUnreadable(InvalidInput):
    """The file is not a statement of the format it is said to be; `errors` name the places."""

    code = "statement_unreadable"
    title = "The statement cannot be read"


class StatementFormatUnavailable(DomainError):
    """The library that reads this format is not installed."""

    status = 409
    code = "statement_format_unavailable"
    title = "This installation cannot read statements of this format"


class StatementNotFound(NotFound):
    """No statement has this id in this organisation."""

    code = "statement_not_found"
    title = "There is no such statement"


class BreakNotFound(NotFound):
    """No break has this id in this organisation."""

    code = "break_not_found"
    title = "There is no such difference"


class BreakResolved(DomainError):
    """Somebody has resolved the break already; a resolution is for good."""

    status = 409
    code = "break_resolved"
    title = "This difference is resolved already"


class ResolutionDoesNotFit(DomainError):
    """The resolution is about a statement line, and the break has none."""

    status = 409
    code = "resolution_does_not_fit"
    title = "This difference cannot be resolved so"


class EvidenceGiven(DomainError):
    """A provider takes evidence against a dispute once."""

    status = 409
    code = "dispute_evidence_given"
    title = "Evidence was handed in before, or is on its way"
