"""Routes of a member's own delivery: where it goes, how far it is, what was released of it."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import own_delivery_queries as queries
from metatron.apps.campaigns.edge import own_delivery_schemas as shapes
from metatron.apps.campaigns.permissions import COMMIT
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read

router = Router(tags=["commitments"])


@router.get("/commitments/{commitment_id}/delivery", response_model=shapes.OwnDeliveryAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound,))
async def show_own_delivery(commitment_id: UUID, read: Read) -> Response:
    """Show where one's own units go and how far the delivery is; the address is one's own."""
    return await _own(read, queries.OWN_DELIVERY, commitment_id)


@router.get("/commitments/{commitment_id}/milestones", response_model=shapes.OwnMilestonesAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound,))
async def list_own_milestones(commitment_id: UUID, read: Read) -> Response:
    """List the published shares, their evidence by name, and what each released of one's own."""
    return await _own(read, queries.OWN_MILESTONES, commitment_id)


@router.get("/commitments/{commitment_id}/issues", response_model=shapes.OwnIssuesAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound,))
async def list_own_issues(commitment_id: UUID, read: Read) -> Response:
    """List one's own reported issues, the newest first: what was answered and decided."""
    return await _own(read, queries.OWN_ISSUES, commitment_id)


async def _own(read: Read, statement: str, commitment_id: UUID) -> Response:
    mine = (commitment_id, read.context.actor_id)
    found = await read.direct.json(read.context, statement, *mine)
    if found is None:
        raise errors.CommitmentNotFound
    return Response(found, media_type="application/json")
