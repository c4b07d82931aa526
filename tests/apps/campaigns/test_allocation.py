"""Acceptance, in full and in part: one final price, consent, and shares by the published rule."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metatron.apps.campaigns.edge import views
from metatron.apps.campaigns.errors import AnswerGiven, ConsentClosed, TransitionNotAllowed
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.supply import allocation
from metatron.apps.campaigns.supply.sharing import Claim, draw_seed, share_out
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_simulation import assert_sound

UNITS = st.lists(st.integers(1, 60), min_size=1, max_size=40)
RULES = st.sampled_from(["fcfs", "pro_rata", "lottery"])


def claims_for(units: list[int]) -> list[Claim]:
    return [Claim(new_id(), each) for each in units]


@settings(max_examples=200, deadline=None)
@given(UNITS, st.integers(1, 2_000), RULES, st.randoms(use_true_random=False))
def test_shares_sum_exactly_and_never_exceed_a_wish(
    units: list[int], accepted: int, rule: Any, chance: Any
) -> None:
    claims = claims_for(units)
    seed = draw_seed("terms", claims)
    shares = share_out(claims, accepted, rule, seed)
    assert sum(shares.values()) == min(accepted, sum(units))
    assert all(0 <= shares[claim.id] <= claim.units for claim in claims)
    mixed = list(claims)
    chance.shuffle(mixed)
    assert draw_seed("terms", mixed) == seed
    if rule != "fcfs":
        assert share_out(mixed, accepted, rule, seed) == shares
    if rule == "pro_rata" and accepted < sum(units):
        for claim in claims:
            exact = accepted * claim.units / sum(units)
            assert abs(shares[claim.id] - exact) < 1


@settings(deadline=None)
@given(UNITS)
def test_the_lottery_is_another_with_another_seed(units: list[int]) -> None:
    claims = claims_for([*units, *([1] * 12)])
    drawn = {frozenset(share_out(claims, 6, "lottery", f"seed{n}").items()) for n in range(12)}
    assert len(drawn) > 1


async def asked(stage: Stage, *units: int, **changes: Any) -> tuple[Campaign, list[Any]]:
    """Return a campaign whose supplier is asked, with its commitments."""
    if "tiers" in changes:
        changed = {"pricing": "tiers"}
        await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changed)
    campaign = await stage.live(**changes)
    placed = [await stage.commit(campaign, each) for each in units]
    await stage.answer_all()
    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"
    return campaign, placed


async def shown(stage: Stage, campaign: Campaign, commitment: Any) -> dict[str, Any]:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        return await views.commitment_view(
            session, context, await stage.fresh(campaign), await stage.fresh(commitment),
            now=stage.now,
        )  # fmt: skip


TIERS = [{"min_units": 11, "unit_price_minor": 1_800}, {"min_units": 15, "unit_price_minor": 1_600}]


async def test_one_final_price_and_what_was_locked_above_it_returns(stage: Stage) -> None:
    campaign, placed = await asked(stage, 5, 6, 2, tiers=TIERS)
    await stage.accept(campaign)
    for commitment in placed:
        found = await shown(stage, campaign, commitment)
        assert found["units_allocated"] == found["units"]
        assert found["final_unit_price_minor"] == 1_800
        assert found["final_amount_minor"] == found["units"] * 1_800
        assert found["consent"] is None
    await assert_sound(stage)
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 13 * 1_800
    await stage.answer_all()
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 13 * (1_800 - 1_500)
    await assert_sound(stage)


async def test_procuring_waits_for_the_allocation_which_resumes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    monkeypatch.setattr(allocation, "AT_ONCE", 3)
    campaign, placed = await asked(stage, *([2] * 8), tiers=TIERS)
    await stage.step(stage.supplier, campaign, "accept")
    counts = []
    for left in (5, 2):
        with pytest.raises(TransitionNotAllowed, match="allocation"):
            await stage.step(stage.organiser, campaign, "start_procuring")
        statements.clear()
        context = system_context(stage.tenant_id)
        # A run that is lost and repeated: the first is rolled back, the job comes twice.
        async with stage.database.transaction(context) as session:
            await allocation.allocate(session, context, campaign_id=campaign.id, now=stage.now)
            await session.rollback()
        statements.clear()
        await stage.run(allocation.allocate, context, campaign_id=campaign.id)
        counts.append(len(statements))
        assert len(await stage.commitments_of(campaign, "held")) == left
        await assert_sound(stage)
    assert counts[0] == counts[1]
    await stage.settle()
    ended = await stage.fresh(campaign)
    assert (ended.units_allocated, ended.final_unit_price_minor) == (16, 1_600)
    assert len(await stage.commitments_of(campaign, "allocated")) == len(placed)
    await stage.step(stage.organiser, campaign, "start_procuring")


async def test_a_part_needs_consent_and_silence_is_a_refund(stage: Stage) -> None:
    campaign, [first, silent, leaving, last] = await asked(stage, 6, 2, 3, 6, goal_units=10)
    await stage.accept(campaign, 9)
    found = await shown(stage, campaign, last)
    assert found["consent"] == {
        "units": 0, "unit_price_minor": 1_999, "amount_minor": 0, "back_minor": 6 * 1_999,
        "answer": None, "answer_by": (await stage.fresh(campaign)).consent_until,
    }  # fmt: skip
    await stage.consent(first, "agree")
    await stage.consent(last, "agree")
    await stage.consent(leaving, "agree")
    await stage.consent(leaving, "leave")
    with pytest.raises(AnswerGiven):
        await stage.consent(leaving, "agree")
    with pytest.raises(TransitionNotAllowed):
        await stage.accept(campaign)
    assert (await stage.fresh(leaving)).state == "refund_due"
    await stage.pass_time(days=3)
    with pytest.raises(ConsentClosed):
        await stage.consent(silent, "agree")
    await stage.answer_all()
    await assert_sound(stage)
    assert (await stage.fresh(campaign)).units_allocated == 9
    assert [(await stage.fresh(each)).units_allocated for each in (first, last)] == [6, 3]
    assert {(await stage.fresh(each)).state for each in (silent, leaving)} == {"refunded"}
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 9 * 1_999
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 9 * (1_999 - 1_500)
    await assert_sound(stage)


@pytest.mark.parametrize("rule", ["pro_rata", "lottery"])
async def test_accepted_units_are_shared_by_the_published_rule(stage: Stage, rule: str) -> None:
    campaign, placed = await asked(stage, 6, 5, 4, 3, oversub_rule=rule)
    await stage.accept(campaign, 7)
    for commitment in placed:
        await stage.consent(commitment, "agree")
    await stage.pass_time(days=3)
    await stage.answer_all()
    ended = await stage.fresh(campaign)
    claims = [Claim(each.id, each.units) for each in placed]
    expected = share_out(claims, 7, rule, ended.lottery_seed or "")  # type: ignore[arg-type]
    for commitment in placed:
        fresh = await stage.fresh(commitment)
        assert (fresh.units_allocated or 0) == expected[commitment.id]
    assert (ended.lottery_seed is not None) == (rule == "lottery")
    await assert_sound(stage)


async def test_too_few_who_agree_refund_everybody(stage: Stage) -> None:
    campaign, [agreeing, _] = await asked(stage, 6, 5)
    await stage.accept(campaign, 10)
    await stage.consent(agreeing, "agree")
    await stage.pass_time(days=3)
    await stage.answer_all()
    ended = await stage.fresh(campaign)
    assert (ended.state, ended.outcome) == ("failed", "consent_missed")
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == 0
    await assert_sound(stage)


async def test_a_part_has_its_least_and_its_time(stage: Stage) -> None:
    campaign, _ = await asked(stage, 6, 6, min_accept_units=8)
    with pytest.raises(InvalidInput):
        await stage.accept(campaign, 7)
    await stage.pass_time(days=5)
    with pytest.raises(TransitionNotAllowed, match="72 hours"):
        await stage.accept(campaign, 8)
    await stage.accept(campaign, 20)
    assert (await stage.fresh(campaign)).units_allocated == 12


async def test_a_wrong_share_is_found(stage: Stage) -> None:
    campaign, [first, _] = await asked(stage, 6, 6)
    await stage.accept(campaign)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        row = await session.get(Campaign, (stage.tenant_id, campaign.id))
        assert row is not None
        row.accepted_units = 11
        await session.flush()
        assert [each.invariant for each in await check_invariants(session, context)] == [9]
        own = await session.get(type(first), (stage.tenant_id, first.id))
        assert own is not None
        row.accepted_units = 12
        own.final_unit_price_minor, own.final_amount_minor = 1_000, 6_000
        await session.flush()
        assert [each.invariant for each in await check_invariants(session, context)] == [8]
        await session.rollback()
