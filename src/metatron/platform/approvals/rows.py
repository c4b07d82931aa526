"""A request's row: locked, ended once, announced."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import Event, publish
from metatron.platform.approvals.actions import Approval
from metatron.platform.approvals.errors import ApprovalNotFound
from metatron.platform.approvals.tables import OPEN, ApprovalRow, ApprovalState


async def load(session: AsyncSession, context: Context, approval_id: UUID) -> ApprovalRow:
    """Return a request under its lock, as committed; raise `ApprovalNotFound` for none."""
    query = (
        select(ApprovalRow)
        .where(ApprovalRow.tenant_id == context.tenant_id, ApprovalRow.id == approval_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = await session.scalar(query)
    if row is None:
        raise ApprovalNotFound
    return row


async def end(
    session: AsyncSession,
    row: ApprovalRow,
    state: ApprovalState,
    *,
    by: UUID | None,
    reason: str | None = None,
    outcome: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Give an open request its final state; its lock is held."""
    assert row.state == OPEN, "a request is decided once"
    row.state, row.decided_by, row.decided_at = state, by, now
    row.decision_reason, row.outcome = reason, outcome
    row.version += 1
    await session.flush()


async def announce(
    session: AsyncSession,
    context: Context,
    row: ApprovalRow,
    kind: type[Event],
    *,
    now: datetime,
    **more: Any,
) -> None:
    """Publish an event of the request on its subject's timeline."""
    event = kind(
        aggregate_id=row.subject_id,
        approval_id=row.id,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        payload_hash=row.payload_hash.hex(),
        amount_minor=row.amount_minor,
        currency=row.currency,
        requested_by=row.requested_by,
        **more,
    )
    await publish(session, context, event, now=now)


def shown(row: ApprovalRow) -> Approval:
    """Return the row as applications see it."""
    same = {
        name: getattr(row, name)
        for name in Approval.__dataclass_fields__
        if name not in {"payload_hash", "requester_ids", "party_ids"}
    }
    return Approval(
        **same,
        payload_hash=row.payload_hash.hex(),
        requester_ids=frozenset(row.requester_ids),
        party_ids=frozenset(row.party_ids),
    )


def row_facts(row: ApprovalRow) -> dict[str, Any]:
    """Return the row's values under the names of `queries`, ids as texts."""
    values: dict[str, Any] = {
        name: getattr(row, name) for name in (*Approval.__dataclass_fields__, "requested_by_kind")
    }
    values["payload_hash"] = row.payload_hash.hex()
    for name in ("requester_ids", "party_ids"):
        values[name] = [str(each) for each in values[name]]
    return values
