"""A member answers a notice: stays, or leaves with a full refund."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import (
    AnswerClosed,
    AnswerGiven,
    CommitmentNotFound,
    NoticeNotFound,
)
from metatron.apps.campaigns.events import NoticeAnswered
from metatron.apps.campaigns.gathering.commitments import withdraw
from metatron.apps.campaigns.gathering.notices import lock_notice
from metatron.apps.campaigns.machine.locking import instant_by_database, lock_commitment
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.tables import Commitment, Notice, NoticeAnswer
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish

_GATHERING = frozenset({"placed", "authorising", "authorised", "held"})


async def answer_notice(
    session: AsyncSession,
    context: Context,
    *,
    notice_id: UUID,
    commitment_id: UUID,
    answer: str,
    now: datetime,
) -> Commitment:
    """Keep `stay` or `leave` for one's own commitment; leaving refunds it in full at once.

    Who stays may leave later, while the time to answer lasts.

    Raises:
        CommitmentNotFound, NoticeNotFound: none of this person's, or not of one campaign.
        AnswerClosed: the time to answer is over, or the commitment has ended.
        AnswerGiven: it was answered by leaving.
    """
    context.demand_lasting(COMMIT)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.member_id != context.actor_id:
        raise CommitmentNotFound
    notice = await lock_notice(session, context, notice_id)
    if notice.campaign_id != campaign.id or notice.state != "given":
        raise NoticeNotFound
    if not await _keep(session, context, notice, commitment, answer, now=now):
        return commitment
    if answer == "stay":
        return commitment
    if commitment.state in _GATHERING:
        return await withdraw(session, context, commitment_id=commitment_id, now=now)
    journal = await books.journal_for(session, context, campaign, trigger="leave", now=now)
    await begin_refunds(
        session, context, campaign, [commitment], step="leave", reason_code="participant_request",
        trigger="leave", now=now, by_system=False, also=[journal.free_units(commitment)],
    )  # fmt: skip
    return commitment


async def _keep(
    session: AsyncSession,
    context: Context,
    notice: Notice,
    commitment: Commitment,
    answer: str,
    *,
    now: datetime,
) -> bool:
    """Keep the answer; returns False when the same one was kept before."""
    kept = await session.get(NoticeAnswer, (context.tenant_id, notice.id, commitment.id))
    if kept is not None and kept.answer == answer:
        return False
    if kept is not None and kept.answer == "leave":
        raise AnswerGiven
    assert notice.answer_by is not None
    is_over = await instant_by_database(session, now) >= notice.answer_by
    if is_over or commitment.state not in _GATHERING | {"allocated"}:
        raise AnswerClosed
    assert context.actor_id is not None
    answered = kept or NoticeAnswer(
        tenant_id=context.tenant_id, notice_id=notice.id, commitment_id=commitment.id
    )
    answered.answer, answered.answered_by, answered.answered_at = answer, context.actor_id, now
    session.add(answered)
    await session.flush()
    event = NoticeAnswered(
        aggregate_id=notice.campaign_id,
        notice_id=notice.id,
        commitment_id=commitment.id,
        answer=answer,
    )
    await publish(session, context, event, now=now)
    return True
