"""The actions that applications let people approve; registered when their module is imported."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.approvals.tables import ApprovalState


@dataclass(frozen=True, slots=True)
class Approval:
    """A request for approval as applications see it. `payload_hash` is SHA-256 in hex.

    `requested_by` is the id of the credential's actor; `requester_ids` are all the people behind
    it: an impersonated user, the operator, the maker of the API key. `party_ids` are the people
    whose own matter it is; `agreed_by` is the first of two, where no person asked.
    """

    id: UUID
    action: str
    subject_kind: str
    subject_id: UUID
    payload: dict[str, Any]
    payload_hash: str
    summary: str
    amount_minor: int | None
    currency: str | None
    reason: str
    requested_by: UUID | None
    requester_ids: frozenset[UUID]
    party_ids: frozenset[UUID]
    requested_at: datetime
    state: ApprovalState
    agreed_by: UUID | None
    agreed_at: datetime | None
    agreed_reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    decision_reason: str | None
    expires_at: datetime
    outcome: dict[str, Any] | None
    version: int


class Execute(Protocol):
    """Does what was approved: a use case in the approver's transaction and name."""

    def __call__(
        self,
        session: AsyncSession,
        context: Context,
        *,
        payload: dict[str, Any],
        approval: Approval,
        now: datetime,
    ) -> Awaitable[dict[str, Any]]:
        """Return the outcome (JSON); a `DomainError` leaves everything as it was."""
        ...


@dataclass(frozen=True, slots=True)
class ApprovalAction:
    """What can be asked for and approved.

    `name` is `<module>.<verb>`. `describe` says in plain words what the payload will do; it is
    shown beside the requester's own summary, which it does not trust, and reads the request's
    `currency` beside the payload. `execute` locks its subject
    itself and judges it anew: much may have happened since the request.
    """

    name: str
    request_permission: str
    approve_permission: str
    execute: Execute
    describe: Callable[[dict[str, Any]], str] | None = None
    title: str = ""
    is_fixed: bool = False
    """Always asked for, whatever an organisation would choose: no rule of its own is offered."""


_known: dict[str, ApprovalAction] = {}


def register_action(action: ApprovalAction) -> None:
    """Make an action known by its name; called when the owning module is imported."""
    known = _known.setdefault(action.name, action)
    assert known == action, f"two actions are named {action.name}"


def action_named(name: str) -> ApprovalAction | None:
    """Return a registered action, None for a name nobody registered in this process."""
    return _known.get(name)


def all_actions() -> list[ApprovalAction]:
    """Return the registered actions by name."""
    return sorted(_known.values(), key=lambda action: action.name)
