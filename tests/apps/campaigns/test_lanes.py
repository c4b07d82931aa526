"""Large endings go in several lanes and in large statements: everybody once, as one by one."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.machine import steps
from metatron.apps.campaigns.money import bulk_ranges, refund_writing, refunding
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.kernel.context import system_context
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_manual_refunds import ask_many
from tests.apps.campaigns.test_parts import held, refunds_of
from tests.apps.campaigns.test_simulation import assert_sound

LANES = {refunding.REFUND_JOB, bulk_ranges.RANGE_JOB}


async def run_side_by_side(stage: Stage) -> int:
    """Run what is due, jobs of lanes at one moment; return how many of those ran."""
    ran = 0
    while rows := await stage.take_due():
        lanes = [row for row in rows if row["name"] in LANES]
        await asyncio.gather(*(stage.handle(row) for row in lanes))
        ran += len(lanes)
        for row in rows:
            if row not in lanes:
                await stage.handle(row)
    return ran


async def test_lanes_refund_everybody_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refunding, "AT_ONCE", 2)
    campaign, commitments = await held(stage, *[1] * 9)
    await stage.step(stage.reviewer, campaign, "cancel", "The mould broke.")
    assert await run_side_by_side(stage) >= 5 + refunding.LANES
    for each in commitments:
        assert len(await refunds_of(stage, each)) == 1
    assert len(stage.unsent) == len(set(stage.unsent)) == 9
    assert len(stage.told) == len(set(stage.told)), "nothing is told twice"
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "cancelled"
    await assert_sound(stage)


async def test_a_lane_comes_back_for_what_somebody_was_at(stage: Stage) -> None:
    campaign, commitments = await held(stage, 1, 1, 1)
    await stage.step(stage.reviewer, campaign, "cancel", "The mould broke.")
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        query = select(Commitment).where(
            Commitment.tenant_id == stage.tenant_id, Commitment.id == commitments[1].id
        )
        await session.execute(query.with_for_update(key_share=True))
        lanes = asyncio.create_task(run_side_by_side(stage))
        while len(await stage.commitments_of(campaign, "refund_due")) < 2:  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert not lanes.done(), "the last lane waits for the commitment"
    await lanes
    assert len(await stage.commitments_of(campaign, "refund_due")) == 3
    await assert_sound(stage)


@pytest.mark.parametrize("per_unit", [None, 10])
async def test_ranges_cover_everybody_once(
    stage: Stage, per_unit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_ranges, "AT_ONCE", 2)
    campaign, commitments = await held(stage, 1, 2, 3, 4, 5, 1, 2)
    await stage.approve(await ask_many(stage, campaign.id, per_unit))
    await run_side_by_side(stage)
    for each in commitments:
        [refund] = await refunds_of(stage, each)
        assert refund.amount_minor == (each.amount_minor if per_unit is None else each.units * 10)
    await stage.answer_all()
    await assert_sound(stage)


def plain(row: Commitment | Refund) -> dict[str, Any]:
    """Return what a row says, without ids and instants."""
    columns = [column.name for column in row.__table__.columns]
    own = {"reference", "provider_reference", "authorised_reference", "requested_by"}
    return {
        name: getattr(row, name) for name in columns
        if not name.endswith(("id", "_at")) and name not in own
    }  # fmt: skip


async def written(stage: Stage, campaign: Campaign, fewest: int) -> list[Any]:
    """Return what is left of a part and a whole refund of everybody, without ids."""
    await stage.approve(await ask_many(stage, campaign.id, 10))
    await stage.settle()
    await stage.step(stage.reviewer, campaign, "cancel", "The mould broke.")
    await stage.settle()
    left = []
    for each in await stage.commitments_of(campaign):
        left.append(plain(each))
        left += map(plain, await refunds_of(stage, each))
    assert len(left) == 15, fewest
    return left


async def test_large_statements_write_what_the_session_would(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = []
    for fewest in (1, 1_000):
        monkeypatch.setattr(steps, "FEWEST", fewest)
        monkeypatch.setattr(refund_writing, "FEWEST", fewest)
        campaign, _ = await held(stage, 1, 2, 3, 4, 5)
        pictures.append(await written(stage, campaign, fewest))
        await assert_sound(stage)
    assert pictures[0] == pictures[1]
