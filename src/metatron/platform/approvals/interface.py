"""What other modules may use of approvals."""

from metatron.platform.approvals.actions import Approval, ApprovalAction, register_action
from metatron.platform.approvals.concerning import Concern, register_concerns
from metatron.platform.approvals.errors import ApprovalNotFound, PersonNeeded
from metatron.platform.approvals.people import demand_person, is_another_person
from metatron.platform.approvals.requests import refuse_open, request_approval, withdraw
from metatron.platform.approvals.rules import needs_approval
from metatron.platform.approvals.waiting import WaitingDecision, register_waiting

__all__ = [
    "Approval",
    "ApprovalAction",
    "ApprovalNotFound",
    "Concern",
    "PersonNeeded",
    "WaitingDecision",
    "demand_person",
    "is_another_person",
    "needs_approval",
    "refuse_open",
    "register_action",
    "register_concerns",
    "register_waiting",
    "request_approval",
    "withdraw",
]
