"""What other people say to a request; the last yes it needs does the action with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.platform.approvals import events
from metatron.platform.approvals.actions import Approval, action_named
from metatron.platform.approvals.errors import (
    ActionUnknown,
    ApprovalClosed,
    ApprovalExpired,
    PartyToIt,
    PayloadChanged,
    SamePerson,
)
from metatron.platform.approvals.payloads import hash_of, plain_payload
from metatron.platform.approvals.people import demand_person, people_needed
from metatron.platform.approvals.permissions import DECIDE
from metatron.platform.approvals.rows import announce, end, load, shown
from metatron.platform.approvals.tables import OPEN, ApprovalRow


async def approve(
    session: AsyncSession,
    context: Context,
    *,
    approval_id: UUID,
    reason: str | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Approval:
    """Approve a request; the last approval it needs does its action, both or neither.

    A request that no person made needs two people: after the first one it stays open. The caller
    must not commit after a refusal, which may come from the action itself: nothing has changed
    then and the request stays open.

    Raises:
        ApprovalNotFound: there is none under this id.
        PersonNeeded: programs and impersonating operators decide nothing.
        PermissionDenied: the approver lacks `approvals:decide` or the action's own permission.
        SamePerson: whoever asked, under whatever name, cannot approve, and nobody approves twice.
        PartyToIt: it is the approver's own matter.
        ApprovalClosed: somebody decided before.
        ApprovalExpired: its time is over.
        ActionUnknown: no module of this process knows the action.
        PayloadChanged: the content does not have the hash of what was asked for.
        VersionConflict: the request changed since it was read.
        DomainError: whatever the action refuses.
    """
    row, person = await _undecided(session, context, approval_id, if_match, now)
    action = action_named(row.action)
    if action is None:
        raise ActionUnknown
    context.demand(action.approve_permission)
    if row.agreed_by == person:
        raise SamePerson
    if hash_of(row.payload) != row.payload_hash:
        raise PayloadChanged
    if row.agreed_by is None and people_needed(row.requested_by_kind) > 1:
        return await _agree(session, context, row, reason, now)
    asked = shown(row)
    outcome = await action.execute(
        session, context, payload=plain_payload(asked.payload), approval=asked, now=now
    )
    await end(
        session,
        row,
        "approved",
        by=person,
        reason=_reason(reason),
        outcome=plain_payload(outcome),
        now=now,
    )
    await announce(session, context, row, events.ApprovalApproved, now=now, decided_by=person)
    return shown(row)


async def _agree(
    session: AsyncSession, context: Context, row: ApprovalRow, reason: str | None, now: datetime
) -> Approval:
    row.agreed_by, row.agreed_at, row.agreed_reason = context.actor_id, now, _reason(reason)
    row.version += 1
    await session.flush()
    agreed = {"agreed_by": row.agreed_by}
    await announce(session, context, row, events.ApprovalAgreed, now=now, **agreed)
    return shown(row)


async def reject(
    session: AsyncSession,
    context: Context,
    *,
    approval_id: UUID,
    reason: str,
    if_match: str | None = None,
    now: datetime,
) -> Approval:
    """Say no to a request; nothing is done. Raises as `approve` does, and for an empty reason."""
    row, person = await _undecided(session, context, approval_id, if_match, now)
    action = action_named(row.action)
    if action is not None:
        context.demand(action.approve_permission)
    why = _reason(reason)
    if why is None:
        hint = "Say why; the person who asked reads it."
        raise InvalidInput.field("body.reason", "reason_required", hint)
    await end(session, row, "rejected", by=person, reason=why, now=now)
    await announce(session, context, row, events.ApprovalRejected, now=now, decided_by=person)
    return shown(row)


async def _undecided(
    session: AsyncSession,
    context: Context,
    approval_id: UUID,
    if_match: str | None,
    now: datetime,
) -> tuple[ApprovalRow, UUID]:
    row = await load(session, context, approval_id)
    person = demand_person(context)
    context.demand(DECIDE)
    if person in row.requester_ids:
        raise SamePerson
    if person in row.party_ids:
        raise PartyToIt
    if row.state != OPEN:
        raise ApprovalClosed
    if row.expires_at <= now:
        raise ApprovalExpired
    check_if_match(if_match, row.version)
    return row, person


def _reason(text: str | None) -> str | None:
    return " ".join((text or "").split())[:1_000] or None
