"""Routes of suppliers' proposals: asked for, submitted, countered, accepted or let go."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import answers, proposal_queries
from metatron.apps.campaigns.edge import proposal_schemas as shapes
from metatron.apps.campaigns.edge.paging import Cursor, Limit, answer_json, answer_page, must_exist
from metatron.apps.campaigns.permissions import ORGANISE, READ, SUPPLY
from metatron.apps.campaigns.supply import proposals
from metatron.apps.campaigns.supply.errors import ProposalNotFound, ProposalNotPossible
from metatron.apps.campaigns.supply.proposal_tables import Proposal
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["supplier proposals"])
REFUSALS = (ProposalNotFound, ProposalNotPossible)


@router.get(
    "/campaigns/{campaign_id}/proposals", response_model=answers.Page[shapes.ListedProposal]
)
@requires(READ, raises=(errors.CampaignNotFound,))
async def list_proposals(
    campaign_id: UUID, read: Read, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List what suppliers proposed for a campaign, the newest first."""
    await must_exist(read, campaign_id)
    filters = (campaign_id, None)
    return await answer_page(read, proposal_queries.PROPOSALS, *filters, limit=limit, cursor=cursor)


@router.get("/supplier/proposals", response_model=answers.Page[shapes.ListedProposal])
@requires(SUPPLY)
async def list_own_proposals(read: Read, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the proposals one is asked for or has made, the newest first."""
    own = (None, read.context.actor_id)
    return await answer_page(read, proposal_queries.PROPOSALS, *own, limit=limit, cursor=cursor)


@router.post(
    "/campaigns/{campaign_id}/proposals", status_code=201, response_model=shapes.ProposalAnswer
)
@requires(ORGANISE, raises=(errors.CampaignNotFound, ProposalNotPossible))
async def ask_for_proposal(campaign_id: UUID, unit: Unit) -> Response:
    """Ask the supplier that a draft names for its price and its most units."""
    proposal = await proposals.ask_proposal(
        unit.session, unit.context, campaign_id=campaign_id, now=unit.now
    )
    return _shown(proposal, status=201)


@router.post("/supplier/proposals/{proposal_id}/submit", response_model=shapes.ProposalAnswer)
@requires(SUPPLY, raises=REFUSALS)
async def submit_proposal(proposal_id: UUID, body: shapes.ProposalBody, unit: Unit) -> Response:
    """Submit a proposal, or answer a counter-proposal with another."""
    proposal = await proposals.submit(
        unit.session,
        unit.context,
        proposal_id=proposal_id,
        terms=proposals.Terms(body.units_max, body.unit_price_minor, body.note),
        expires_at=body.expires_at,
        now=unit.now,
    )
    return _shown(proposal)


@router.post("/supplier/proposals/{proposal_id}/withdraw", response_model=shapes.ProposalAnswer)
@requires(SUPPLY, raises=(*REFUSALS, errors.ReasonRequired))
async def withdraw_own_proposal(proposal_id: UUID, body: shapes.WhyBody, unit: Unit) -> Response:
    """Withdraw one's own proposal while the campaign is a draft."""
    proposal = await proposals.withdraw_proposal(
        unit.session, unit.context, proposal_id=proposal_id, reason=body.reason, now=unit.now
    )
    return _shown(proposal)


@router.post("/proposals/{proposal_id}/counter", response_model=shapes.ProposalAnswer)
@requires(ORGANISE, raises=(*REFUSALS, errors.FeatureSwitchedOff))
async def counter_proposal(proposal_id: UUID, body: shapes.CounterBody, unit: Unit) -> Response:
    """Answer a proposal with other terms, where the organisation's rules allow it."""
    proposal = await proposals.counter(
        unit.session,
        unit.context,
        proposal_id=proposal_id,
        terms=proposals.Terms(body.units_max, body.unit_price_minor, body.note),
        now=unit.now,
    )
    return _shown(proposal)


@router.post("/proposals/{proposal_id}/accept", response_model=shapes.ProposalAnswer)
@requires(ORGANISE, raises=REFUSALS)
async def accept_supplier_proposal(proposal_id: UUID, unit: Unit) -> Response:
    """Accept a proposal: its price and its most units go into the draft."""
    proposal = await proposals.accept_proposal(
        unit.session, unit.context, proposal_id=proposal_id, now=unit.now
    )
    return _shown(proposal)


@router.post("/proposals/{proposal_id}/decline", response_model=shapes.ProposalAnswer)
@signed_in(raises=(*REFUSALS, errors.ReasonRequired))
async def decline_supplier_proposal(
    proposal_id: UUID, body: shapes.WhyBody, unit: Unit
) -> Response:
    """Decline what the other side asks or submitted; organisers and the supplier may."""
    proposal = await proposals.decline_proposal(
        unit.session, unit.context, proposal_id=proposal_id, reason=body.reason, now=unit.now
    )
    return _shown(proposal)


def _shown(proposal: Proposal, *, status: int = 200) -> Response:
    names = shapes.ProposalAnswer.model_fields
    shown = {name: getattr(proposal, name) for name in names}
    return answer_json(shown, status=status, version=proposal.version)
