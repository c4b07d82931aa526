"""A share of many commitments is released in several transactions: killed anywhere, told once."""

from typing import Any

import pytest
from sqlalchemy import select, text

from metatron.apps.campaigns.delivery import shares
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.tables import Campaign, Payout
from metatron.kernel.context import system_context
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_milestones import (
    ask,
    finish,
    folder,  # noqa: F401 - a fixture
    plan,
    planned,
    prove,
)
from tests.apps.campaigns.test_simulation import assert_sound

UNITS = (1, 2, 3, 1, 2, 3, 1)
GROSS = sum(UNITS) * 1_999
SHARE = 3_333
EARLY = GROSS * SHARE // 10_000
_KEPT = text("""
select commitment_id, sum(amount_minor)::bigint minor, count(*) times
from campaigns.share_release where tenant_id = :tenant_id group by commitment_id
""")
_PAID = text("select payout_id from campaigns.share_release where milestone_id = :milestone_id")


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "AT_ONCE", 2)


async def approved(stage: Stage) -> tuple[Campaign, Milestone]:
    """Bring a share to its approval; the first batch is released with it, the job waits."""
    changes = {"release_policy": "milestones"}
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)
    campaign = await stage.live(milestones=plan(stage, SHARE, 10_000 - SHARE))
    for units in UNITS:
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    milestone = (await planned(stage, campaign))[0]
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, milestone)
    await ask(stage, milestone)
    await stage.settle()
    await stage.approve(await open_request(stage, milestone))
    return campaign, milestone


async def open_request(stage: Stage, milestone: Milestone) -> Any:
    query = text("select id from approvals.approval where tenant_id = :t and subject_id = :s")
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        key = {"t": stage.tenant_id, "s": milestone.id}
        return (await session.execute(query, key)).scalar_one()


async def kept(stage: Stage) -> dict[Any, tuple[int, int]]:
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        rows = await session.execute(_KEPT, {"tenant_id": stage.tenant_id})
        return {row.commitment_id: (row.minor, row.times) for row in rows}


async def payments(stage: Stage, milestone: Milestone) -> list[Payout]:
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        ids = (await session.execute(_PAID, {"milestone_id": milestone.id})).scalars().all()
        query = select(Payout).where(Payout.id.in_(set(ids))).order_by(Payout.id)
        return list((await session.execute(query)).scalars())


async def take_jobs(stage: Stage) -> list[dict[str, Any]]:
    """Handle what is due but the share's job, which is returned."""
    found: list[dict[str, Any]] = []
    while rows := await stage.take_due():
        for row in rows:
            if row["name"] == shares.SHARE_JOB:
                found.append(row)
            else:
                await stage.handle(row)
    return found


async def test_a_crash_between_batches_neither_loses_nor_doubles(stage: Stage) -> None:
    campaign, milestone = await approved(stage)
    context = system_context(stage.tenant_id)
    for done in (2, 4, 6):
        now = await stage.fresh(milestone)
        assert now.state == "approved"
        released = await kept(stage)
        assert len(released) == done
        assert now.released_minor == sum(minor for minor, _ in released.values())
        await assert_sound(stage)
        [job] = await take_jobs(stage)
        # The worker dies in front of its commit: nothing of the batch is left, the job comes again.
        async with stage.database.transaction(context) as session:
            await shares.release_shares(session, context, milestone_id=milestone.id, now=stage.now)
            await session.rollback()
        assert await kept(stage) == released
        await stage.handle(job)
    assert await take_jobs(stage) == []
    now, released = await stage.fresh(milestone), await kept(stage)
    assert (now.state, now.released_minor) == ("release_instructed", EARLY)
    assert [times for _, times in released.values()] == [1] * len(UNITS)
    assert sum(minor for minor, _ in released.values()) == EARLY
    assert GROSS - await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == EARLY
    assert len(await payments(stage, milestone)) == 4
    await stage.answer_all()
    assert (await stage.fresh(milestone)).state == "released"
    assert {one.released_bp for one in await stage.commitments_of(campaign)} == {SHARE}
    told = [ordinal for subject, ordinal in stage.told if subject == campaign.id]
    assert len(told) == len(set(told))
    await stage.step(stage.organiser, campaign, "start_fulfilment")
    await finish(stage, campaign)
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == sum(UNITS) * (1_999 - 1_500)
    await assert_sound(stage)


async def test_a_job_that_comes_twice_releases_each_part_once(stage: Stage) -> None:
    campaign, milestone = await approved(stage)
    # Below the mark that makes deliveries single: each repeat begins a second chain of jobs.
    while jobs := await take_jobs(stage):
        for job in [*jobs, *jobs]:
            await stage.handle(job)
    await stage.answer_all()
    now, released = await stage.fresh(milestone), await kept(stage)
    assert (now.state, now.released_minor) == ("released", EARLY)
    assert [times for _, times in released.values()] == [1] * len(UNITS)
    assert GROSS - await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == EARLY
    await assert_sound(stage)


async def test_unwinding_between_batches_refunds_what_was_not_released(stage: Stage) -> None:
    campaign, milestone = await approved(stage)
    released = (await stage.fresh(milestone)).released_minor
    await stage.step(stage.reviewer, campaign, "unwind", "The workshop closed.")
    await stage.answer_all()
    now = await stage.fresh(milestone)
    assert (now.state, now.released_minor) == ("released", released)
    assert len(await kept(stage)) == 2
    assert (await stage.fresh(campaign)).state == "unwound"
    assert {each.state for each in await stage.commitments_of(campaign)} == {"refunded"}
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 0
    await assert_sound(stage)


async def test_releases_that_are_switched_off_hold_the_next_batch(stage: Stage) -> None:
    _, milestone = await approved(stage)
    change = tenant_settings.change_settings
    await stage.run(change, stage.reviewer, changes={"release_open": False})
    await stage.answer_all()
    assert len(await kept(stage)) == 2
    assert (await stage.fresh(milestone)).state == "approved"
    await stage.run(change, stage.reviewer, changes={"release_open": True})
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(milestone)).state == "released"
    await assert_sound(stage)


async def test_a_refused_payment_of_one_batch_keeps_the_share_open(stage: Stage) -> None:
    campaign, milestone = await approved(stage)
    await stage.settle()
    first, *_ = await payments(stage, milestone)
    refused = next(each for each in stage.unsent if each == first.transfer_id)
    await stage.answer(refused, "failed")
    await stage.answer_all()
    assert (await stage.fresh(milestone)).state == "release_instructed"
    await assert_sound(stage)
    await stage.step(stage.finance, campaign, "retry_payout", "Again.")
    await stage.answer_all()
    assert (await stage.fresh(milestone)).state == "released"
    await assert_sound(stage)
