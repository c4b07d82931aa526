"""Routes of settings, the stop switch, consolidation points, issues and refused refunds."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.delivery.issue_decisions import ask_decision
from metatron.apps.campaigns.edge import administration_answers as shapes
from metatron.apps.campaigns.edge import answers, queries, schemas, views
from metatron.apps.campaigns.edge.paging import (
    Cursor,
    Limit,
    StateFilter,
    answer_json,
    answer_page_of,
)
from metatron.apps.campaigns.money.refunds import retry_refund
from metatron.apps.campaigns.permissions import CONFIGURE, ORGANISE, READ, SETTLE
from metatron.apps.campaigns.rules.tenant_settings import (
    change_settings,
    read_settings,
    set_stop_switch,
)
from metatron.apps.campaigns.tables import Campaign, ConsolidationPoint, Settings
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.kernel.ids import new_id
from metatron.platform.approvals.interface import PersonNeeded

router = Router(tags=["campaign administration"])


@router.get("/campaign-settings", response_model=shapes.CampaignSettingsAnswer)
@requires(READ)
async def show_settings(unit: Unit) -> Response:
    """Show the organisation's settings."""
    return _settings(await read_settings(unit.session, unit.context))


@router.patch("/campaign-settings", response_model=shapes.CampaignSettingsAnswer)
@requires(CONFIGURE, raises=(PersonNeeded,))
async def edit_settings(body: schemas.SettingsBody, unit: Unit) -> Response:
    """Change settings."""
    changes = {
        name: value
        for name, value in body.model_dump(exclude_unset=True).items()
        if value is not None
    }
    return _settings(
        await change_settings(unit.session, unit.context, changes=changes, now=unit.now)
    )


@router.post("/campaign-settings/stop-switch", response_model=shapes.CampaignSettingsAnswer)
@requires(CONFIGURE)
async def stop_switch(body: schemas.StopSwitchBody, unit: Unit) -> Response:
    """Halt new commitments in the whole organisation, or let them in again."""
    settings = await set_stop_switch(
        unit.session, unit.context, halted=body.halted, reason=body.reason, now=unit.now
    )
    return _settings(settings)


def _settings(settings: Settings) -> Response:
    names = shapes.CampaignSettingsAnswer.model_fields
    return answer_json({name: getattr(settings, name) for name in names})


@router.get("/consolidation-points", response_model=list[answers.PointAnswer])
@requires(READ)
async def list_points(read: Read) -> Response:
    """List where bulk deliveries arrive, archived places too."""
    found = await read.direct.json(read.context, queries.CONSOLIDATION_POINTS)
    return Response(found, media_type="application/json")


@router.post("/consolidation-points", status_code=201, response_model=answers.PointAnswer)
@requires(ORGANISE)
async def add_point(body: schemas.ConsolidationPointBody, unit: Unit) -> Response:
    """Add a place where bulk deliveries arrive."""
    point = ConsolidationPoint(
        tenant_id=unit.context.tenant_id,
        id=new_id(),
        name=body.name,
        address=body.address,
        created_at=unit.now,
        version=1,
    )
    unit.session.add(point)
    await unit.session.flush()
    content = {name: getattr(point, name) for name in answers.PointAnswer.model_fields}
    return answer_json(content, status=201, version=point.version)


@router.get(
    "/campaigns/{campaign_id}/issues",
    response_model=answers.Page[shapes.ListedIssueAnswer],
)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_issues(
    campaign_id: UUID,
    read: Read,
    state: StateFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List a campaign's issues, the oldest first."""
    return await answer_page_of(
        read, campaign_id, queries.ISSUES_OF_CAMPAIGN, state, limit=limit, cursor=cursor
    )


@router.post("/issues/{issue_id}/resolve", response_model=shapes.DecidedIssueAnswer)
@requires(
    SETTLE,
    raises=(
        errors.IssueNotFound,
        errors.IssueResolved,
        errors.ReasonRequired,
        errors.CommitmentDisputed,
        errors.RefundExceedsEscrow,
        errors.TransitionNotAllowed,
    ),
    idempotency="required",
)
async def resolve_issue(issue_id: UUID, body: schemas.ResolutionBody, unit: Unit) -> Response:
    """Decide an issue: refund the commitment in full or in part, or let it be released.

    Answered with 202 and `approval_id` when what goes back waits for a second person.
    """
    decided = await ask_decision(
        unit.session,
        unit.context,
        issue_id=issue_id,
        outcome=body.outcome,
        resolution=body.resolution,
        refund_minor=body.refund_minor,
        now=unit.now,
    )
    shown = {name: getattr(decided.issue, name) for name in shapes.IssueAnswer.model_fields}
    status = 202 if decided.approval_id else 200
    return answer_json(shown | {"approval_id": decided.approval_id}, status=status)


@router.post("/commitments/{commitment_id}/retry-refund", response_model=answers.CommitmentAnswer)
@requires(
    SETTLE,
    raises=(
        errors.CommitmentNotFound,
        errors.TransitionNotAllowed,
        errors.CommitmentDisputed,
        errors.LedgerRefused,
    ),
    idempotency="required",
)
async def retry(commitment_id: UUID, unit: Unit) -> Response:
    """Have a refused refund instructed again."""
    commitment = await retry_refund(
        unit.session, unit.context, commitment_id=commitment_id, now=unit.now
    )
    key = (unit.context.tenant_id, commitment.campaign_id)
    campaign = await unit.session.get(Campaign, key)
    assert campaign is not None
    shown: dict[str, Any] = await views.commitment_view(
        unit.session, unit.context, campaign, commitment, now=unit.now
    )
    return answer_json(shown)
