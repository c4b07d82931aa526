"""Refunds in part: a commitment goes on while parts of it go back, and never more than there is."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select

from metatron.apps.campaigns.edge import views
from metatron.apps.campaigns.errors import RefundExceedsEscrow, TransitionNotAllowed
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.module import MODULE
from metatron.apps.campaigns.money import refunds
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.kernel.context import system_context
from metatron.kernel.errors import DomainError
from metatron.kernel.settings import Settings
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_simulation import assert_sound


async def held(stage: Stage, *units: int) -> tuple[Campaign, list[Commitment]]:
    campaign = await stage.live()
    placed = [await stage.commit(campaign, each) for each in units]
    await stage.answer_all()
    return campaign, [await stage.fresh(each) for each in placed]


async def refunds_of(stage: Stage, commitment: Commitment) -> list[Refund]:
    query = select(Refund).where(
        Refund.tenant_id == stage.tenant_id, Refund.commitment_id == commitment.id
    )
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        return list((await session.execute(query.order_by(Refund.id))).scalars())


async def test_parts_go_back_while_the_commitment_goes_on(stage: Stage) -> None:
    campaign, [first, second] = await held(stage, 6, 5)
    await stage.return_part(first, 1_000, "One unit costs less.")
    await stage.return_part(first, 500)
    await stage.return_part(second, 1)
    await assert_sound(stage)
    assert await balance(stage, campaign, Kind.COMMITMENT_REFUND_DUE) == 1_501
    assert (await stage.fresh(first)).state == "held"
    await stage.answer_all()
    assert [each.state for each in await refunds_of(stage, first)] == ["confirmed"] * 2
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.return_part(second, 99)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 11 * (1_999 - 1_500) - 1_600
    await assert_sound(stage)


async def test_a_part_tells_its_story(stage: Stage) -> None:
    campaign, [commitment] = await held(stage, 6)
    await stage.return_part(commitment, 250, "One unit costs less.")
    await stage.answer_all("failed")
    await stage.retry_refund(commitment)
    await stage.answer_all()
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        found = await views.commitment_view(
            session, context, campaign, await stage.fresh(commitment), now=stage.now
        )
    moves = found["moves"][2:]
    assert [move["kind"] for move in moves] == [
        "part_decided", "part_instructed", "part_refused", "part_instructed", "part_confirmed",
    ]  # fmt: skip
    assert moves[0]["why"] == "One unit costs less."
    steps = [(step["name"], step["reason"]) for step in found["history"][3:]]
    assert steps == [
        ("return_part", "€2.50. One unit costs less."),
        ("reject_part", "€2.50."),
        ("retry_part", "€2.50. One unit costs less."),
        ("confirm_part", "€2.50."),
    ]
    assert found["state"] == "held"


async def test_a_part_is_less_than_what_is_there(stage: Stage) -> None:
    _, [commitment] = await held(stage, 2)
    for amount in (3_998, 3_999, 10**15):
        with pytest.raises(RefundExceedsEscrow):
            await stage.return_part(commitment, amount)
    await stage.return_part(commitment, 3_000)
    with pytest.raises(RefundExceedsEscrow):
        await stage.return_part(commitment, 998)
    await stage.return_part(commitment, 997)
    await stage.withdraw(commitment)
    whole = [each for each in await refunds_of(stage, commitment) if each.whole]
    assert [each.amount_minor for each in whole] == [1]
    with pytest.raises(TransitionNotAllowed):
        await stage.return_part(commitment, 1)
    await stage.answer_all(seed=3)
    await assert_sound(stage)
    assert (await stage.fresh(commitment)).state == "refunded"


async def test_a_campaign_ends_only_after_its_refused_parts(stage: Stage) -> None:
    campaign, [commitment] = await held(stage, 6)
    await stage.return_part(commitment, 700)
    await stage.answer_all("failed")
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(commitment)).state == "refunded"
    assert (await stage.fresh(campaign)).state == "failing"
    await stage.retry_refund(commitment)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "failed"
    await assert_sound(stage)


async def test_many_parts_take_few_statements(stage: Stage, statements: list[str]) -> None:
    campaign, commitments = await held(stage, *([1] * 12))
    counts = []
    for some in (commitments[:2], commitments[2:]):
        statements.clear()
        context = system_context(stage.tenant_id)
        async with stage.database.transaction(context) as session:
            locked = await lock_campaign(session, context, campaign.id)
            await refunds.return_part(
                session, context, locked, parts=[(each, 10) for each in some],
                reason_code="supplier_unable", trigger="supplier", now=stage.now,
            )  # fmt: skip
        counts.append(len(statements))
    assert counts[0] == counts[1]
    await stage.answer_all()
    await assert_sound(stage)


async def attempt(action: Any) -> bool:
    try:
        await action
    except DomainError:
        return False
    return True


@pytest.mark.parametrize("rival", ["part", "withdraw", "refund_all", "release"])
async def test_parts_raced_never_exceed_escrow(stage: Stage, rival: str) -> None:
    """On real connections: whoever comes second finds what the first has left."""
    campaign, [commitment, other] = await held(stage, 5, 5)
    if rival == "refund_all":
        await stage.step(stage.reviewer, campaign, "cancel", "The mould broke.")
    if rival == "release":
        await stage.pass_time(days=7)
        await stage.step(stage.supplier, campaign, "accept")
        await stage.deliver(campaign)
        stage.now = (await stage.fresh(campaign)).inspection_ends_at
    most = commitment.amount_minor - 1
    parts = [attempt(stage.return_part(commitment, most)) for _ in range(3)]
    rivals = {
        "part": lambda: attempt(stage.return_part(commitment, 2)),
        "withdraw": lambda: attempt(stage.withdraw(commitment)),
        "refund_all": stage.run_due,
        "release": stage.run_due,
    }
    done = await asyncio.gather(*parts, rivals[rival]())
    assert sum(done[:3]) <= 1
    await assert_sound(stage)
    await stage.answer_all(seed=1)
    await assert_sound(stage)
    rows = await refunds_of(stage, commitment)
    assert sum(row.amount_minor for row in rows) <= commitment.amount_minor
    assert (await stage.fresh(other)).state != "placed"


async def test_a_refund_row_that_contradicts_the_books_is_found(stage: Stage) -> None:
    _, [commitment] = await held(stage, 3)
    refund = await stage.return_part(commitment, 40)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        row = await session.get(Refund, (stage.tenant_id, refund.id))
        assert row is not None
        row.state, row.resolved_at = "confirmed", stage.now
        await session.flush()
        assert {each.invariant for each in await check_invariants(session, context)} == {5}
        await session.rollback()


async def test_the_migration_carries_refunds_over(stage: Stage, settings: Settings) -> None:
    campaign, [first, second, _] = await held(stage, 1, 2, 3)
    await stage.withdraw(first)
    await stage.answer_all()
    await stage.withdraw(second)
    await stage.answer_all("failed")
    await stage.step(stage.reviewer, campaign, "cancel", "The mould broke.")
    await stage.settle()
    wanted = """select commitment_id, amount_minor, reason_code, trigger, whole, state, transfer_id,
        attempts, created_at, resolved_at from campaigns.refund
        where campaign_id = $1 order by commitment_id"""
    assert MODULE.migrations is not None
    scripts = MODULE.migrations
    forth = (scripts / "refund_0002.sql").read_text()
    forth = forth.partition("insert into campaigns.allowed_transition")[0]
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    change = owner.transaction()
    await change.start()
    try:
        await owner.execute("alter table campaigns.refund no force row level security")
        before = await owner.fetch(wanted, campaign.id)
        await owner.execute((scripts / "refund_0002_back.sql").read_text())
        await owner.execute(forth)
        after = await owner.fetch(wanted, campaign.id)
    finally:
        await change.rollback()
        await owner.close()
    assert len(before) == 3
    assert {row["state"] for row in before} == {"confirmed", "failed", "instructed"}
    assert before == after
