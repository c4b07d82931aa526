"""Updates of the organiser, and questions with their answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import (
    CampaignNotFound,
)
from metatron.apps.campaigns.events import QuestionMoved, UpdatePublished
from metatron.apps.campaigns.machine.locking import lock_campaign, take_turn
from metatron.apps.campaigns.permissions import COMMIT, ORGANISE
from metatron.apps.campaigns.rules.joined import has_joined
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.talk.errors import QuestionClosed, QuestionNotFound, TooManyQuestions
from metatron.apps.campaigns.talk.tables import Question, Update
from metatron.apps.campaigns.wording import banned_words_in
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

MOST_OPEN = 5
"""Questions of one person about one campaign that wait for an answer."""


async def publish_update(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    title: str,
    text: str,
    now: datetime,
) -> Update:
    """Publish an update on the campaign's page, in the doctrine's words.

    Raises:
        CampaignNotFound: no such campaign, or not published.
        InvalidInput: a word that members are never addressed with.
    """
    context.demand(ORGANISE)
    await _published(session, context, campaign_id)
    for field, content in (("title", title), ("text", text)):
        check_words(field, content)
    update = Update(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign_id,
        title=title,
        text=text,
        published_by=context.actor_id,
        published_at=now,
    )
    session.add(update)
    await session.flush()
    event = UpdatePublished(aggregate_id=campaign_id, update_id=update.id)
    await publish(session, context, event, now=now)
    return update


def check_words(field: str, content: str) -> None:
    """Refuse a text towards members that uses words of the doctrine's list.

    Raises:
        InvalidInput: naming the words.
    """
    found = banned_words_in(content)
    if found:
        hint = f"Members are never addressed with: {', '.join(found)}."
        raise InvalidInput.field(f"body.{field}", "words_not_used", hint)


async def _published(session: AsyncSession, context: Context, campaign_id: UUID) -> Campaign:
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if campaign.visibility == "draft":
        raise CampaignNotFound
    return campaign


async def ask(
    session: AsyncSession, context: Context, *, campaign_id: UUID, text: str, now: datetime
) -> Question:
    """Ask a question about a published campaign.

    Raises:
        CampaignNotFound: none is published under this id; a hidden one only for those in it.
        TooManyQuestions: five of this person's wait for an answer.
    """
    context.demand(COMMIT)
    assert context.actor_id is not None
    campaign = await _published(session, context, campaign_id)
    if campaign.visibility == "hidden" and not await has_joined(session, context, campaign_id):
        raise CampaignNotFound
    await take_turn(session, f"campaigns/{campaign_id}/questions/{context.actor_id}")
    waiting = select(func.count()).where(
        Question.tenant_id == context.tenant_id,
        Question.campaign_id == campaign_id,
        Question.asked_by == context.actor_id,
        Question.state == "open",
    )
    if int((await session.execute(waiting)).scalar_one()) >= MOST_OPEN:
        raise TooManyQuestions
    question = Question(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign_id,
        asked_by=context.actor_id,
        text=text,
        asked_at=now,
        state="open",
        version=1,
    )
    session.add(question)
    await session.flush()
    await _announce(session, context, question, now)
    return question


async def answer_question(
    session: AsyncSession, context: Context, *, question_id: UUID, answer: str, now: datetime
) -> Question:
    """Answer a question; it is public from then on, without the asker's name.

    Raises:
        QuestionNotFound: no such question.
        QuestionClosed: it was answered or hidden before.
        InvalidInput: a word that members are never addressed with.
    """
    context.demand(ORGANISE)
    check_words("answer", answer)
    question = await _lock(session, context, question_id)
    question.answer = answer
    return await _close(session, context, question, "answered", now)


async def hide_question(
    session: AsyncSession, context: Context, *, question_id: UUID, now: datetime
) -> Question:
    """Keep a question from the public: abuse, or somebody's personal matter.

    Raises:
        QuestionNotFound: no such question.
        QuestionClosed: it was answered or hidden before.
    """
    context.demand(ORGANISE)
    question = await _lock(session, context, question_id)
    return await _close(session, context, question, "hidden", now)


async def _lock(session: AsyncSession, context: Context, question_id: UUID) -> Question:
    query = (
        select(Question)
        .where(Question.tenant_id == context.tenant_id, Question.id == question_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    question = (await session.execute(query)).scalar_one_or_none()
    if question is None:
        raise QuestionNotFound
    if question.state != "open":
        raise QuestionClosed
    return question


async def _close(
    session: AsyncSession, context: Context, question: Question, state: str, now: datetime
) -> Question:
    question.state, question.version = state, question.version + 1
    question.answered_by, question.answered_at = context.actor_id, now
    await session.flush()
    await _announce(session, context, question, now)
    return question


async def _announce(
    session: AsyncSession, context: Context, question: Question, now: datetime
) -> None:
    event = QuestionMoved(
        aggregate_id=question.campaign_id, question_id=question.id, state=question.state
    )
    await publish(session, context, event, now=now)
