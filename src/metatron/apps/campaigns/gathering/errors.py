"""What the review of a submitted campaign refuses."""

from collections.abc import Sequence

from metatron.kernel.errors import DomainError


class ReviewBlocked(DomainError):
    """A role has deferred or rejected the campaign, and has not taken that back."""

    code = "review_blocked"
    title = "The review is not over"

    def __init__(self, roles: Sequence[str]) -> None:
        """Name the roles."""
        names = ", ".join(roles)
        super().__init__(f"Objections stand: {names}.", extra={"roles": list(roles)})


class ConstraintsNotMet(DomainError):
    """The campaign does not meet what somebody's acceptance depends on."""

    code = "constraints_not_met"
    title = "The campaign does not meet the reviewers' constraints"

    def __init__(self, missing: list[str]) -> None:
        """Name the constraints."""
        super().__init__(" ".join(missing), extra={"constraints": missing})
