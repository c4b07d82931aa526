"""Routes of the organisation that runs campaigns."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Header, Query
from starlette.responses import Response

from metatron.apps.campaigns import errors
from metatron.apps.campaigns.edge import administration_answers as shapes
from metatron.apps.campaigns.edge import answers, queries, schemas, supply_answers, views
from metatron.apps.campaigns.edge.actor_names import name_actors
from metatron.apps.campaigns.edge.asked_steps import take_step
from metatron.apps.campaigns.edge.books_view import books_view
from metatron.apps.campaigns.edge.campaign_reads import (
    FIRST_PAGE,
    NEWEST_FIRST,
    campaign_by_id,
    campaign_page,
    hot_campaign,
    hot_page,
)
from metatron.apps.campaigns.edge.campaign_views import finish_campaign
from metatron.apps.campaigns.edge.paging import (
    Cursor,
    Limit,
    Sort,
    StateFilter,
    Words,
    answer_json,
    answer_page_of,
    must_exist,
)
from metatron.apps.campaigns.errors import CampaignNotFound, FieldLocked
from metatron.apps.campaigns.events import EditRefused
from metatron.apps.campaigns.gathering.errors import ConstraintsNotMet, ReviewBlocked
from metatron.apps.campaigns.permissions import BOOKS, ORGANISE, READ
from metatron.apps.campaigns.rules.drafts import create_campaign, edit_campaign
from metatron.apps.campaigns.rules.guards import locked_fields
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import VersionConflict
from metatron.kernel.events.event import publish
from metatron.kernel.http.access import requires, signed_in
from metatron.kernel.http.hot import hot, plain_limit, plain_uuid
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.kernel.paging import MAX_PAGE
from metatron.platform.approvals.interface import Approval

router = Router(tags=["campaigns"])
MOST_COUNTED = 10_000
IfMatch = Annotated[str | None, Header(max_length=200)]
STEP_REFUSALS = (
    errors.CampaignNotFound,
    errors.TransitionNotAllowed,
    errors.ReasonRequired,
    errors.PublishBlocked,
    errors.TermsChanged,
    errors.SamePersonReview,
    ReviewBlocked,
    ConstraintsNotMet,
    errors.CoverageGap,
    errors.LedgerRefused,
    VersionConflict,
)


@router.get("/campaigns/transition-table", response_model=shapes.TransitionTableAnswer)
@signed_in()
async def show_transition_table() -> Response:
    """Return every step a campaign or a commitment may take."""
    return answer_json(views.transition_table())


@router.get("/campaigns", response_model=answers.Page[answers.CampaignAnswer])
@requires(READ)
@hot(hot_page, when=plain_limit(MAX_PAGE))
async def list_campaigns(
    read: Read,
    *,
    state: StateFilter = None,
    q: Words = None,
    sort: Sort = NEWEST_FIRST,
    limit: Limit = FIRST_PAGE,
    cursor: Cursor = None,
    count: Annotated[bool, Query()] = False,
    exact: Annotated[bool, Query()] = False,
) -> Response:
    """List the organisation's campaigns; `count` stops at 10,000 unless it is to be `exact`."""
    page = await campaign_page(
        read.direct, read.context, limit, state=state, q=q, sort=sort, cursor=cursor
    )
    if count:
        cap = None if exact else MOST_COUNTED + 1
        row = await read.direct.row(read.context, queries.CAMPAIGN_COUNT, state, q, cap)
        value = row[0] if row else 0
        capped = not exact and value > MOST_COUNTED
        page["count"] = {"value": MOST_COUNTED if capped else value, "capped": capped}
    return answer_json(page)


@router.post("/campaigns", status_code=201, response_model=answers.CampaignAnswer)
@requires(ORGANISE)
async def create(body: schemas.NewCampaignBody, unit: Unit) -> Response:
    """Create a draft."""
    campaign = await create_campaign(unit.session, unit.context, fields=body.fields(), now=unit.now)
    return await show(unit, campaign.id, status=201)


@router.get("/campaigns/{campaign_id}", response_model=answers.CampaignAnswer)
@requires(READ, raises=(CampaignNotFound,))
@hot(hot_campaign, when=plain_uuid)
async def show_campaign(campaign_id: UUID, read: Read) -> Response:
    """Show one campaign."""
    campaign, version = await campaign_by_id(read.direct, read.context, campaign_id)
    return answer_json(campaign, version=version)


@router.get(
    "/campaigns/{campaign_id}/locked-fields", response_model=supply_answers.LockedFieldsAnswer
)
@requires(READ, raises=(CampaignNotFound,))
async def show_locked_fields(campaign_id: UUID, read: Read) -> Response:
    """Show which fields cannot be changed now, and why."""
    found = await read.direct.json(read.context, queries.LOCKING, campaign_id)
    if found is None:
        raise CampaignNotFound
    row = orjson.loads(found)
    locked = locked_fields(Campaign(state=row["state"]), has_commitments=row["has_commitments"])
    items = [{"field": name, "reason": reason} for name, reason in locked.items()]
    return answer_json({"items": items})


@router.patch("/campaigns/{campaign_id}", response_model=answers.CampaignAnswer)
@requires(ORGANISE, raises=(CampaignNotFound, FieldLocked, VersionConflict))
async def edit(
    campaign_id: UUID,
    body: schemas.CampaignBody,
    unit: Unit,
    database: Db,
    if_match: IfMatch = None,
) -> Response:
    """Edit a campaign; a locked field is refused by its name, and the attempt is recorded."""
    try:
        await edit_campaign(
            unit.session,
            unit.context,
            campaign_id=campaign_id,
            fields=body.fields(),
            if_match=if_match,
            now=unit.now,
        )
    except FieldLocked as refusal:
        # The refused transaction writes nothing, so the attempt is recorded in one of its own.
        async with database.transaction(unit.context) as session:
            event = EditRefused(aggregate_id=campaign_id, field=refusal.extra["field"])
            await publish(session, unit.context, event, now=await session_now(session))
        raise
    return await show(unit, campaign_id)


@router.post("/campaigns/{campaign_id}/transitions", response_model=answers.CampaignAnswer)
@signed_in(raises=STEP_REFUSALS, idempotency="required")
async def take_transition(
    campaign_id: UUID, body: schemas.TransitionBody, unit: Unit, if_match: IfMatch = None
) -> Response:
    """Take a step of the transition table; the step itself names the right it needs.

    A step that needs a second person is answered with 202 and `approval_id`.
    """
    done = await take_step(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        name=body.name,
        reason=body.reason,
        if_match=if_match,
        now=unit.now,
    )
    if isinstance(done, Approval):
        return await show(unit, campaign_id, status=202, approval_id=done.id)
    return await show(unit, campaign_id)


@router.get(
    "/campaigns/{campaign_id}/commitments",
    response_model=answers.Page[answers.CampaignCommitmentAnswer],
)
@requires(READ, raises=(CampaignNotFound,))
async def list_commitments(
    campaign_id: UUID,
    read: Read,
    state: StateFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List a campaign's commitments, in the sequence they were placed."""
    return await answer_page_of(
        read, campaign_id, queries.COMMITMENTS_OF_CAMPAIGN, state, limit=limit, cursor=cursor
    )


@router.get("/campaigns/{campaign_id}/history", response_model=list[answers.CampaignHistoryAnswer])
@requires(READ, raises=(CampaignNotFound,))
async def show_history(campaign_id: UUID, read: Read, database: Db) -> Response:
    """Show every step a campaign has taken, with who took it."""
    found = await read.direct.json(read.context, queries.HISTORY_OF_CAMPAIGN, campaign_id)
    if found == b"[]":
        await must_exist(read, campaign_id)
    steps = orjson.loads(found or b"[]")
    return Response(
        orjson.dumps(await name_actors(database, read.context, steps)),
        media_type="application/json",
    )


@router.get("/campaigns/{campaign_id}/books", response_model=shapes.BooksAnswer)
@requires(BOOKS, raises=(CampaignNotFound,))
async def show_books(campaign_id: UUID, unit: Unit) -> Response:
    """Show the campaign's trial balance."""
    campaign = await unit.session.get(Campaign, (unit.context.tenant_id, campaign_id))
    if campaign is None:
        raise CampaignNotFound
    return answer_json(await books_view(unit.session, unit.context, campaign))


async def show(
    unit: Unit, campaign_id: UUID, *, status: int = 200, approval_id: UUID | None = None
) -> Response:
    """Return a campaign as this transaction leaves it."""
    row = await views.campaign_row(unit.session, unit.context, campaign_id)
    finished = finish_campaign(row, unit.context) | {"approval_id": approval_id}
    return answer_json(finished, status=status, version=row["version"])
