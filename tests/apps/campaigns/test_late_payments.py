"""The supplier is paid within two business days, or the register says that it was not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from metatron.apps.campaigns.care.tables import ExceptionRow
from metatron.apps.campaigns.rules.business_days import business_days_after
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.tables import Payout
from metatron.platform.approvals.tables import ApprovalRow
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_fees import inspected, open_request
from tests.apps.campaigns.test_outside import rows


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        ("2026-11-16T09:00", "2026-11-18T09:00"),  # Monday to Wednesday
        ("2026-11-19T09:00", "2026-11-23T09:00"),  # Thursday to Monday
        ("2026-11-20T09:00", "2026-11-24T09:00"),  # Friday to Tuesday
        ("2026-11-21T09:00", "2026-11-24T09:00"),  # Saturday to Tuesday
        ("2026-11-22T09:00", "2026-11-24T09:00"),  # Sunday to Tuesday
    ],
)
def test_weekends_are_no_business_days(begins: str, due: str) -> None:
    begun = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert business_days_after(begun, 2, "UTC") == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_days_are_those_of_the_campaigns_zone() -> None:
    """Friday evening in UTC is Saturday in Auckland; a clock change leaves the local hour."""
    friday = datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert business_days_after(friday, 2, "Pacific/Auckland") == datetime(
        2026, 11, 23, 20, tzinfo=UTC
    )
    before_change = datetime(2026, 10, 23, 8, tzinfo=UTC)
    assert business_days_after(before_change, 2, "Europe/Berlin") == datetime(
        2026, 10, 27, 9, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        ("2026-12-22T09:00", "2026-12-24T09:00"),  # nothing between
        ("2026-12-23T09:00", "2026-12-28T09:00"),  # over Christmas Day, a Friday, and a weekend
        ("2026-12-25T09:00", "2026-12-29T09:00"),  # from a holiday, as from a weekend
        ("2026-12-30T09:00", "2027-01-04T09:00"),  # over New Year's Day, a Friday
    ],
)
def test_holidays_are_no_business_days(begins: str, due: str) -> None:
    begun = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    holidays = [date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)]
    found = business_days_after(begun, 2, "UTC", holidays)
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_holiday_is_one_where_the_campaign_is() -> None:
    """Thursday evening in UTC is Friday in Auckland: Friday there is over when counting begins."""
    thursday = datetime(2026, 11, 19, 20, tzinfo=UTC)
    for_friday = business_days_after(thursday, 2, "Pacific/Auckland", [date(2026, 11, 20)])
    assert for_friday == datetime(2026, 11, 23, 20, tzinfo=UTC)
    for_monday = business_days_after(thursday, 2, "Pacific/Auckland", [date(2026, 11, 23)])
    assert for_monday == datetime(2026, 11, 24, 20, tzinfo=UTC)


async def test_a_payment_is_due_after_the_organisations_holidays(stage: Stage) -> None:
    every_day = [(stage.now + timedelta(days=number)).date() for number in range(60)]
    changes = {"holidays": [*reversed(every_day), every_day[0]]}
    settings = await stage.run(change_settings, stage.reviewer, changes=changes)
    assert settings.holidays == every_day
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    [payout] = await rows(stage, Payout)
    ended_at = (await stage.fresh(campaign)).inspection_ends_at
    assert payout.due_at == business_days_after(ended_at, 2, campaign.time_zone, every_day)
    assert payout.due_at.date() > every_day[-1]


async def causes(stage: Stage) -> list[str]:
    found: list[Any] = await rows(stage, ExceptionRow)
    return sorted(str(each.cause) for each in found)


async def test_a_payment_in_time_is_measured_and_quiet(stage: Stage) -> None:
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    [payout] = await rows(stage, Payout)
    ended_at = (await stage.fresh(campaign)).inspection_ends_at
    assert payout.due_at == business_days_after(ended_at, 2, campaign.time_zone)
    assert payout.confirmed_at == stage.now
    await stage.pass_time(days=6)
    assert await causes(stage) == []


@pytest.mark.parametrize("answer", [None, "failed"])
async def test_a_payment_that_did_not_arrive_in_time_is_registered(
    stage: Stage, answer: Any
) -> None:
    await inspected(stage, 6, 5)
    await stage.settle()
    if answer is not None:
        await stage.answer_all(answer)
    [payout] = await rows(stage, Payout)
    stage.now = payout.due_at - timedelta(seconds=1)
    await stage.settle()
    late = f"late_payment/{payout.id}"
    assert late not in await causes(stage)
    stage.now = payout.due_at
    await stage.settle()
    assert late in await causes(stage)


async def test_a_release_that_nobody_approves_is_registered(stage: Stage) -> None:
    stage.pays_by_itself = False
    campaign = await inspected(stage, 6, 5)
    await stage.settle()
    await stage.pass_time(days=5)
    assert await causes(stage) == [f"late_release/{campaign.id}"]
    requests: list[Any] = await rows(stage, ApprovalRow)
    assert requests
    await stage.approve((await open_request(stage)).id)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
