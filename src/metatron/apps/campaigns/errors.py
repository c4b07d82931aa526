"""All that campaigns refuse."""

from metatron.kernel.errors import DomainError, FieldError, InvalidInput, NotFound


class CampaignNotFound(NotFound):
    """No campaign has this id or address in this organisation."""

    code = "campaign_not_found"
    title = "There is no such campaign"


class CommitmentNotFound(NotFound):
    """No commitment of this person, or of this organisation, has this id."""

    code = "commitment_not_found"
    title = "There is no such commitment"


class IssueNotFound(NotFound):
    """No issue has this id."""

    code = "issue_not_found"
    title = "There is no such issue"


class PictureNotFound(NotFound):
    """No campaign shows a picture under this address."""

    code = "picture_not_found"
    title = "There is no such picture"


class TransitionNotAllowed(DomainError):
    """The table has no such step out of the present state, or its guard does not hold."""

    code = "transition_not_allowed"
    title = "This step is not possible now"

    def __init__(self, detail: str, *, state: str, allowed: list[str]) -> None:
        """Name the present state and the steps that are possible."""
        super().__init__(detail, extra={"state": state, "allowed": allowed})


class ReasonRequired(InvalidInput):
    """The step must be explained."""

    code = "reason_required"
    title = "Say why"

    def __init__(self) -> None:
        """Name the field."""
        hint = "Give the reason; it is kept in the history and told to those concerned."
        super().__init__(hint, errors=(FieldError("body.reason", "reason_required", hint),))


class PublishBlocked(InvalidInput):
    """Fields of the publish list are missing or wrong; `errors` name every one."""

    code = "publish_blocked"
    title = "The campaign is not complete"


class FieldLocked(DomainError):
    """A published field cannot be changed."""

    code = "field_locked"
    title = "This field is locked after publication"

    def __init__(self, field: str, label: str, hint: str) -> None:
        """Name the field, as programs know it and as people read it."""
        super().__init__(
            f"{label} is locked: {hint}",
            errors=(FieldError(f"body.{field}", "field_locked", hint),),
            extra={"field": field},
        )


class TermsChanged(DomainError):
    """What was submitted is not what would be published."""

    code = "terms_changed"
    title = "The terms changed after they were submitted"


class SamePersonReview(DomainError):
    """Who submitted a campaign does not approve it."""

    status = 403
    code = "second_person_needed"
    title = "Somebody else must approve this"


class CampaignNotOpen(DomainError):
    """The campaign does not take commitments in its present state."""

    code = "campaign_not_open"
    title = "The campaign does not take commitments now"


class DeadlinePassed(DomainError):
    """The database's clock has reached the deadline."""

    code = "deadline_passed"
    title = "The campaign has closed"


class CommitmentsHalted(DomainError):
    """The organisation has halted new commitments, or has not opened this step yet."""

    code = "commitments_halted"
    title = "New commitments are halted"


class CampaignsNotListed(DomainError):
    """The organisation's campaigns are found by their addresses only, or shown to nobody now."""

    status = 403
    code = "campaigns_not_listed"
    title = "This organisation does not list its campaigns"


class CapReached(DomainError):
    """Fewer units are left under the campaign's cap than were asked for."""

    code = "cap_reached"
    title = "The campaign has reached its cap"


class AcknowledgementMissing(InvalidInput):
    """One of the two acknowledgements was not given."""

    code = "acknowledgement_missing"
    title = "Both acknowledgements are needed"


class TermsOutdated(DomainError):
    """The person acknowledged another version of the terms than the published one."""

    code = "terms_outdated"
    title = "The terms shown were not the published ones"


class CommitmentDiffers(DomainError):
    """The id names a commitment already, with another content."""

    code = "commitment_differs"
    title = "This commitment exists with another content"


class WithdrawalLocked(DomainError):
    """On the last day a withdrawal may not take the goal away; the join step said so."""

    code = "withdrawal_locked"
    title = "On the last day the goal has to stay reached without your units"


class NoticeNotFound(NotFound):
    """No notice has this id."""

    code = "notice_not_found"
    title = "There is no such notice"


class NoticeNotPossible(DomainError):
    """The campaign's state, its dates or an earlier extension do not allow the notice."""

    code = "notice_not_possible"
    title = "This notice is not possible now"


class AnswerClosed(DomainError):
    """The time to answer is over, or the notice does not concern this commitment."""

    code = "answer_closed"
    title = "This notice cannot be answered for this commitment any more"


class AnswerGiven(DomainError):
    """A commitment answers a notice once."""

    code = "answer_given"
    title = "This notice was answered with something else"


class ConsentClosed(DomainError):
    """Nothing is asked of this commitment, or the time to answer is over."""

    code = "consent_closed"
    title = "This cannot be agreed or left any more"


class DeliveryDataMissing(InvalidInput):
    """The units are delivered to the member directly, and the address is not complete."""

    code = "delivery_data_missing"
    title = "Say where your units are delivered"


class WithdrawalClosed(DomainError):
    """Withdrawal is possible until the campaign closes."""

    code = "withdrawal_closed"
    title = "The commitment can no longer be withdrawn"


class IssueNotPossible(DomainError):
    """Issues are reported while deliveries are inspected, one at a time."""

    code = "issue_not_possible"
    title = "An issue cannot be reported now"


class IssueResolved(DomainError):
    """The issue was decided before."""

    code = "issue_resolved"
    title = "The issue is resolved already"


class RefundExceedsEscrow(DomainError):
    """Less is in escrow for the commitment than was to be returned."""

    code = "refund_exceeds_escrow"
    title = "Less than that is in escrow"


class CommitmentDisputed(TransitionNotAllowed):
    """The member's bank disputes the payment: nothing is refunded or released meanwhile."""

    code = "commitment_disputed"
    title = "The payment is disputed"

    def __init__(self, *, state: str, allowed: list[str]) -> None:
        """Say that the bank's decision goes first."""
        hint = "Wait for the bank's decision; the money is with the bank."
        super().__init__(hint, state=state, allowed=allowed)


class RefundNotFound(NotFound):
    """No refund has this id."""

    code = "refund_not_found"
    title = "There is no such refund"


class PreviewOutdated(DomainError):
    """What would be done now is not what was previewed; preview it again."""

    code = "preview_outdated"
    title = "This is no longer what was previewed"


class CoverageGap(DomainError):
    """The provider holds less than what is held for members, supplier and bond."""

    code = "coverage_gap"
    title = "Releases are blocked until the gap is covered"

    def __init__(self, missing_minor: int, currency: str) -> None:
        """Name the gap, in minor units."""
        super().__init__(
            f"{missing_minor} minor units of {currency} are missing.",
            extra={"missing_minor": missing_minor, "currency": currency},
        )


class FeatureSwitchedOff(DomainError):
    """The organisation has not switched this feature on in its settings."""

    code = "feature_switched_off"
    title = "This organisation has not switched this on"

    def __init__(self, feature: str) -> None:
        """Name the setting."""
        hint = f"The setting {feature} of campaigns is off; whoever changes the rules can set it."
        super().__init__(hint, extra={"feature": feature})


class SupplierNotVerified(DomainError):
    """The organisation releases to verified suppliers only, and this one is not."""

    code = "supplier_not_verified"
    title = "The supplier's identity is not verified"


class ChargeDiffers(DomainError):
    """The reference names a fee already, with another content."""

    code = "charge_differs"
    title = "This fee is recorded with another content"


class LedgerRefused(DomainError):
    """The ledger refused a transfer for a reason the rules do not foresee."""

    status = 503
    code = "ledger_refused"
    title = "The books did not take this entry"
