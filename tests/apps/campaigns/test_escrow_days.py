"""What the provider held for a campaign, day by day."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from metatron.apps.campaigns.edge.dashboard_schemas import EscrowDaysAnswer
from metatron.apps.campaigns.edge.escrow_days import MOST_DAYS, days_shown, end_of_day, escrow_days
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house
from tests.apps.campaigns.test_parts import held

__all__ = ["app", "house"]
OSLO = ZoneInfo("Europe/Oslo")


def test_days_are_the_campaigns_own_whatever_the_clock_does() -> None:
    said = [end_of_day(day, OSLO).isoformat() for day in (date(2041, 3, 30), date(2041, 3, 31))]
    assert said == ["2041-03-30T22:59:59.999999+00:00", "2041-03-31T21:59:59.999999+00:00"]


def test_the_newest_days_are_shown() -> None:
    today = date(2041, 3, 12)
    assert days_shown(today, today) == [today]
    assert days_shown(today + timedelta(days=3), today) == [today]
    shown = days_shown(date(2040, 1, 1), today)
    assert (len(shown), shown[-1]) == (MOST_DAYS, today)


async def test_money_stands_on_the_days_it_was_held(stage: Stage) -> None:
    campaign, [first, second] = await held(stage, 6, 5)
    full = first.amount_minor + second.amount_minor
    await stage.withdraw(second)
    await stage.answer_all()
    async with stage.database.transaction(stage.finance) as session:
        found = await escrow_days(session, stage.finance, campaign, now=stage.now)
        before = await escrow_days(
            session, stage.finance, campaign, now=stage.now - timedelta(days=4)
        )
    shown = EscrowDaysAnswer.model_validate(found)
    assert shown.days[-1].held_minor == full - second.amount_minor
    assert shown.days[-1].on == stage.now.astimezone(ZoneInfo(campaign.time_zone)).date()
    assert len(before["days"]) == 1


async def test_over_http(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign, [mine] = await held(stage, 6)
    answer = await house.organiser.get(f"/campaigns/{campaign.id}/escrow-days")
    shown = EscrowDaysAnswer.model_validate(answer.json())
    assert (shown.currency, shown.days[-1].held_minor) == (mine.currency, mine.amount_minor)
    assert (await house.organiser.get(f"/campaigns/{new_id()}/escrow-days")).status_code == 404
    member = await house.member(await house.live())
    refused = await member.get(f"/campaigns/{campaign.id}/escrow-days")
    assert refused.status_code == 403
