"""Asking for approval, taking the request back, and its end when nobody decides."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.kernel.money import MAX_API_AMOUNT, is_currency
from metatron.platform.approvals import events
from metatron.platform.approvals.actions import Approval, ApprovalAction, action_named
from metatron.platform.approvals.errors import ApprovalClosed, NotRequester
from metatron.platform.approvals.payloads import hash_of, plain_payload
from metatron.platform.approvals.people import (
    kind_of_requester,
    people_behind,
    with_makers,
)
from metatron.platform.approvals.rows import announce, end, load, shown
from metatron.platform.approvals.rules import read_rules
from metatron.platform.approvals.tables import OPEN, ApprovalRow

EXPIRE_JOB = "approvals.expire"
TELL_JOB = "approvals.tell_approvers"
LONGEST_TEXT = 1_000


async def request_approval(
    session: AsyncSession,
    context: Context,
    *,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    payload: dict[str, Any],
    summary: str,
    reason: str,
    amount_minor: int | None = None,
    currency: str | None = None,
    party_ids: Collection[UUID] = (),
    now: datetime,
) -> Approval:
    """Ask for `action` to be approved by another person; returns the open request.

    Where no person asks (the system, an admin key) two people have to approve.
    The same request (action, subject and payload), while open, is returned and not made again.

    Args:
        session: the business transaction.
        context: who asks; people, programs and the system may.
        action: a registered name.
        subject_kind: what `subject_id` is, such as "campaign".
        subject_id: the record the action is about.
        payload: what `execute` will be given: JSON without fractions.
        summary: one sentence for the approver: amount, person, effect.
        reason: why it is asked for.
        amount_minor: minor units, when money moves; with `currency`.
        currency: ISO 4217.
        party_ids: people whose own matter it is; they decide nothing.
        now: the instant on the tenant's clock.

    Raises:
        PermissionDenied: the actor may not ask for this action.
        InvalidInput: payload, texts or money do not fit.
    """
    known = action_named(action)
    assert known is not None, f"register_action was not called for {action}"
    if context.actor_kind != "system":
        context.demand(known.request_permission)
    summary, reason = _text("summary", summary), _text("reason", reason, least=0)
    _check_money(amount_minor, currency)
    plain = plain_payload(payload)
    rules = await read_rules(session, context)
    values = {
        "tenant_id": context.tenant_id,
        "id": new_id(),
        "action": known.name,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "payload": plain,
        "payload_hash": hash_of(plain),
        "summary": summary,
        "amount_minor": amount_minor,
        "currency": currency,
        "reason": reason,
        "requested_by": context.actor_id,
        "requested_by_kind": await kind_of_requester(session, context),
        "requester_ids": sorted(await people_behind(session, context)),
        "party_ids": sorted(await with_makers(session, context, party_ids)),
        "requested_at": now,
        "state": OPEN,
        "expires_at": now + timedelta(seconds=rules.expires_after_seconds),
        "version": 1,
    }
    return await _open(session, context, known, values, now)


async def _open(
    session: AsyncSession,
    context: Context,
    action: ApprovalAction,
    values: dict[str, Any],
    now: datetime,
) -> Approval:
    added = insert(ApprovalRow).values(values).on_conflict_do_nothing().returning(ApprovalRow.id)
    same = (
        select(ApprovalRow)
        .where(
            ApprovalRow.tenant_id == context.tenant_id,
            ApprovalRow.action == action.name,
            ApprovalRow.subject_id == values["subject_id"],
            ApprovalRow.payload_hash == values["payload_hash"],
            ApprovalRow.state == OPEN,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # A round is lost only to a request that was closed, or overdue, in between.
    while (await session.execute(added)).first() is None:
        row = await session.scalar(same)
        if row is not None and row.expires_at > now:
            return shown(row)
        if row is not None:
            await _expire(session, context, row, now)
    row = await load(session, context, values["id"])
    await announce(session, context, row, events.ApprovalRequested, now=now)
    await enqueue(session, context, EXPIRE_JOB, run_at=row.expires_at, approval_id=row.id)
    await enqueue(session, context, TELL_JOB, approval_id=row.id)
    return shown(row)


async def withdraw(
    session: AsyncSession, context: Context, *, approval_id: UUID, now: datetime
) -> Approval:
    """Take back one's own request.

    Raises:
        ApprovalNotFound: there is none under this id.
        NotRequester: somebody else asked.
        ApprovalClosed: it is not open any more.
    """
    row = await load(session, context, approval_id)
    people = await people_behind(session, context)
    if context.actor_kind != "system" and not people & set(row.requester_ids):
        raise NotRequester
    if row.state != OPEN:
        raise ApprovalClosed
    await end(session, row, "withdrawn", by=context.actor_id, now=now)
    await announce(session, context, row, events.ApprovalWithdrawn, now=now)
    return shown(row)


async def refuse_open(
    session: AsyncSession,
    context: Context,
    *,
    subject_id: UUID,
    action: str | None = None,
    reason: str,
    now: datetime,
) -> int:
    """Close a subject's open requests, of one action or all; returns how many.

    For applications: the subject has moved on and what was asked for cannot happen any more.
    """
    query = (
        select(ApprovalRow)
        .where(
            ApprovalRow.tenant_id == context.tenant_id,
            ApprovalRow.subject_id == subject_id,
            ApprovalRow.state == OPEN,
        )
        .order_by(ApprovalRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if action is not None:
        query = query.where(ApprovalRow.action == action)
    rows = (await session.scalars(query)).all()
    for row in rows:
        await end(session, row, "refused", by=context.actor_id, reason=reason, now=now)
        await announce(session, context, row, events.ApprovalRefused, now=now)
    return len(rows)


async def expire(
    session: AsyncSession, context: Context, *, approval_id: UUID, now: datetime
) -> bool:
    """End a request nobody decided in time; returns whether it was open and overdue."""
    row = await load(session, context, approval_id)
    if row.state != OPEN or row.expires_at > now:
        return False
    await _expire(session, context, row, now)
    return True


async def _expire(session: AsyncSession, context: Context, row: ApprovalRow, now: datetime) -> None:
    await end(session, row, "expired", by=None, now=now)
    await announce(session, context, row, events.ApprovalExpired, now=now)


def _text(name: str, text: str, *, least: int = 1) -> str:
    text = " ".join(text.split())
    if not least <= len(text) <= LONGEST_TEXT or "\x00" in text:
        hint = f"Give {least} to {LONGEST_TEXT} characters."
        raise InvalidInput.field(name, "invalid_text", hint)
    return text


def _check_money(amount_minor: int | None, currency: str | None) -> None:
    if amount_minor is None and currency is None:
        return
    if amount_minor is None or currency is None or not is_currency(currency):
        hint = "Give amount_minor and an ISO 4217 currency together."
        raise InvalidInput.field("currency", "invalid_money", hint)
    if not 0 <= amount_minor <= MAX_API_AMOUNT:
        raise InvalidInput.field("amount_minor", "out_of_range", "It is negative or too large.")
