"""What is kept of a campaign's figures: nobody waits for it, and it is what the commitments sum to.

Every act of the state machine, the simulation and most tests beside this file end with the same
comparison: it is an invariant of `metatron ledger check`.
"""

from pathlib import Path
from typing import Any

import asyncpg
import orjson
from sqlalchemy import text

from metatron.apps.campaigns.edge import queries
from metatron.apps.campaigns.module import MODULE
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.kernel.settings import Settings
from metatron.platform.ledger.checking import check_books
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_parts import held
from tests.apps.campaigns.test_share_releases import folder, share_released  # noqa: F401
from tests.apps.campaigns.test_simulation import assert_sound

SHORTENED = text("update campaigns.commitment set captured_minor = :minor where id = :id")


async def totals_of(stage: Stage, campaign: Campaign) -> dict[str, int]:
    context = system_context(stage.tenant_id)
    door = await stage.database.direct(context)
    found = await door.json(context, queries.CAMPAIGN_BY_ID, campaign.id)
    totals: dict[str, int] = orjson.loads(found or b"{}")["totals"]
    return totals


async def test_who_changes_a_campaigns_figures_at_once_does_not_wait(stage: Stage) -> None:
    campaign, [first, second, third] = await held(stage, 1, 2, 3)
    context = system_context(stage.tenant_id)
    before = await totals_of(stage, campaign)
    async with stage.database.transaction(context) as one:
        await one.execute(SHORTENED, {"id": first.id, "minor": 1})
        async with stage.database.transaction(context) as other:
            await other.execute(text("set local lock_timeout = '2s'"))
            await other.execute(SHORTENED, {"id": second.id, "minor": 2})
            async with stage.database.transaction(context) as last:
                await last.execute(text("set local lock_timeout = '2s'"))
                await last.execute(SHORTENED, {"id": third.id, "minor": 3})
        await one.execute(SHORTENED, {"id": first.id, "minor": 4})
        seen_meanwhile = await totals_of(stage, campaign)
    # What is not committed is not seen, and then it is there at once.
    assert seen_meanwhile["escrow_minor"] == first.amount_minor + 5
    assert await totals_of(stage, campaign) == before | {"escrow_minor": 9}


async def test_as_many_rows_as_were_changed_at_once(stage: Stage) -> None:
    campaign, placed = await held(stage, *[1] * 6)
    for commitment in placed[:3]:
        await stage.withdraw(commitment)
    await stage.answer_all()
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        count = text("select count(*) from campaigns.gathered where campaign_id = :id")
        assert (await session.execute(count, {"id": campaign.id})).scalar_one() == 1
    assert (await totals_of(stage, campaign))["commitments"] == 6


async def test_a_figure_that_was_changed_by_hand_is_found(stage: Stage) -> None:
    campaign, _ = await held(stage, 3)
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        spoil = "update campaigns.gathered set held_units = held_units + 1 where campaign_id = :id"
        await session.execute(text(spoil), {"id": campaign.id})
    found = await check_books(stage.database, stage.tenant_id)
    assert [(each.violation.invariant, each.violation.subject) for each in found] == [
        (17, campaign.id)
    ]


async def test_parts_cross_the_edge_of_escrow_with_their_commitment(stage: Stage) -> None:
    campaign, [mine] = await held(stage, 3)
    await stage.return_part(mine, 40)
    await stage.answer_all()
    await stage.return_part(mine, 30)
    await assert_sound(stage)
    # What went back is out of it, what is on its way is in it until it arrives.
    assert (await totals_of(stage, campaign))["escrow_minor"] == mine.amount_minor - 40
    await stage.withdraw(mine)
    await assert_sound(stage)
    await stage.answer_all()
    await assert_sound(stage)
    assert (await totals_of(stage, campaign))["escrow_minor"] == 0


async def refilled(stage: Stage, settings: Settings) -> tuple[list[Any], list[Any]]:
    """Return the sums as they are kept, and as the migration fills them for what exists."""
    scripts = MODULE.migrations
    assert scripts is not None
    sums = """select campaign_id, sum(commitments) commitments, sum(held_units) held,
        sum(early_units) early, sum(reserved_units) reserved, sum(let_go_units) let_go,
        sum(let_go_reserved_units) let_go_reserved, sum(returned_units) returned,
        sum(by_hand_units) by_hand, sum(escrow_minor) escrow
        from campaigns.gathered where tenant_id = $1 group by campaign_id order by campaign_id"""
    owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    work = owner.transaction()
    await work.start()
    try:
        await owner.execute("alter table campaigns.gathered no force row level security")
        kept = await owner.fetch(sums, stage.tenant_id)
        for name in ("gathered_0020_back.sql", "gathered_0020.sql"):
            await owner.execute((Path(scripts) / name).read_text())
        return kept, await owner.fetch(sums, stage.tenant_id)
    finally:
        await work.rollback()
        await owner.close()


async def test_the_migration_fills_what_exists(stage: Stage, settings: Settings) -> None:
    await share_released(stage, 4_000, 6_000)
    _, placed = await held(stage, 2, 3, 4)
    for commitment in placed[:2]:
        await stage.return_part(commitment, 40)
    await stage.answer_all("failed")
    for commitment in placed[1:]:
        await stage.withdraw(commitment)
    kept, filled = await refilled(stage, settings)
    assert len(kept) == 2
    assert kept == filled
