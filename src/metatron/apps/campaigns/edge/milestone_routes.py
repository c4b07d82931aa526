"""Routes of milestones, of evidence, and of the inspection's issues before they are decided."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.delivery import errors as refused
from metatron.apps.campaigns.delivery import inspection, issue_talk, milestones
from metatron.apps.campaigns.delivery.evidence import Shown
from metatron.apps.campaigns.delivery.milestone_tables import Evidence, Milestone
from metatron.apps.campaigns.edge import administration_answers, answers, delivery_queries
from metatron.apps.campaigns.edge import milestone_schemas as shapes
from metatron.apps.campaigns.edge.organiser_routes import show
from metatron.apps.campaigns.edge.paging import answer_json, must_exist
from metatron.apps.campaigns.permissions import ORGANISE, READ, SETTLE, SUPPLY
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.files.interface import FileNotFound

router = Router(tags=["campaign milestones"])
EVIDENCE_REFUSALS = (refused.EvidenceReused, FileNotFound)


@router.get("/campaigns/{campaign_id}/milestones", response_model=shapes.MilestoneListAnswer)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_milestones(campaign_id: UUID, read: Read) -> Response:
    """List a campaign's milestones with their evidence; none before the allocation."""
    await must_exist(read, campaign_id)
    found = await read.direct.json(read.context, delivery_queries.MILESTONES, campaign_id, None)
    return Response(found, media_type="application/json")


@router.get(
    "/supplier/campaigns/{campaign_id}/milestones", response_model=shapes.MilestoneListAnswer
)
@requires(SUPPLY, raises=(errors.CampaignNotFound,))
async def list_supplied_milestones(campaign_id: UUID, read: Read) -> Response:
    """List the milestones of a campaign one supplies."""
    key = (campaign_id, read.context.actor_id)
    if await read.direct.row(read.context, delivery_queries.SUPPLIED_EXISTS, *key) is None:
        raise errors.CampaignNotFound
    found = await read.direct.json(read.context, delivery_queries.MILESTONES, *key)
    return Response(found, media_type="application/json")


@router.post(
    "/milestones/{milestone_id}/evidence", status_code=201, response_model=shapes.EvidenceAnswer
)
@signed_in(
    raises=(
        refused.MilestoneNotFound,
        refused.MilestoneNotPossible,
        *EVIDENCE_REFUSALS,
    )
)
async def give_evidence(milestone_id: UUID, body: shapes.EvidenceBody, unit: Unit) -> Response:
    """Give an uploaded file as evidence; the campaign's supplier and organisers may."""
    evidence = await milestones.give_evidence(
        unit.session,
        unit.context,
        milestone_id=milestone_id,
        shown=Shown(body.file_id, body.note, body.taken_at),
        now=unit.now,
    )
    return _evidence(evidence)


@router.post("/milestones/{milestone_id}/reject", response_model=shapes.MilestoneAnswer)
@requires(
    SETTLE,
    raises=(
        refused.MilestoneNotFound,
        refused.MilestoneNotPossible,
        errors.ReasonRequired,
    ),
)
async def reject(milestone_id: UUID, body: shapes.ReasonGivenBody, unit: Unit) -> Response:
    """Reject a milestone's evidence, with a reason."""
    return _milestone(
        await milestones.reject(
            unit.session,
            unit.context,
            milestone_id=milestone_id,
            reason=body.reason,
            now=unit.now,
        )
    )


@router.post("/milestones/{milestone_id}/approve", response_model=shapes.MilestoneAnswer)
@requires(
    SETTLE,
    raises=(
        refused.MilestoneNotFound,
        refused.MilestoneNotPossible,
        errors.LedgerRefused,
    ),
    idempotency="required",
)
async def approve(milestone_id: UUID, body: shapes.ReasonGivenBody, unit: Unit) -> Response:
    """Approve a milestone; another person approves the release where the rules say so."""
    return _milestone(
        await milestones.approve(
            unit.session,
            unit.context,
            milestone_id=milestone_id,
            reason=body.reason,
            now=unit.now,
        )
    )


@router.post("/campaigns/{campaign_id}/inspection-extension", response_model=answers.CampaignAnswer)
@requires(
    ORGANISE,
    raises=(errors.CampaignNotFound, errors.TransitionNotAllowed, errors.ReasonRequired),
    idempotency="required",
)
async def extend_inspection(campaign_id: UUID, body: shapes.InspectionBody, unit: Unit) -> Response:
    """Give members longer to inspect, once; everybody is told why."""
    await inspection.extend_inspection(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        until=body.until,
        reason=body.reason,
        now=unit.now,
    )
    return await show(unit, campaign_id)


@router.post("/issues/{issue_id}/evidence", status_code=201, response_model=shapes.EvidenceAnswer)
@signed_in(raises=(errors.IssueNotFound, errors.IssueResolved, *EVIDENCE_REFUSALS))
async def show_issue(issue_id: UUID, body: shapes.EvidenceBody, unit: Unit) -> Response:
    """Give an uploaded file as evidence of an issue; its member and its supplier may."""
    evidence = await issue_talk.show_issue(
        unit.session,
        unit.context,
        issue_id=issue_id,
        shown=Shown(body.file_id, body.note, body.taken_at),
        now=unit.now,
    )
    return _evidence(evidence)


@router.get("/issues/{issue_id}/evidence", response_model=shapes.EvidenceListAnswer)
@requires(READ, raises=(errors.IssueNotFound,))
async def list_issue_evidence(issue_id: UUID, read: Read) -> Response:
    """List what was given as evidence of an issue."""
    if await read.direct.row(read.context, delivery_queries.ISSUE_EXISTS, issue_id) is None:
        raise errors.IssueNotFound
    found = await read.direct.json(read.context, delivery_queries.ISSUE_EVIDENCE, issue_id)
    return Response(found, media_type="application/json")


@router.post("/issues/{issue_id}/answer", response_model=administration_answers.IssueAnswer)
@requires(SUPPLY, raises=(errors.IssueNotFound, errors.IssueResolved))
async def answer_issue(issue_id: UUID, body: shapes.IssueAnswerBody, unit: Unit) -> Response:
    """Give the supplier's side of an issue."""
    issue = await issue_talk.answer_issue(
        unit.session, unit.context, issue_id=issue_id, answer=body.answer, now=unit.now
    )
    names = administration_answers.IssueAnswer.model_fields
    return answer_json({name: getattr(issue, name) for name in names})


def _milestone(milestone: Milestone) -> Response:
    names = shapes.MilestoneAnswer.model_fields
    shown = {name: getattr(milestone, name) for name in names}
    return answer_json(shown, version=milestone.version)


def _evidence(evidence: Evidence) -> Response:
    names = shapes.EvidenceAnswer.model_fields
    return answer_json({name: getattr(evidence, name) for name in names}, status=201)
