"""Routes of consent: a member answers to the part that the supplier accepted."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import answers, supply_schemas, views
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.supply.consenting import answer_consent
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit

router = Router(tags=["commitments"])


@router.post("/commitments/{commitment_id}/consent", response_model=answers.CommitmentAnswer)
@requires(
    COMMIT,
    raises=(
        errors.CommitmentNotFound,
        errors.ConsentClosed,
        errors.AnswerGiven,
        errors.LedgerRefused,
    ),
    idempotency="required",
)
async def consent(commitment_id: UUID, body: supply_schemas.ConsentBody, unit: Unit) -> Response:
    """Agree to the part that the supplier accepted, or leave with a full refund."""
    commitment = await answer_consent(
        unit.session, unit.context, commitment_id=commitment_id, answer=body.answer, now=unit.now
    )
    key = (unit.context.tenant_id, commitment.campaign_id)
    campaign = await unit.session.get(Campaign, key)
    assert campaign is not None
    shown = await views.commitment_view(
        unit.session, unit.context, campaign, commitment, now=unit.now
    )
    return answer_json(shown, version=commitment.version)
