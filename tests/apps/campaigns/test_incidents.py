"""Incidents of other platforms and faults of time: each is lived through here once.

The whole list, and which test lives through which, stands in docs/incidents.md.
"""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.gathering import closing, commitments, notices
from metatron.apps.campaigns.money import books, refunding, release
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.tables import Campaign, Commitment, Payout
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import DomainError, InvalidInput
from metatron.kernel.ids import new_id
from metatron.platform.ledger.checking import check_books
from metatron.platform.payments import interface as payments
from tests.apps.campaigns.stage import HOME, Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_fees import inspected
from tests.simulation.fuse import Crashed, Fuse


def wish(campaign: Campaign, units: int) -> commitments.Wish:
    return commitments.Wish(
        id=new_id(), units=units, terms_version=campaign.terms_version,
        acknowledged_escrow_terms=True, acknowledged_may_not_succeed=True, payment_method="pm_ok",
        destination=HOME,
    )  # fmt: skip


async def at_once(*calls: Any) -> list[Any]:
    """Run calls at once; people may be refused, anything else that is raised is a mistake."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, DomainError):
            raise result
    return results


async def sound(stage: Stage) -> None:
    assert await check_books(stage.database, stage.tenant_id) == []


async def commit_of(stage: Stage, campaign: Campaign, member: Context, wanted: Any) -> Any:
    return await stage.run(commitments.commit, member, campaign_id=campaign.id, wish=wanted)


async def test_a_double_tap_places_one_commitment(stage: Stage) -> None:
    campaign, member = await stage.live(), stage.member()
    wanted = wish(campaign, 3)
    await at_once(*(commit_of(stage, campaign, member, wanted) for _ in range(4)))
    [kept] = await stage.commitments_of(campaign)
    await stage.settle()
    assert len(stage.unsent) == 1
    await stage.answer_all()
    assert (await stage.fresh(kept)).captured_minor == 3 * 1_999
    await sound(stage)


async def test_two_devices_never_exceed_a_members_limit(stage: Stage) -> None:
    campaign, member = await stage.live(), stage.member()
    results = await at_once(
        *(commit_of(stage, campaign, member, wish(campaign, 4)) for _ in range(3))
    )
    assert sum(isinstance(each, InvalidInput) for each in results) == 2
    await stage.answer_all()
    await sound(stage)


async def test_withdrawing_races_the_close(stage: Stage) -> None:
    for _ in range(3):
        campaign = await stage.live()
        first, _ = [await stage.commit(campaign, 5) for _ in range(2)]
        await stage.answer_all()
        withdrawing = stage.withdraw(first)
        stage.now = campaign.deadline_at
        await at_once(
            withdrawing,
            stage.run(
                closing.close_at_deadline, system_context(stage.tenant_id), campaign_id=campaign.id
            ),
        )
        await stage.answer_all()
        was, ended = await stage.fresh(first), await stage.fresh(campaign)
        assert (was.state == "refunded") == (ended.state == "failed"), (was.state, ended.state)
        await sound(stage)
        stage.now += timedelta(hours=1)


async def test_an_extension_races_the_close(stage: Stage) -> None:
    campaign = await stage.live()
    told = notices.Told("Later.", "The mill.", "A month.", campaign.deadline_at + timedelta(days=3))
    await stage.run(notices.request_extension, stage.organiser, campaign_id=campaign.id, told=told)
    extending = stage.step(stage.reviewer, campaign, "extend")
    stage.now = campaign.deadline_at
    close = closing.close_at_deadline
    await at_once(
        extending, stage.run(close, system_context(stage.tenant_id), campaign_id=campaign.id)
    )
    await stage.settle()
    ended = await stage.fresh(campaign)
    is_extended = ended.deadline_at > campaign.deadline_at
    assert (ended.state == "live") == is_extended, (ended.state, ended.deadline_at)
    await sound(stage)


@pytest.mark.parametrize("first", ["refund", "dispute"])
async def test_a_refund_races_a_dispute(stage: Stage, first: str) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    acts = [
        stage.withdraw(commitment),
        stage.observe("dispute_opened", commitment.id, 3 * 1_999, reference="dp_1", fee_minor=15),
    ]
    await at_once(*(acts if first == "refund" else reversed(acts)))
    await stage.answer_all()
    state = (await stage.fresh(commitment)).state
    assert state in {"disputed", "refunded"}
    taken = await balance(stage, campaign, Kind.DISPUTE_RECEIVABLE)
    assert taken == (-3 * 1_999 if state == "disputed" else 0)
    await sound(stage)


async def test_a_release_races_a_dispute(stage: Stage) -> None:
    campaign = await inspected(stage, 5, 6)
    disputed = (await stage.commitments_of(campaign))[0]
    system = system_context(stage.tenant_id)
    await at_once(
        stage.run(release.end_inspection, system, campaign_id=campaign.id),
        stage.observe("dispute_opened", disputed.id, disputed.amount_minor, reference="dp_1"),
    )
    await stage.answer_all()
    await sound(stage)
    assert (await stage.fresh(disputed)).state in {"disputed", "settled", "released"}


async def test_two_workers_at_the_same_settlement_pay_once(stage: Stage) -> None:
    campaign = await inspected(stage, 5, 6)
    system = system_context(stage.tenant_id)
    await at_once(
        *(stage.run(release.end_inspection, system, campaign_id=campaign.id) for _ in range(4))
    )
    await stage.answer_all()
    async with stage.database.transaction(system) as session:
        query = select(Payout.amount_minor).where(Payout.tenant_id == stage.tenant_id)
        assert list((await session.execute(query)).scalars()) == [11 * 1_500]
    assert (await stage.fresh(campaign)).state == "completed"
    await sound(stage)


async def test_a_bulk_refund_interrupted_at_any_row_goes_on(stage: Stage) -> None:
    """The worker dies in front of every single statement, one after the other."""
    campaign = await stage.live()
    for _ in range(6):
        await stage.commit(campaign, 1)
    await stage.answer_all()
    await stage.pass_time(days=6)
    stage.now = campaign.deadline_at
    system = system_context(stage.tenant_id)
    await stage.run(closing.close_at_deadline, system, campaign_id=campaign.id)
    fuse, crashes = Fuse(), 0
    with fuse.laid():
        for statement in range(200):
            try:
                with fuse.lit(statement, "dies"):
                    await stage.run(
                        refunding.refund_all, system, campaign_id=campaign.id, trigger="deadline"
                    )
            except Crashed:
                crashes += 1
                states = {each.state for each in await stage.commitments_of(campaign)}
                assert len(states) == 1, "a batch is done or it is not"
                continue
            break
    assert crashes > 5
    await stage.answer_all()
    assert {each.state for each in await stage.commitments_of(campaign)} == {"refunded"}
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == 0
    await sound(stage)


async def test_an_answer_lost_after_the_commit_is_found_by_asking_again(stage: Stage) -> None:
    """The connection broke after COMMIT was sent: the client cannot know, and asks once more."""
    campaign, member = await stage.live(), stage.member()
    wanted = wish(campaign, 2)
    placed = await commit_of(stage, campaign, member, wanted)
    again = await commit_of(stage, campaign, member, wanted)
    assert (again.id, again.reference, again.version) == (
        placed.id, placed.reference, placed.version,
    )  # fmt: skip
    await stage.answer_all()
    assert len(await stage.commitments_of(campaign)) == 1
    await sound(stage)


async def test_a_payout_that_comes_back_days_later_is_due_again(stage: Stage) -> None:
    campaign = await inspected(stage, 5, 6)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await stage.pass_time(days=4)
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        query = select(Payout).where(Payout.tenant_id == stage.tenant_id)
        payout = (await session.execute(query)).scalar_one()
        await payments.record_outcome(
            session, system_context(stage.tenant_id), instruction_id=payout.transfer_id,
            outcome=payments.Returned("po_1", payout.amount_minor, "returned_by_bank"),
            now=stage.now,
        )  # fmt: skip
    await stage.settle()
    assert await balance(stage, campaign, Kind.CAMPAIGN_PAYABLE) == 11 * 1_500
    await sound(stage)
    await stage.step(stage.finance, campaign, "retry_payout", "The account was mended.")
    await stage.answer_all()
    assert await balance(stage, campaign, Kind.CAMPAIGN_PAYABLE) == 0
    await sound(stage)


async def test_pumping_a_price_step_and_leaving_moves_no_price(stage: Stage) -> None:
    """The step is fixed on escrowed money at the close; who left before it counts for nothing."""
    campaign = await stage.live(goal_units=5)
    await stage.commit(campaign, 6)
    pumped = await stage.commit(campaign, 6)
    await stage.answer_all()
    await stage.withdraw(pumped)
    await stage.answer_all()
    await stage.pass_time(days=7)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        now = await session.get(Campaign, (stage.tenant_id, campaign.id))
        assert await books.escrowed(session, context, now) == 6 * 1_999
        units = select(Commitment.units).where(
            Commitment.tenant_id == stage.tenant_id, Commitment.state == "held"
        )
        assert list((await session.execute(units)).scalars()) == [6]
    await sound(stage)


@pytest.mark.parametrize("is_confirmed_first", [True, False])
async def test_a_refund_to_a_closed_card_that_comes_back_is_due_again(
    stage: Stage, *, is_confirmed_first: bool
) -> None:
    """Also when the news of the return overtakes that of the success, after the campaign's end."""
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 6)
    await stage.answer_all()
    await stage.pass_time(days=7)
    [refund_id] = stage.unsent
    if is_confirmed_first:
        await stage.answer_all()
        assert (await stage.fresh(campaign)).state == "failed"
    system = system_context(stage.tenant_id)
    async with stage.database.transaction(system) as session:
        await payments.record_outcome(
            session, system, instruction_id=refund_id, now=stage.now,
            outcome=payments.Returned("re_1", 6 * 1_999, "account_closed"),
        )  # fmt: skip
    rows = await stage.take_due()
    for row in rows if is_confirmed_first else reversed(rows):
        await stage.handle(row)
    await stage.settle()
    assert (await stage.fresh(commitment)).state == "refund_failed"
    assert await balance(stage, campaign, Kind.COMMITMENT_REFUND_DUE) == 6 * 1_999
    await sound(stage)
    await stage.retry_refund(commitment)
    await stage.answer_all()
    assert (await stage.fresh(commitment)).state == "refunded"
    assert (await stage.fresh(campaign)).state == "failed"
    assert await balance(stage, campaign, Kind.COMMITMENT_REFUND_DUE) == 0
    await sound(stage)
