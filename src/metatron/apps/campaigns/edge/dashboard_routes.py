"""The dashboard of one campaign."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from metatron.apps.campaigns.edge.dashboard_queries import DASHBOARD
from metatron.apps.campaigns.edge.dashboard_schemas import DashboardAnswer, EscrowDaysAnswer
from metatron.apps.campaigns.edge.escrow_days import escrow_days
from metatron.apps.campaigns.edge.forecast import Forecast, forecast
from metatron.apps.campaigns.edge.paging import answer_json
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.permissions import BOOKS, READ
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.http.access import requires
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit

router = Router(tags=["campaigns"])
_GATHERING = frozenset({"live", "paused"})


@router.get("/campaigns/{campaign_id}/dashboard", response_model=DashboardAnswer)
@requires(READ, raises=(CampaignNotFound,))
async def show_dashboard(campaign_id: UUID, read: Read) -> Response:
    """Show commitments by day, how far they went, and a forecast for the close."""
    found = await read.direct.json(read.context, DASHBOARD, campaign_id)
    if found is None:
        raise CampaignNotFound
    row = orjson.loads(found)
    expected = _forecast(row)
    return answer_json(row | {"forecast": expected and asdict(expected)})


@router.get("/campaigns/{campaign_id}/escrow-days", response_model=EscrowDaysAnswer)
@requires(BOOKS, raises=(CampaignNotFound,))
async def show_escrow_days(campaign_id: UUID, unit: Unit) -> Response:
    """Show what the provider held for the campaign at the end of each day."""
    campaign = await unit.session.get(Campaign, (unit.context.tenant_id, campaign_id))
    if campaign is None:
        raise CampaignNotFound
    return answer_json(await escrow_days(unit.session, unit.context, campaign, now=unit.now))


def _forecast(row: dict[str, Any]) -> Forecast | None:
    if row["state"] not in _GATHERING or row["deadline_at"] is None:
        return None
    return forecast(
        {date.fromisoformat(day["on"]): day["kept_units"] for day in row["days"]},
        first_day=date.fromisoformat(row["first_on"]),
        today=date.fromisoformat(row["today_on"]),
        now=datetime.fromisoformat(row["read_at"]),
        deadline_at=datetime.fromisoformat(row["deadline_at"]),
    )
