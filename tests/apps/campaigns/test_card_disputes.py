"""Card disputes before and after the release: held apart, won, lost, and their rate."""

import itertools
from typing import Any

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.care import dispute_evidence
from metatron.apps.campaigns.care.dispute_rate import dispute_rate
from metatron.apps.campaigns.care.errors import EvidenceNotPossible
from metatron.apps.campaigns.care.tables import CardDispute, ExceptionRow, ProviderAction
from metatron.apps.campaigns.errors import CommitmentDisputed
from metatron.apps.campaigns.money import books, manual_refunds
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.kernel.context import system_context
from metatron.kernel.errors import PermissionDenied
from metatron.platform.payments.evidence_tables import DisputeEvidenceRow
from tests.apps.campaigns.stage import HOME, Stage

FEE = 1_500


async def rows(stage: Stage, mapped: Any) -> list[Any]:
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        query = select(mapped).where(mapped.tenant_id == stage.tenant_id)
        return list((await session.execute(query)).scalars())


async def sound(stage: Stage) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []


async def balances(stage: Stage, campaign: Any) -> dict[int, int]:
    """Debits less credits of every kind of account that is not at zero."""
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await books.lines_of(session, context, campaign.id)
    found = {line.code: line.debits_posted - line.credits_posted for line in lines}
    return {code: balance for code, balance in found.items() if balance}


async def told(stage: Stage, action: str, commitment: Any, amount: int, fee: int = 0) -> Any:
    return await stage.observe(action, commitment.id, amount, reference="dp_1", fee_minor=fee)


async def accepted(stage: Stage, *units: int) -> tuple[Any, list[Any]]:
    campaign = await stage.live(goal_units=2)
    made = [await stage.commit(campaign, each) for each in units]
    await stage.answer_all()
    await stage.pass_time(days=7, hours=1)
    await stage.answer_all()
    await stage.step(stage.supplier, campaign, "accept")
    await stage.answer_all()
    return campaign, made


async def released(stage: Stage, campaign: Any) -> None:
    await stage.deliver(campaign)
    await stage.pass_time(days=8)
    await stage.answer_all()


async def test_a_dispute_holds_the_amount_apart_and_nothing_is_refunded(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    gross = 3 * 1_999
    event = await told(stage, "dispute_opened", commitment, gross, FEE)
    await stage.deliver_again(event)
    assert (await stage.fresh(commitment)).state == "disputed"
    assert await balances(stage, campaign) == {101: -FEE, 103: gross, 106: FEE, 203: -gross}
    with pytest.raises(CommitmentDisputed):
        await stage.run(
            manual_refunds.ask_refund, stage.finance, commitment_id=commitment.id,
            amount_minor=None, whole=True, reason_code="admin_manual", reason="A reason.",
        )  # fmt: skip
    with pytest.raises(CommitmentDisputed):
        await stage.return_part(commitment, 5)
    await sound(stage)


async def test_a_won_dispute_brings_the_money_back_and_the_fee_stays(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    gross = 3 * 1_999
    await told(stage, "dispute_opened", commitment, gross, FEE)
    event = await told(stage, "dispute_won", commitment, gross)
    await stage.deliver_again(event)
    assert (await stage.fresh(commitment)).state == "held"
    assert await balances(stage, campaign) == {101: -FEE, 102: gross, 106: FEE, 201: -gross}
    await sound(stage)


async def test_a_lost_dispute_ends_the_commitment_and_frees_its_units(stage: Stage) -> None:
    campaign = await stage.live(cap_units=10)
    commitment = await stage.commit(campaign, 3)
    await stage.commit(campaign, 5)
    await stage.answer_all()
    await told(stage, "dispute_opened", commitment, 3 * 1_999)
    await told(stage, "dispute_lost", commitment, 3 * 1_999)
    assert (await stage.fresh(commitment)).state == "lost"
    assert await balances(stage, campaign) == {102: 5 * 1_999, 201: -5 * 1_999}
    await stage.commit(campaign, 5)
    await sound(stage)


async def test_of_a_part_that_is_lost_the_rest_goes_on(stage: Stage) -> None:
    campaign, [commitment, _] = await accepted(stage, 3, 2)
    await told(stage, "dispute_opened", commitment, 1_000)
    await told(stage, "dispute_lost", commitment, 1_000)
    assert (await stage.fresh(commitment)).state == "allocated"
    await sound(stage)
    await released(stage, campaign)
    assert (await stage.fresh(campaign)).state == "completed"
    await sound(stage)


async def test_a_disputed_commitment_is_not_released_with_the_others(stage: Stage) -> None:
    campaign, [commitment, other] = await accepted(stage, 3, 2)
    await told(stage, "dispute_opened", commitment, 3 * 1_999)
    await released(stage, campaign)
    assert (await stage.fresh(other)).state == "settled"
    assert (await stage.fresh(commitment)).state == "disputed"
    assert (await stage.fresh(campaign)).state == "inspecting"
    await told(stage, "dispute_won", commitment, 3 * 1_999)
    await stage.answer_all()
    assert (await stage.fresh(commitment)).state == "settled"
    assert (await stage.fresh(campaign)).state == "completed"
    await sound(stage)


async def test_a_campaign_that_ended_refunds_what_comes_back(stage: Stage) -> None:
    campaign = await stage.live(goal_units=10)
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    await told(stage, "dispute_opened", commitment, 3 * 1_999)
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "failing"
    await told(stage, "dispute_won", commitment, 3 * 1_999)
    await stage.answer_all()
    assert (await stage.fresh(commitment)).state == "refunded"
    assert (await stage.fresh(campaign)).state == "failed"
    await sound(stage)


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_a_dispute_after_the_release_touches_no_other_money(
    stage: Stage, outcome: str
) -> None:
    campaign, [commitment] = await accepted(stage, 3)
    await released(stage, campaign)
    before = await balances(stage, campaign)
    await told(stage, "dispute_opened", commitment, 3 * 1_999, FEE)
    assert (await stage.fresh(commitment)).state == "settled"
    await told(stage, f"dispute_{outcome}", commitment, 3 * 1_999)
    lost = 3 * 1_999 if outcome == "lost" else 0
    expected = dict(before) | {106: FEE, 101: before.get(101, 0) - FEE - lost}
    assert await balances(stage, campaign) == expected | ({107: lost} if lost else {})
    [dispute] = await rows(stage, CardDispute)
    assert (dispute.state, dispute.is_before_release) == (outcome, False)
    await sound(stage)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_capture_opening_and_end_in_any_sequence(
    stage: Stage, order: tuple[int, ...]
) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 2)
    await stage.settle()
    [capture] = stage.unsent
    for number in order:
        if number == 0:
            await stage.answer(capture)
            await stage.settle()
        else:
            action = "dispute_opened" if number == 1 else "dispute_lost"
            await told(stage, action, commitment, 2 * 1_999, FEE if number == 1 else 0)
    assert (await stage.fresh(commitment)).state == "lost"
    assert await balances(stage, campaign) == {101: -FEE, 106: FEE}
    assert {each.state for each in await rows(stage, ProviderAction)} == {"mirrored"}
    await sound(stage)


async def test_the_rate_of_disputes_is_watched(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 2)
    await stage.answer_all()
    assert (await stage.run(dispute_rate, stage.organiser)).level == "normal"
    await told(stage, "dispute_opened", commitment, 2 * 1_999)
    rate = await stage.run(dispute_rate, stage.organiser)
    assert (rate.disputes, rate.captures, rate.rate_basis_points) == (1, 1, 10_000)
    assert rate.level == "critical"
    [found] = await rows(stage, ExceptionRow)
    assert (found.cause, found.severity) == ("dispute_rate/critical", "critical")
    await stage.pass_time(days=31)
    assert (await stage.run(dispute_rate, stage.organiser)).level == "normal"


async def test_evidence_goes_with_the_facts_and_without_the_person(stage: Stage) -> None:
    campaign, [commitment, _] = await accepted(stage, 3, 2)
    await stage.deliver(campaign)
    await told(stage, "dispute_opened", commitment, 3 * 1_999)
    [dispute] = await rows(stage, CardDispute)
    given = {"dispute_id": dispute.id, "explanation": "It was delivered."}
    with pytest.raises(PermissionDenied):
        await stage.run(dispute_evidence.hand_in, stage.organiser, **given)
    shown = await stage.run(dispute_evidence.hand_in, stage.finance, **given)
    assert shown.evidence_state == "created"
    [evidence] = await rows(stage, DisputeEvidenceRow)
    assert evidence.reference == dispute.reference
    assert evidence.explanation.startswith("It was delivered.\n")
    for said in (commitment.reference, "€59.97", campaign.terms_version, "delivered"):
        assert said in evidence.explanation
    for personal in (HOME.recipient, HOME.street, str(commitment.member_id)):
        assert personal is not None
        assert personal not in evidence.explanation
    with pytest.raises(EvidenceNotPossible):
        await stage.run(dispute_evidence.hand_in, stage.finance, **given)
    moved = {"provider": "sandbox", "provider_reference": dispute.reference}
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        context = system_context(stage.tenant_id)
        for state in ("submitted", "unknown"):
            await dispute_evidence.evidence_moved(
                session, context, **moved, state=state, failure_code=None
            )
    [dispute] = await rows(stage, CardDispute)
    assert dispute.evidence_state == "submitted"


async def test_no_evidence_after_the_end_or_the_deadline(stage: Stage) -> None:
    _, [commitment, other] = await accepted(stage, 3, 2)
    await told(stage, "dispute_opened", commitment, 3 * 1_999)
    await stage.observe("dispute_opened", other.id, 2 * 1_999, reference="dp_2")
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        late = (
            await session.execute(select(CardDispute).where(CardDispute.reference == "dp_2"))
        ).scalar_one()
        late.evidence_due_at = stage.now
    await told(stage, "dispute_lost", commitment, 3 * 1_999)
    for dispute in await rows(stage, CardDispute):
        with pytest.raises(EvidenceNotPossible):
            await stage.run(
                dispute_evidence.hand_in, stage.finance, dispute_id=dispute.id, explanation="Now."
            )
