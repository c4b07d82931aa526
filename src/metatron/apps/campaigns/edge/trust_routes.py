"""Routes of proofs and the audit bundle."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.edge.trust_answers import ProofAnswer
from metatron.apps.campaigns.permissions import BOOKS, COMMIT
from metatron.apps.campaigns.trust.bundle import request_bundle, write_bundle
from metatron.apps.campaigns.trust.proof import proof_of_commitment
from metatron.apps.campaigns.trust.sending import begun, sent_in_time
from metatron.kernel.http.access import requires
from metatron.kernel.http.edge import lift_time_limit
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Unit

router = Router(tags=["campaign proofs"])


@router.get("/commitments/{commitment_id}/proof", response_model=ProofAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound,))
async def show_proof(commitment_id: UUID, request: Request, unit: Unit) -> Response:
    """Return what proves one's own commitment offline (`examples/verify_commitment.py`)."""
    found = await proof_of_commitment(
        unit.session,
        unit.context,
        commitment_id=commitment_id,
        data_dir=request.app.state.settings.data_dir,
        now=unit.now,
    )
    return answer_json(found)


@router.post("/campaigns/{campaign_id}/audit-bundle", response_class=StreamingResponse)
@requires(BOOKS, raises=(errors.CampaignNotFound,), idempotency="ignored")
async def download_bundle(
    campaign_id: UUID, request: Request, unit: Unit, database: Db
) -> StreamingResponse:
    """Download everything the campaign rests on as one ZIP archive; the log notes it.

    It is written while it is sent, however large: an answer that breaks off is no archive.
    """
    await request_bundle(unit.session, unit.context, campaign_id=campaign_id, now=unit.now)
    written = write_bundle(
        database,
        unit.context,
        campaign_id=campaign_id,
        data_dir=request.app.state.settings.data_dir,
        now=unit.now,
    )
    content = await begun(sent_in_time(unit.context.tenant_id, written))
    lift_time_limit(request.scope)
    headers = {"content-disposition": f'attachment; filename="campaign-{campaign_id}.zip"'}
    return StreamingResponse(content, media_type="application/zip", headers=headers)
