"""What people see and are told where money is taken when the campaign closes, not before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from metatron.apps.campaigns.edge import queries
from metatron.apps.campaigns.edge.answers import CampaignAnswer, CommitmentAnswer
from metatron.apps.campaigns.edge.campaign_views import told_campaign
from metatron.apps.campaigns.edge.own_money import told_moves
from metatron.apps.campaigns.errors import PublishBlocked
from metatron.apps.campaigns.machine.messages import template_name
from metatron.apps.campaigns.machine.tellings import find_tellings
from metatron.apps.campaigns.permissions import PERMISSIONS
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context, system_context
from tests.apps.campaigns.stage import Stage

MODES = ["auth_hold", "charge_on_success"]
EVERYTHING = frozenset(permission.name for permission in PERMISSIONS)


async def live(stage: Stage, mode: str, **changes: Any) -> Campaign:
    return await stage.live(funding_mode=mode, deadline_at=stage.now + timedelta(days=5), **changes)


async def seen_by_organiser(stage: Stage, campaign: Campaign) -> CampaignAnswer:
    context = replace(stage.reviewer, permissions=EVERYTHING)
    door = await stage.database.direct(context)
    found = await door.json(context, queries.CAMPAIGN_BY_ID, campaign.id)
    assert found is not None
    return CampaignAnswer.model_validate_json(
        orjson.dumps(told_campaign(found.decode(), context)[0])
    )


async def own(stage: Stage, commitment: Commitment) -> CommitmentAnswer:
    context = replace(stage.member(), actor_id=commitment.member_id)
    door = await stage.database.direct(context)
    found = await door.json(
        context, queries.OWN_COMMITMENTS, commitment.member_id, None, None, None, 10
    )
    [row] = orjson.loads(found or "[]")
    row["state_text"] = ""
    return CommitmentAnswer.model_validate(row | {"amounts": None})


async def mails(stage: Stage) -> list[tuple[str, UUID]]:
    """Return what was told since the last look: the text's name and the person, members only."""
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        tellings = await find_tellings(session, context, stage.told)
    stage.told.clear()
    return [
        (
            template_name(
                each.machine,
                each.step,
                audience,
                is_taken_later=each.is_taken_later,
                has_shares=each.has_shares,
            ),
            person,
        )
        for each in tellings
        for person, audience in each.recipients
        if audience == "member"
    ]


@pytest.mark.parametrize("mode", MODES)
async def test_what_is_promised_counts_for_the_organiser_and_can_be_withdrawn(
    stage: Stage, mode: str
) -> None:
    campaign = await live(stage, mode, goal_units=3, cap_units=4)
    commitment = await stage.commit(campaign, 4)
    await stage.answer_all()
    shown = await seen_by_organiser(stage, campaign)
    assert (shown.totals.committed_units, shown.totals.reached_units) == (4, 4)
    assert "close_early" in {step.name for step in shown.allowed_transitions}
    mine = await own(stage, commitment)
    assert (mine.can_withdraw, mine.funding_mode) == (True, mode)
    await stage.withdraw(commitment)
    await stage.answer_all()
    assert not (await own(stage, commitment)).can_withdraw
    assert (await seen_by_organiser(stage, campaign)).totals.committed_units == 0


async def test_a_reservation_under_way_does_not_count_yet(stage: Stage) -> None:
    campaign = await live(stage, "auth_hold", goal_units=3, cap_units=4)
    await stage.commit(campaign, 4)
    shown = await seen_by_organiser(stage, campaign)
    assert shown.totals.committed_units == 0
    assert "close_early" not in {step.name for step in shown.allowed_transitions}


@pytest.mark.parametrize("mode", MODES)
async def test_a_withdrawal_is_told_as_nothing_taken(stage: Stage, mode: str) -> None:
    campaign = await live(stage, mode)
    commitment = await stage.commit(campaign, 4)
    await stage.answer_all()
    await mails(stage)
    await stage.withdraw(commitment)
    await stage.answer_all()
    assert await mails(stage) == [("campaigns.commitment.withdraw.later", commitment.member_id)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ends", ["goal_missed", "cancel"])
async def test_an_unhappy_end_is_told_to_everybody_it_concerns(
    stage: Stage, mode: str, ends: str
) -> None:
    campaign = await live(stage, mode)
    commitment = await stage.commit(campaign, 4)
    gone = await stage.commit(campaign, 2)
    await stage.answer_all()
    await stage.withdraw(gone)
    await stage.answer_all()
    await mails(stage)
    if ends == "cancel":
        await stage.step(stage.reviewer, campaign, "cancel", "No supplier any more.")
    else:
        await stage.pass_time(days=5)
    await stage.answer_all()
    assert (await stage.fresh(commitment)).last_transition == "let_go"
    told = await mails(stage)
    member = commitment.member_id
    assert (f"campaigns.campaign.{ends}.later", member) in told
    assert ("campaigns.commitment.let_go.member", member) in told
    assert not any(name.startswith("campaigns.commitment.lapse") for name, _ in told)
    assert not any(person == gone.member_id for _, person in told)
    shown = await seen_by_organiser(stage, campaign)
    assert (shown.totals.committed_units, shown.totals.reached_units) == (0, 4)


@pytest.mark.parametrize("mode", MODES)
async def test_the_close_is_told_once_as_going_into_escrow(stage: Stage, mode: str) -> None:
    campaign = await live(stage, mode, goal_units=3)
    commitment = await stage.commit(campaign, 4)
    await stage.answer_all()
    first = [name for name, _ in await mails(stage)]
    received = {"auth_hold": "instruct.later", "charge_on_success": "keep.member"}[mode]
    assert first.count(f"campaigns.commitment.{received}") == 1
    await stage.pass_time(days=5)
    await stage.answer_all()
    assert await stage.fresh(commitment)
    names = [name for name, _ in await mails(stage)]
    assert names.count("campaigns.commitment.collect.member") == 1
    assert not any(".instruct." in name for name in names)
    assert "campaigns.campaign.close.later" in names
    assert "campaigns.campaign.goal_reached.member" in names


async def test_a_reservation_is_written_down_as_one(stage: Stage) -> None:
    campaign = await live(stage, "auth_hold")
    commitment = await stage.commit(campaign, 4)
    await stage.answer_all()
    await stage.withdraw(commitment)
    await stage.answer_all()
    context: Context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        _, moves = await told_moves(session, context, campaign, await stage.fresh(commitment))
    assert [move["where_to"].partition(" by ")[0] for move in moves] == [
        "Reserved on your payment method",
        "It stays with your payment method.",
    ]


async def test_released_shares_are_told_as_what_they_are(stage: Stage) -> None:
    changes = {"release_policy": "milestones"}
    await stage.run(change_settings, stage.reviewer, changes=changes)
    due = stage.now + timedelta(days=20)
    campaign = await stage.live(
        milestones=[
            {"title": "Mould", "share_bp": 3_000, "due_at": due.isoformat()},
            {
                "title": "Delivery",
                "share_bp": 7_000,
                "due_at": (due + timedelta(days=9)).isoformat(),
            },
        ]
    )  # fmt: skip
    await stage.commit(campaign, 5)
    await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await mails(stage)
    await stage.accept(campaign)
    names = {name for name, _ in await mails(stage)}
    assert "campaigns.campaign.accept.shares" in names
    assert "campaigns.campaign.accept.member" not in names
    told = {each["heading"]: each["text"] for each in (await stage.fresh(campaign)).rules}
    assert "What the shares named below have not released" in told["Delivery and inspection"]


async def test_nobody_is_told_that_another_holds_their_money(stage: Stage) -> None:
    campaign = await stage.draft()
    changes = {"custody": "operator_balance"}
    await stage.run(change_settings, stage.reviewer, changes=changes)
    with pytest.raises(PublishBlocked, match="Who holds members' money"):
        await stage.step(stage.organiser, campaign, "submit")
