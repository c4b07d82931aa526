"""The route of refunds that nobody held the money for: asked for here, approved by another."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.care.borne_refunds import ask_loss
from metatron.apps.campaigns.care.errors import ProviderActionNotFound, ProviderActionNotPossible
from metatron.apps.campaigns.edge.money_answers import WaitingAnswer
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.edge.schemas import Body, Note
from metatron.apps.campaigns.permissions import SETTLE
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit

router = Router(tags=["campaign money"])


class LossBody(Body):
    """Why the bond bears it: who refunded at the provider, and what was found out."""

    reason: Note


@router.post(
    "/campaign-provider-actions/{action_id}/loss", status_code=202, response_model=WaitingAnswer
)
@requires(
    SETTLE,
    raises=(ProviderActionNotFound, ProviderActionNotPossible, errors.CommitmentNotFound),
    idempotency="required",
)
async def ask_refund_loss(action_id: UUID, body: LossBody, unit: Unit) -> Response:
    """Ask a second person to have the bond bear what a refund took beyond what was held."""
    approval = await ask_loss(
        unit.session, unit.context, action_id=action_id, reason=body.reason, now=unit.now
    )
    return answer_json({"approval_id": approval.id}, status=202)
