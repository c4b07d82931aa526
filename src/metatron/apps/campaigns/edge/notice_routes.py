"""Routes of extensions, notices of delay, and their answers."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import answers, notice_schemas, queries, views
from metatron.apps.campaigns.edge.paging import answer_json, must_exist
from metatron.apps.campaigns.gathering import notices
from metatron.apps.campaigns.gathering.answering import answer_notice
from metatron.apps.campaigns.permissions import COMMIT, ORGANISE, READ, REVIEW
from metatron.apps.campaigns.tables import Campaign, Notice
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["campaign notices"])


@router.get("/campaigns/{campaign_id}/notices", response_model=notice_schemas.NoticeListAnswer)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_notices(campaign_id: UUID, read: Read) -> Response:
    """List a campaign's notices, the newest first."""
    await must_exist(read, campaign_id)
    found = await read.direct.json(read.context, queries.NOTICES_OF_CAMPAIGN, campaign_id)
    return Response(found, media_type="application/json")


@router.get("/commitments/{commitment_id}/notices", response_model=notice_schemas.OwnNoticesAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound,))
async def list_own_notices(commitment_id: UUID, read: Read) -> Response:
    """List what a member is asked about one of their own commitments, with the answers."""
    found = await read.direct.json(
        read.context, queries.NOTICES_OF_COMMITMENT, commitment_id, read.context.actor_id
    )
    if found is None:
        raise errors.CommitmentNotFound
    return Response(found, media_type="application/json")


@router.post(
    "/campaigns/{campaign_id}/extension",
    status_code=201,
    response_model=notice_schemas.NoticeShown,
)
@requires(
    ORGANISE,
    raises=(errors.CampaignNotFound, errors.NoticeNotPossible),
    idempotency="required",
)
async def ask_extension(campaign_id: UUID, body: notice_schemas.NoticeBody, unit: Unit) -> Response:
    """Request a later closing time; another person extends the campaign with it."""
    notice = await notices.request_extension(
        unit.session, unit.context, campaign_id=campaign_id, told=_told(body), now=unit.now
    )
    return _shown(notice, status=201)


@router.post(
    "/campaigns/{campaign_id}/notices", status_code=201, response_model=notice_schemas.NoticeShown
)
@requires(
    ORGANISE,
    raises=(errors.CampaignNotFound, errors.TransitionNotAllowed),
    idempotency="required",
)
async def tell_delay(campaign_id: UUID, body: notice_schemas.NoticeBody, unit: Unit) -> Response:
    """Tell every member of a delay and ask each to stay or to leave."""
    notice = await notices.give_notice(
        unit.session, unit.context, campaign_id=campaign_id, told=_told(body), now=unit.now
    )
    return _shown(notice, status=201)


@router.post("/notices/{notice_id}/refuse", response_model=notice_schemas.NoticeShown)
@requires(REVIEW, raises=(errors.NoticeNotFound, errors.NoticeNotPossible))
async def refuse_extension(notice_id: UUID, unit: Unit) -> Response:
    """Refuse a requested extension; the closing time stays."""
    notice = await notices.refuse_extension(
        unit.session, unit.context, notice_id=notice_id, now=unit.now
    )
    return _shown(notice)


@router.post("/notices/{notice_id}/answer", response_model=answers.CommitmentAnswer)
@requires(
    COMMIT,
    raises=(
        errors.NoticeNotFound,
        errors.CommitmentNotFound,
        errors.AnswerClosed,
        errors.AnswerGiven,
        errors.WithdrawalClosed,
        errors.WithdrawalLocked,
        errors.LedgerRefused,
    ),
    idempotency="required",
)
async def answer_own_notice(
    notice_id: UUID, body: notice_schemas.NoticeAnswerBody, unit: Unit
) -> Response:
    """Stay, or leave with a full refund."""
    commitment = await answer_notice(
        unit.session,
        unit.context,
        notice_id=notice_id,
        commitment_id=body.commitment_id,
        answer=body.answer,
        now=unit.now,
    )
    key = (unit.context.tenant_id, commitment.campaign_id)
    campaign = await unit.session.get(Campaign, key)
    assert campaign is not None
    shown = await views.commitment_view(
        unit.session, unit.context, campaign, commitment, now=unit.now
    )
    return answer_json(shown, version=commitment.version)


def _told(body: notice_schemas.NoticeBody) -> notices.Told:
    return notices.Told(body.what, body.why, body.worst_case, body.new_date_at)


def _shown(notice: Notice, *, status: int = 200) -> Response:
    names = notice_schemas.NoticeShown.model_fields
    return answer_json({name: getattr(notice, name) for name in names}, status=status)
