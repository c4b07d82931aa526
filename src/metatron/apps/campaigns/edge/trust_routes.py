"""Routes of proofs, exports and the audit bundle."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.edge.trust_answers import ProofAnswer
from metatron.apps.campaigns.permissions import BOOKS, COMMIT
from metatron.apps.campaigns.trust.bundle import request_bundle, write_bundle
from metatron.apps.campaigns.trust.exports import Content, request_export, write_export
from metatron.apps.campaigns.trust.forms import MEDIA, Form
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


@router.post("/campaigns/{campaign_id}/exports/{content}", response_class=StreamingResponse)
@requires(BOOKS, raises=(errors.CampaignNotFound,), idempotency="ignored")
async def download_export(
    campaign_id: UUID,
    content: Content,
    request: Request,
    unit: Unit,
    *,
    database: Db,
    form: Annotated[Form, Query(alias="format")] = "csv",
) -> StreamingResponse:
    """Download one list of the campaign as CSV or JSON lines; the log notes it.

    It is written while it is sent, however long, as the audit bundle is.
    """
    campaign = await request_export(
        unit.session, unit.context, campaign_id=campaign_id, content=content, form=form,
        now=unit.now,
    )  # fmt: skip
    written = write_export(
        database, unit.context, campaign_id=campaign_id, content=content, form=form
    )
    pieces = await begun(sent_in_time(unit.context.tenant_id, written))
    lift_time_limit(request.scope)
    media_type, ending = MEDIA[form]
    name = f"{content}-{campaign.reference}.{ending}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
