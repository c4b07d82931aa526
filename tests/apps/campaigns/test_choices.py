"""What an organisation may choose otherwise: price, goal, disclosure, withdrawal."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.apps.campaigns.edge.public_pages import published_campaign
from metatron.apps.campaigns.errors import PublishBlocked, WithdrawalLocked
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.rules.goal import is_reached, per_cent, units_needed
from metatron.apps.campaigns.rules.terms import hash_terms
from metatron.apps.campaigns.rules.terms_table import Terms
from metatron.apps.campaigns.rules.tiers import final_unit_price, wrong_tiers
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput
from tests.apps.campaigns.stage import Stage

LADDER = [
    {"min_units": 15, "unit_price_minor": 1_899},
    {"min_units": 20, "unit_price_minor": 1_799},
]


async def choose(stage: Stage, **changes: Any) -> None:
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)


async def public_page(stage: Stage, campaign: Campaign, reader: Any = None) -> dict[str, Any]:
    return await _page(stage, campaign, reader or stage.member())


async def _page(stage: Stage, campaign: Campaign, reader: Any) -> dict[str, Any]:
    async with stage.database.transaction(reader) as session:
        return await published_campaign(session, reader, slug=campaign.slug, organiser_name="Us")


@given(st.lists(st.integers(1, 1_000), max_size=5), st.integers(0, 2_000))
def test_the_final_price_never_rises_with_the_units(falls: list[int], units: int) -> None:
    price, tiers, floor = 10_000, [], 10
    for fall in falls:
        price, floor = max(1, price - fall), floor + fall
        tiers.append({"min_units": floor, "unit_price_minor": price})
    campaign = Campaign(unit_price_minor=10_000, goal_units=10, tiers=tiers)
    assert not list(wrong_tiers(campaign, tiers))
    assert final_unit_price(campaign, units) >= final_unit_price(campaign, units + 1)
    assert final_unit_price(campaign, units) <= 10_000


@pytest.mark.parametrize(
    ("tiers", "field"),
    [
        ([{"min_units": 10, "unit_price_minor": 1_899}], "tiers.0.min_units"),
        ([{"min_units": 15, "unit_price_minor": 2_000}], "tiers.0.unit_price_minor"),
        ([LADDER[1], LADDER[0]], "tiers.1.min_units"),
        ([{"min_units": 15, "unit_price_minor": 1_499}], "tiers"),
    ],
)
async def test_a_wrong_ladder_is_refused(stage: Stage, tiers: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await stage.draft(tiers=tiers)
    assert field in {error.field.removeprefix("body.") for error in refused.value.errors}


async def test_a_ladder_needs_the_organisations_choice(stage: Stage) -> None:
    campaign = await stage.draft(tiers=LADDER)
    with pytest.raises(PublishBlocked):
        await stage.step(stage.organiser, campaign, "submit")
    await choose(stage, pricing="tiers")
    await stage.step(stage.organiser, campaign, "submit")
    texts = " ".join(rule["text"] for rule in (await stage.fresh(campaign)).rules)
    assert "from 20 units" in texts


async def test_strangers_never_read_the_ladder(stage: Stage) -> None:
    await choose(stage, pricing="tiers")
    campaign = await stage.live(tiers=LADDER)
    signed_in = await public_page(stage, campaign)
    stranger = stage.member()
    stranger = type(stranger)(stage.tenant_id, "anonymous", None, frozenset())
    seen = await public_page(stage, campaign, stranger)
    assert signed_in["tiers"] == LADDER
    assert seen["tiers"] == []
    assert "17.99" not in str(seen["rules"])
    assert "17.99" in str(signed_in["rules"])


async def test_the_goal_may_be_an_amount_or_both(stage: Stage) -> None:
    by_amount = Campaign(goal_amount_minor=5_000, unit_price_minor=1_999)
    assert units_needed(by_amount) == 3
    assert per_cent(by_amount, 2) == 66
    both = Campaign(goal_units=2, goal_amount_minor=5_000, unit_price_minor=1_999)
    assert not is_reached(both, units=2, escrowed_minor=3_998)
    assert is_reached(both, units=3, escrowed_minor=5_997)
    campaign = await stage.live(goal_units=None, goal_amount_minor=9_000)
    await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"


async def test_a_campaign_needs_some_goal(stage: Stage) -> None:
    campaign = await stage.draft(goal_units=None)
    with pytest.raises(PublishBlocked, match="Goal in units"):
        await stage.step(stage.organiser, campaign, "submit")


@pytest.mark.parametrize(
    ("disclosure", "shown"),
    [("stages", (None, None)), ("percent", (30, None)), ("figures", (30, 3))],
)
async def test_progress_is_disclosed_as_chosen(
    stage: Stage, disclosure: str, shown: tuple[int | None, int | None]
) -> None:
    await choose(stage, disclosure=disclosure)
    campaign = await stage.live()
    await choose(stage, disclosure="stages")  # a later choice does not reach this campaign
    await stage.commit(campaign, 3)
    await stage.answer_all()
    page = await public_page(stage, campaign)
    assert page["goal_stage"] == "20"
    assert (page["goal_per_cent"], page["committed_units"]) == shown


async def test_the_last_day_keeps_a_reached_goal(stage: Stage) -> None:
    await choose(stage, withdraw="last_24h_lock")
    campaign = await stage.live()
    needed = [await stage.commit(campaign, 5), await stage.commit(campaign, 5)]
    spare = await stage.commit(campaign, 1)
    await stage.answer_all()
    await stage.pass_time(days=6, hours=1)
    with pytest.raises(WithdrawalLocked):
        await stage.withdraw(needed[0])
    await stage.withdraw(spare)
    await stage.answer_all()
    assert (await stage.fresh(spare)).state == "refunded"


async def test_before_the_last_day_withdrawing_is_free(stage: Stage) -> None:
    await choose(stage, withdraw="last_24h_lock")
    campaign = await stage.live()
    needed = await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.withdraw(needed)
    page = await public_page(stage, campaign)
    assert "last 24 hours" in page["withdraw_text"]
    assert any("last 24 hours" in rule["text"] for rule in page["rules"])


async def test_everybody_ends_with_the_one_final_price(stage: Stage) -> None:
    await choose(stage, pricing="tiers")
    campaign = await stage.live(tiers=LADDER)
    placed = [await stage.commit(campaign, units) for units in (6, 6, 5, 3)]
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).final_unit_price_minor == 1_799
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        left = await books.escrow_of(session, context, await stage.fresh(campaign), placed)
        assert left == [commitment.units * 1_799 for commitment in placed]
        assert await check_invariants(session, context) == []
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


@pytest.mark.parametrize(
    ("rate", "told"),
    [(500, "from 5 % on"), (1_000, "from 10 % on"), (333, "from 3.33 % on"), (0, "any issue")],
)
async def test_the_rules_tell_from_when_issues_hold_the_release(
    stage: Stage, rate: int, told: str
) -> None:
    """Published, hashed, and the rate that is applied, whatever the settings say later."""
    await choose(stage, issue_hold_basis_points=rate)
    campaign = await stage.live()
    await choose(stage, issue_hold_basis_points=9_000)
    page = await public_page(stage, campaign)
    [rule] = [rule for rule in page["rules"] if "in reserve" in rule["text"]]
    assert told in rule["text"]
    fresh = await stage.fresh(campaign)
    assert fresh.conditions["issue_hold_basis_points"] == rate
    terms = Terms(sha256="0" * 64)
    other = [each | {"text": each["text"].replace(told, "some day")} for each in fresh.rules]
    assert hash_terms(fresh, fresh.rules, terms) != hash_terms(fresh, other, terms)
