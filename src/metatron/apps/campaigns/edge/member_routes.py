"""Routes of members: join, commit, withdraw, see one's own, report an issue."""

from uuid import UUID

from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.delivery.issues import open_issue
from metatron.apps.campaigns.edge import administration_answers as shapes
from metatron.apps.campaigns.edge import answers, queries, schemas, views
from metatron.apps.campaigns.edge.commit_batches import Batches, CommitBatches
from metatron.apps.campaigns.edge.paging import (
    Cursor,
    Limit,
    StateFilter,
    answer_json,
    read_page,
)
from metatron.apps.campaigns.gathering.commitments import withdraw
from metatron.apps.campaigns.gathering.joining import join_campaign
from metatron.apps.campaigns.gathering.wishes import Wish
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.rules.addresses import Destination
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.edge import answer_headers
from metatron.kernel.http.hot import HotRequest, hot, plain_json_below, read_body
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Key, Read, Unit, Who

router = Router(tags=["commitments"])
_TOLD = frozenset({"etag", "idempotent-replayed"})


@router.post("/campaigns/{campaign_id}/join", response_model=answers.JoinAnswer)
@signed_in(raises=(errors.CampaignNotFound, errors.CommitmentsHalted, PermissionDenied))
async def join(campaign_id: UUID, body: schemas.JoinBody, who: Who, database: Db) -> Response:
    """Take part in the campaign's organisation; then switch the session to it."""
    tenant_id, member_id = await join_campaign(
        database, who, campaign_id=campaign_id, organisation=body.organisation
    )
    return answer_json({"tenant_id": tenant_id, "member_id": member_id})


def _wish(body: schemas.CommitmentBody) -> Wish:
    return Wish(
        id=body.id,
        units=body.units,
        terms_version=body.terms_version,
        acknowledged_escrow_terms=body.acknowledged_escrow_terms,
        acknowledged_may_not_succeed=body.acknowledged_may_not_succeed,
        payment_method=body.payment_method,
        destination=Destination(**dict(body.delivery)) if body.delivery else None,
    )


async def _hot_place(exchange: HotRequest) -> tuple[int, bytes]:
    raw = await exchange.raw()
    key, body = exchange.keyed(raw), read_body(schemas.CommitmentBody, raw)
    batches = exchange.database.keep(CommitBatches)
    answer = await batches.place(UUID(exchange.path_value), key, _wish(body))
    own = {name: value for name, value in answer.headers.items() if name in _TOLD}
    answer_headers(exchange.scope).update(own)
    return answer.status_code, bytes(answer.body)


@router.post(
    "/campaigns/{campaign_id}/commitments",
    status_code=202,
    response_model=answers.CommitmentAnswer,
)
@requires(
    COMMIT,
    raises=(
        errors.CampaignNotFound,
        errors.CommitmentsHalted,
        errors.CampaignNotOpen,
        errors.DeadlinePassed,
        errors.CapReached,
        errors.AcknowledgementMissing,
        errors.DeliveryDataMissing,
        errors.TermsOutdated,
        errors.CommitmentDiffers,
        errors.LedgerRefused,
    ),
    idempotency="own",
)
@hot(_hot_place, when=plain_json_below)
async def place(
    campaign_id: UUID, body: schemas.CommitmentBody, key: Key, batches: Batches
) -> Response:
    """Commit to a campaign; the server computes the amount."""
    return await batches.place(campaign_id, key, _wish(body))


@router.get("/commitments", response_model=answers.Page[answers.CommitmentAnswer])
@requires(COMMIT)
async def list_own(
    read: Read, state: StateFilter = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List one's own commitments, the newest first; moves and history come with each detail."""
    mine = (read.context.actor_id, state)
    rows, next_cursor = await read_page(
        read, queries.OWN_COMMITMENTS, *mine, limit=limit, cursor=cursor
    )
    items = [views.finish_commitment(row) for row in rows]
    return answer_json({"items": items, "next_cursor": next_cursor})


@router.get("/commitments/{commitment_id}", response_model=answers.CommitmentAnswer)
@requires(COMMIT, raises=(errors.CommitmentNotFound,))
async def show_own(commitment_id: UUID, unit: Unit) -> Response:
    """Show one of one's own commitments with every move of its money."""
    key = (unit.context.tenant_id, commitment_id)
    commitment = await unit.session.get(Commitment, key)
    if commitment is None or commitment.member_id != unit.context.actor_id:
        raise errors.CommitmentNotFound
    return await _show(unit, commitment)


@router.post("/commitments/{commitment_id}/withdraw", response_model=answers.CommitmentAnswer)
@requires(
    COMMIT,
    raises=(
        errors.CommitmentNotFound,
        errors.WithdrawalClosed,
        errors.WithdrawalLocked,
        errors.TransitionNotAllowed,
        errors.LedgerRefused,
    ),
    idempotency="required",
)
async def withdraw_own(commitment_id: UUID, unit: Unit) -> Response:
    """Withdraw before the campaign closes; the full amount goes back."""
    commitment = await withdraw(
        unit.session, unit.context, commitment_id=commitment_id, now=unit.now
    )
    return await _show(unit, commitment)


@router.post(
    "/commitments/{commitment_id}/issues",
    status_code=201,
    response_model=shapes.IssueAnswer,
)
@requires(COMMIT, raises=(errors.CommitmentNotFound, errors.IssueNotPossible))
async def report_issue(commitment_id: UUID, body: schemas.IssueBody, unit: Unit) -> Response:
    """Report what is wrong with a delivered commitment; it is not released while this is open."""
    issue = await open_issue(
        unit.session,
        unit.context,
        commitment_id=commitment_id,
        category=body.category,
        text=body.text,
        now=unit.now,
    )
    names = shapes.IssueAnswer.model_fields
    return answer_json({name: getattr(issue, name) for name in names}, status=201)


async def _show(unit: Unit, commitment: Commitment, *, status: int = 200) -> Response:
    key = (unit.context.tenant_id, commitment.campaign_id)
    campaign = await unit.session.get(Campaign, key)
    assert campaign is not None
    shown = await views.commitment_view(
        unit.session, unit.context, campaign, commitment, now=unit.now
    )
    return answer_json(shown, status=status, version=commitment.version)
