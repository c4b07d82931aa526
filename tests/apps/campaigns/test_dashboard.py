"""The dashboard's figures and its forecast."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from metatron.apps.campaigns.edge.dashboard_queries import DASHBOARD
from metatron.apps.campaigns.edge.dashboard_schemas import DashboardAnswer
from metatron.apps.campaigns.edge.forecast import Forecast, forecast
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage

TODAY = date(2041, 3, 12)
NOON = datetime(2041, 3, 12, 12, tzinfo=UTC)


def looked_ahead(kept: dict[int, int], *, first: int = 9, left: timedelta) -> Forecast | None:
    """Forecast from units by days back."""
    return forecast(
        {TODAY - timedelta(days=back): units for back, units in kept.items()},
        first_day=TODAY - timedelta(days=first),
        today=TODAY,
        now=NOON,
        deadline_at=NOON + left,
    )


def test_the_last_seven_whole_days_are_carried_on() -> None:
    kept = {9: 50, 7: 7, 6: 0, 5: 14, 4: 7, 3: 7, 2: 7, 1: 7, 0: 3}
    assert looked_ahead(kept, left=timedelta(days=2)) == Forecast(
        units=102 + 14, low_units=102, high_units=102 + 28, days_used=7
    )


def test_half_a_day_counts_half_and_missing_days_count_none() -> None:
    assert looked_ahead({1: 9}, first=3, left=timedelta(hours=12)) == Forecast(
        units=9 + 1, low_units=9, high_units=9 + 4, days_used=3
    )


@pytest.mark.parametrize(
    ("first", "left"), [(2, timedelta(days=1)), (9, timedelta(0)), (9, -timedelta(days=1))]
)
def test_no_forecast_without_three_whole_days_or_after_the_close(
    first: int, left: timedelta
) -> None:
    assert looked_ahead({1: 9}, first=first, left=left) is None


async def look(stage: Stage, who: Context, campaign_id: UUID) -> bytes | None:
    direct = await stage.database.direct(who)
    return await direct.json(who, DASHBOARD, campaign_id)


async def figures(stage: Stage, campaign: Campaign) -> dict[str, Any]:
    found = await look(stage, stage.organiser, campaign.id)
    assert found is not None
    row: dict[str, Any] = orjson.loads(found)
    DashboardAnswer.model_validate(row | {"forecast": None})
    return row


async def test_days_and_stages_add_up_to_what_was_placed(stage: Stage) -> None:
    campaign = await stage.live(deadline_at=stage.now + timedelta(days=9))
    assert (await figures(stage, campaign))["days"] == []
    first = await stage.commit(campaign, 5)
    await stage.pass_time(days=1)
    await stage.commit(campaign, 2)
    await stage.commit(campaign, 3)
    await stage.answer_all()
    await stage.withdraw(first)
    row = await figures(stage, campaign)
    assert [(day["commitments"], day["units"], day["kept_units"]) for day in row["days"]] == [
        (1, 5, 0), (2, 5, 5),
    ]  # fmt: skip
    stages = {each["stage"]: (each["commitments"], each["units"]) for each in row["stages"]}
    assert stages == {
        "placed": (3, 10), "held": (2, 5), "allocated": (0, 0), "settled": (0, 0), "left": (1, 5),
    }  # fmt: skip
    assert sum(day["amount_minor"] for day in row["days"]) == 10 * 1_999
    assert await look(stage, stage.organiser, new_id()) is None
    assert await look(stage, Stage(stage.database).organiser, campaign.id) is None
