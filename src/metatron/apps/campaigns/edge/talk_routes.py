"""Routes of updates, questions and the log of told messages."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import answers, talk_schemas
from metatron.apps.campaigns.edge.paging import (
    Cursor,
    Limit,
    StateFilter,
    Words,
    answer_json,
    answer_page_of,
)
from metatron.apps.campaigns.permissions import COMMIT, ORGANISE, READ
from metatron.apps.campaigns.talk import errors as talk_errors
from metatron.apps.campaigns.talk import queries as talk_queries
from metatron.apps.campaigns.talk import updates
from metatron.apps.campaigns.talk.tables import Question
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["campaign talk"])


@router.get(
    "/campaigns/{campaign_id}/updates",
    response_model=answers.Page[talk_schemas.UpdateShown],
)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_updates(
    campaign_id: UUID, read: Read, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List what the public was told, the newest first."""
    return await answer_page_of(
        read, campaign_id, talk_queries.UPDATES, None, limit=limit, cursor=cursor
    )


@router.post(
    "/campaigns/{campaign_id}/updates", status_code=201, response_model=talk_schemas.UpdateShown
)
@requires(ORGANISE, raises=(errors.CampaignNotFound,))
async def add_update(campaign_id: UUID, body: talk_schemas.UpdateBody, unit: Unit) -> Response:
    """Publish an update on the campaign's page."""
    update = await updates.publish_update(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        title=body.title,
        text=body.text,
        now=unit.now,
    )
    names = talk_schemas.UpdateShown.model_fields
    return answer_json({name: getattr(update, name) for name in names}, status=201)


@router.get(
    "/campaigns/{campaign_id}/questions",
    response_model=answers.Page[talk_schemas.QuestionShown],
)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_questions(
    campaign_id: UUID,
    read: Read,
    state: StateFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List a campaign's questions, the newest first."""
    return await answer_page_of(
        read, campaign_id, talk_queries.QUESTIONS, state, limit=limit, cursor=cursor
    )


@router.post(
    "/campaigns/{campaign_id}/questions", status_code=201, response_model=talk_schemas.QuestionShown
)
@requires(COMMIT, raises=(errors.CampaignNotFound, talk_errors.TooManyQuestions))
async def ask_question(campaign_id: UUID, body: talk_schemas.QuestionBody, unit: Unit) -> Response:
    """Ask a question; it is public once it is answered, without a name."""
    question = await updates.ask(
        unit.session, unit.context, campaign_id=campaign_id, text=body.text, now=unit.now
    )
    return _question(question, status=201)


@router.post("/questions/{question_id}/answer", response_model=talk_schemas.QuestionShown)
@requires(ORGANISE, raises=(talk_errors.QuestionNotFound, talk_errors.QuestionClosed))
async def answer_question(question_id: UUID, body: talk_schemas.AnswerBody, unit: Unit) -> Response:
    """Answer a question; both are public from then on."""
    question = await updates.answer_question(
        unit.session, unit.context, question_id=question_id, answer=body.answer, now=unit.now
    )
    return _question(question)


@router.post("/questions/{question_id}/hide", response_model=talk_schemas.QuestionShown)
@requires(ORGANISE, raises=(talk_errors.QuestionNotFound, talk_errors.QuestionClosed))
async def hide_question(question_id: UUID, unit: Unit) -> Response:
    """Keep a question from the public."""
    question = await updates.hide_question(
        unit.session, unit.context, question_id=question_id, now=unit.now
    )
    return _question(question)


@router.get(
    "/campaigns/{campaign_id}/messages",
    response_model=answers.Page[talk_schemas.MessageShown],
)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_told_messages(
    campaign_id: UUID,
    read: Read,
    template: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List which message told whom of which step, the newest first."""
    return await answer_page_of(
        read, campaign_id, talk_queries.MESSAGES, template, limit=limit, cursor=cursor
    )


def _question(question: Question, *, status: int = 200) -> Response:
    names = talk_schemas.QuestionShown.model_fields
    return answer_json({name: getattr(question, name) for name in names}, status=status)
