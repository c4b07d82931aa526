"""What is offered is what could be done: no step whose guard plainly does not hold."""

from dataclasses import replace
from datetime import timedelta

import orjson

from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.edge import queries
from metatron.apps.campaigns.edge.answers import CampaignAnswer
from metatron.apps.campaigns.edge.campaign_views import told_campaign
from metatron.apps.campaigns.permissions import PERMISSIONS
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from tests.apps.campaigns.stage import Stage

EVERYTHING = frozenset(permission.name for permission in PERMISSIONS)


def owner_of(stage: Stage) -> Context:
    return replace(stage.reviewer, permissions=EVERYTHING)


async def offered(stage: Stage, campaign: Campaign, who: Context | None = None) -> set[str]:
    context = who or owner_of(stage)
    door = await stage.database.direct(context)
    found = await door.json(context, queries.CAMPAIGN_BY_ID, campaign.id)
    assert found is not None
    shown = CampaignAnswer.model_validate_json(
        orjson.dumps(told_campaign(found.decode(), context)[0]), extra="forbid"
    )
    return {step.name for step in shown.allowed_transitions}


async def test_a_healthy_campaign_offers_no_repair(stage: Stage) -> None:
    campaign = await stage.live(goal_units=3, cap_units=4)
    assert await offered(stage, campaign) == {"pause", "cancel"}
    await stage.commit(campaign, 4)
    await stage.answer_all()
    assert await offered(stage, campaign) == {"pause", "cancel", "close_early"}
    await stage.step(stage.organiser, campaign, "close_early")
    await stage.settle()
    assert await offered(stage, campaign) == set()
    assert await offered(stage, campaign, stage.supplier) == {"accept", "decline"}
    await stage.step(stage.supplier, campaign, "accept")
    assert "start_procuring" not in await offered(stage, campaign)
    await stage.settle()
    assert "start_procuring" in await offered(stage, campaign)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await stage.step(stage.organiser, campaign, "start_fulfilment")
    assert await offered(stage, campaign) == {"unwind"}
    await stage.run(
        fulfilment.record_fulfilment, stage.supplier, campaign_id=campaign.id, kind="delivered",
        note="Left at the door.",
    )  # fmt: skip
    assert await offered(stage, campaign) == {"confirm_delivery", "unwind"}
    await stage.step(stage.organiser, campaign, "confirm_delivery")
    assert await offered(stage, campaign) == {"unwind"}
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert await offered(stage, campaign) == set()


async def test_a_refused_payment_offers_to_instruct_it_again(stage: Stage) -> None:
    campaign = await stage.live(goal_units=2)
    await stage.commit(campaign, 2)
    await stage.answer_all()
    await stage.pass_time(days=8)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.pass_time(days=8)
    await stage.answer_all("failed")
    assert "retry_payout" in await offered(stage, campaign, stage.finance)
    await stage.step(stage.finance, campaign, "retry_payout", "The account was wrong.")
    assert "retry_payout" not in await offered(stage, campaign, stage.finance)


async def test_a_refused_refund_offers_to_instruct_it_again(stage: Stage) -> None:
    campaign = await stage.live(goal_units=6)
    await stage.commit(campaign, 2)
    await stage.answer_all()
    await stage.pass_time(days=8)
    assert await offered(stage, campaign, stage.finance) == set()
    await stage.answer_all("failed")
    assert await offered(stage, campaign, stage.finance) == {"retry_refunds"}


async def test_who_submitted_is_not_offered_the_approval(stage: Stage) -> None:
    draft = await stage.draft()
    await stage.step(stage.reviewer, draft, "submit")
    assert await offered(stage, draft, stage.reviewer) == {"request_changes", "cancel"}
    other = stage.person("review", "read")
    assert await offered(stage, draft, other) == {
        "request_changes", "approve", "defer", "reject",
    }  # fmt: skip


async def test_a_paused_campaign_past_its_deadline_is_not_resumed(stage: Stage) -> None:
    campaign = await stage.live()
    await stage.step(stage.reviewer, campaign, "pause", "A question of the supplier's.")
    assert "resume" in await offered(stage, campaign)
    await stage.database.system.execute(
        "insert into kernel.tenant_clock (tenant_id, offset_seconds) values ($1, $2)",
        stage.tenant_id,
        int(timedelta(days=366 * 20).total_seconds()),
    )
    assert "resume" not in await offered(stage, campaign)


async def test_how_far_it_came_stays_after_every_refund(stage: Stage) -> None:
    campaign = await stage.live()
    for units in (2, 3):
        await stage.commit(campaign, units)
    left = await stage.commit(campaign, 1)
    await stage.answer_all()
    await stage.withdraw(left)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.answer_all()
    context = owner_of(stage)
    door = await stage.database.direct(context)
    found = orjson.loads(await door.json(context, queries.CAMPAIGN_BY_ID, campaign.id) or b"{}")
    assert found["state"] == "failed"
    assert (found["totals"]["committed_units"], found["totals"]["reached_units"]) == (0, 5)
