"""The review of a submitted campaign: who may approve it, and what each role says of it."""

from uuid import UUID

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from metatron.apps.campaigns.edge import review_schemas as shapes
from metatron.apps.campaigns.edge.organiser_routes import STEP_REFUSALS
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.edge.review_view import review_view
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.gathering.reviewing import state_opinion
from metatron.apps.campaigns.permissions import READ, REVIEW, ROLE_GRANTS
from metatron.apps.campaigns.rules.constraints import constraint
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy.interface import members_allowed

router = Router(tags=["campaigns"])
MOST_NAMED = 20
ROLES = ("owner", *(name for name, held in ROLE_GRANTS.items() if REVIEW in held))
REVIEW_OF = (
    BOUND
    + """ select row_to_json(r)::text from bound, lateral (
  select c.submitted_by, c.submitted_by_operator, coalesce(
    (select s.second_person_review from campaigns.settings s where s.tenant_id = c.tenant_id),
    true) needs_second_person
  from campaigns.campaign c where c.tenant_id = bound.t::uuid and c.id = $2 limit 1) r"""
)
_NAMES = """
select id, display_name from identity.pub_user
where id = any($1::uuid[]) and state = 'active' order by display_name, id
"""


class ReviewerItem(BaseModel):
    """A person who may approve."""

    user_id: UUID
    display_name: str | None


class ReviewersAnswer(BaseModel):
    """Who may approve a campaign; `count` tells how many there are when not all are named."""

    needs_second_person: bool
    submitted_by: UUID | None
    items: list[ReviewerItem]
    count: int
    roles: list[str]


@router.get("/campaigns/{campaign_id}/review", response_model=shapes.ReviewAnswer)
@requires(READ, raises=(CampaignNotFound,))
async def show_review(campaign_id: UUID, unit: Unit) -> Response:
    """Show what each role said of a campaign, what stands, and for whom the reader speaks."""
    return answer_json(await review_view(unit.session, unit.context, campaign_id))


@router.post(
    "/campaigns/{campaign_id}/review-opinions", status_code=201, response_model=shapes.ReviewAnswer
)
@requires(READ, raises=STEP_REFUSALS)
async def state_review_opinion(campaign_id: UUID, body: shapes.OpinionBody, unit: Unit) -> Response:
    """Say for a role what one makes of a submitted campaign; the gate's acceptance publishes it."""
    await state_opinion(
        unit.session,
        unit.context,
        campaign_id=campaign_id,
        role=body.role,
        verdict=body.verdict,
        reason=body.reason,
        constraints=[constraint(each.kind, each.amount, each.until) for each in body.constraints],
        now=unit.now,
    )
    return answer_json(await review_view(unit.session, unit.context, campaign_id), status=201)


@router.get("/campaigns/{campaign_id}/reviewers", response_model=ReviewersAnswer)
@requires(READ, raises=(CampaignNotFound,))
async def show_reviewers(campaign_id: UUID, read: Read, database: Db) -> Response:
    """Show who may approve a campaign: people, without who submitted it, and their roles."""
    found = await read.direct.json(read.context, REVIEW_OF, campaign_id)
    if found is None:
        raise CampaignNotFound
    row = orjson.loads(found)
    allowed = await members_allowed(database, read.context.tenant_id, frozenset({REVIEW}))
    asked_by = {row["submitted_by"], row.pop("submitted_by_operator")}
    if row["needs_second_person"]:
        allowed = [user_id for user_id in allowed if str(user_id) not in asked_by]
    # People are kept in the home database, wherever the organisation's rows are.
    people = await database.system.fetch(_NAMES, allowed)
    items = [
        {"user_id": person["id"], "display_name": person["display_name"]}
        for person in people[:MOST_NAMED]
    ]
    return answer_json(row | {"items": items, "count": len(people), "roles": list(ROLES)})
