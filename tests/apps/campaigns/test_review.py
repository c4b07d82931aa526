"""Review before publication: several roles may block, the gate accepts, constraints are held to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from metatron.apps.campaigns.edge import asked_steps
from metatron.apps.campaigns.edge.review_schemas import ReviewAnswer
from metatron.apps.campaigns.edge.review_view import review_view
from metatron.apps.campaigns.errors import NoticeNotPossible, ReasonRequired, SamePersonReview
from metatron.apps.campaigns.gathering import notices, review
from metatron.apps.campaigns.gathering.errors import ConstraintsNotMet, ReviewBlocked
from metatron.apps.campaigns.gathering.opinions import PERMISSION_OF_ROLE
from metatron.apps.campaigns.gathering.reviewing import state_opinion
from metatron.apps.campaigns.rules import drafts
from metatron.apps.campaigns.rules.constraints import constraint
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, PermissionDenied
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed, step
from tests.apps.campaigns.test_fees import inspected, open_request, pay_in
from tests.apps.campaigns.test_notices import told

__all__ = ["app", "house"]


async def submitted(stage: Stage, **changes: Any) -> Campaign:
    campaign = await stage.draft(**changes)
    await stage.step(stage.organiser, campaign, "submit")
    fresh: Campaign = await stage.fresh(campaign)
    return fresh


def speaker(stage: Stage, *roles: str) -> Context:
    held = [PERMISSION_OF_ROLE[role].removeprefix("campaigns:") for role in roles]  # type: ignore[index]
    return stage.person("read", *held)


async def state(
    stage: Stage, who: Context, campaign: Campaign, role: str, verdict: str, **more: Any
) -> Campaign:
    given = {"reason": f"{role} looked at it."} | more
    moved: Campaign = await stage.run(
        state_opinion, who, campaign_id=campaign.id, role=role, verdict=verdict, **given
    )
    return moved


async def test_several_may_block_and_one_accepts(stage: Stage) -> None:
    campaign = await submitted(stage)
    people = {role: speaker(stage, role) for role in PERMISSION_OF_ROLE}
    for role in ("risk", "operations", "money"):
        with pytest.raises(PermissionDenied):
            await state(stage, people[role], campaign, "gate", "accept")
        await state(stage, people[role], campaign, role, "accept")
        assert (await stage.fresh(campaign)).state == "in_review", "one may accept: the gate"
    await state(stage, people["risk"], campaign, "risk", "reject", reason="The supplier is new.")
    await state(stage, people["money"], campaign, "money", "defer")
    assert (await stage.fresh(campaign)).state == "in_review"
    with pytest.raises(ReviewBlocked, match="money, risk"):
        await state(stage, people["gate"], campaign, "gate", "accept")
    await state(stage, people["risk"], campaign, "risk", "accept")
    with pytest.raises(ReviewBlocked, match="money"):
        await stage.step(stage.reviewer, campaign, "approve")
    await state(stage, people["money"], campaign, "money", "accept")
    assert (await state(stage, people["gate"], campaign, "gate", "accept")).state == "live"


async def test_silence_blocks_nothing_and_the_plain_step_is_the_gates(stage: Stage) -> None:
    campaign = await submitted(stage)
    await stage.step(stage.reviewer, campaign, "approve")
    shown = await stage.run_now(review_view, stage.reviewer, campaign_id=campaign.id)
    [said] = ReviewAnswer.model_validate(shown).opinions
    assert (said.role, said.verdict, said.stated_by, said.stands) == (
        "gate", "accept", stage.reviewer.actor_id, True,
    )  # fmt: skip


async def test_the_gate_defers_and_rejects(stage: Stage) -> None:
    campaign = await submitted(stage)
    gate = speaker(stage, "gate")
    deferred = await state(stage, gate, campaign, "gate", "defer", reason="After the holidays.")
    assert (deferred.state, deferred.last_transition, deferred.last_reason) == (
        "in_review", "defer", "After the holidays.",
    )  # fmt: skip
    await state(stage, gate, campaign, "gate", "reject")
    await stage.settle()
    ended = await stage.fresh(campaign)
    assert (ended.state, ended.outcome) == ("cancelled", "cancelled")


async def test_a_changed_campaign_is_reviewed_anew(stage: Stage) -> None:
    campaign = await submitted(stage)
    risk = speaker(stage, "risk")
    await state(stage, risk, campaign, "risk", "reject")
    await stage.step(stage.reviewer, campaign, "request_changes", "A smaller goal.")
    await stage.step(stage.organiser, campaign, "submit")
    with pytest.raises(ReviewBlocked):
        await stage.step(stage.reviewer, campaign, "approve")
    await stage.step(stage.reviewer, campaign, "request_changes", "A smaller goal.")
    await stage.run(
        drafts.edit_campaign, stage.organiser, campaign_id=campaign.id, fields={"goal_units": 4}
    )
    await stage.step(stage.organiser, campaign, "submit")
    await stage.step(stage.reviewer, campaign, "approve")


async def test_what_reviewers_may_not_do(stage: Stage) -> None:
    campaign = await stage.draft()
    everything = stage.approver()
    with pytest.raises(Exception, match="Only a submitted campaign"):
        await state(stage, everything, campaign, "risk", "accept")
    await stage.step(stage.organiser, campaign, "submit")
    own = replace(everything, actor_id=stage.organiser.actor_id)
    for role in PERMISSION_OF_ROLE:
        with pytest.raises(SamePersonReview):
            await state(stage, own, campaign, role, "accept")
    with pytest.raises(ReasonRequired):
        await state(stage, everything, campaign, "risk", "accept", reason="  ")
    capped = constraint("cap_units_at_most", 5, None)
    for verdict, constraints in (("accept", [capped]), ("accept_with_constraints", [])):
        with pytest.raises(InvalidInput):
            await state(stage, everything, campaign, "risk", verdict, constraints=constraints)
    for wrong in (("cap_units_at_most", None, None), ("release_by_two_people", 5, None),
                  ("deadline_at_latest", 5, stage.now)):  # fmt: skip
        with pytest.raises(InvalidInput):
            constraint(*wrong)


async def test_constraints_of_every_role_are_held_to(stage: Stage) -> None:
    campaign = await submitted(stage, cap_units=40)
    await pay_in(stage, 500)
    await stage.answer_all()
    latest = campaign.deadline_at
    assert latest is not None
    demands = {
        "risk": constraint("cap_units_at_most", 30, None),
        "operations": constraint("deadline_at_latest", None, latest - timedelta(hours=1)),
        "money": constraint("bond_at_least_minor", 600, None),
    }
    for role, demand in demands.items():
        who = speaker(stage, role)
        await state(stage, who, campaign, role, "accept_with_constraints", constraints=[demand])
    with pytest.raises(ConstraintsNotMet) as refused:
        await stage.step(stage.reviewer, campaign, "approve")
    assert len(refused.value.extra["constraints"]) == 3
    met = {
        "risk": constraint("cap_units_at_most", 40, None),
        "operations": constraint("deadline_at_latest", None, latest),
        "money": constraint("bond_at_least_minor", 500, None),
    }
    for role, demand in met.items():
        who = speaker(stage, role)
        await state(stage, who, campaign, role, "accept_with_constraints", constraints=[demand])
    await stage.step(stage.reviewer, campaign, "approve")
    kept = (await stage.fresh(campaign)).review_constraints
    assert [each["kind"] for each in kept] == [
        "bond_at_least_minor", "deadline_at_latest", "cap_units_at_most",
    ]  # fmt: skip
    with pytest.raises(NoticeNotPossible, match="earlier closing time"):
        await stage.run(
            notices.request_extension, stage.organiser, campaign_id=campaign.id,
            told=told(stage, days=9),
        )  # fmt: skip


async def test_nothing_is_released_by_itself_where_the_review_wants_people(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`auto_payout` is on for the organisation, and this campaign's release is asked for."""

    async def approve_for_now(*arguments: Any, **more: Any) -> Any:
        demand = constraint("release_by_two_people", None, None)
        return await review.approve(
            *arguments, **more | {"constraints": [demand], "reason": "New."}
        )

    monkeypatch.setitem(asked_steps.WITH_REASON, "approve", approve_for_now)
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    assert len(await stage.commitments_of(campaign, "allocated")) == 2
    await stage.approve((await open_request(stage)).id)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_the_review_over_http(house: House) -> None:
    campaign = await house.draft()
    await step(house.organiser, campaign, "submit")
    path = f"/campaigns/{campaign['id']}"
    own = ReviewAnswer.model_validate((await house.organiser.get(f"{path}/review")).json())
    assert (own.own_roles, own.opinions) == ([], [])
    shown = ReviewAnswer.model_validate((await house.reviewer.get(f"{path}/review")).json())
    assert shown.own_roles == ["risk", "operations", "gate"]

    async def say(client: Any, **body: Any) -> Any:
        given = {"role": "risk", "verdict": "accept", "reason": "Looked."} | body
        return await client.post(f"{path}/review-opinions", json=given, headers=keyed())

    assert (await say(house.organiser)).status_code == 403
    assert (await say(house.reviewer, role="money")).status_code == 403
    assert (await say(house.reviewer, reason="  ")).status_code == 422
    blocked = await say(house.reviewer, verdict="defer", reason="The supplier is unknown.")
    assert blocked.status_code == 201, blocked.text
    assert ReviewAnswer.model_validate(blocked.json()).blocked_by == ["risk"]
    offered = (await house.reviewer.get(path)).json()["allowed_transitions"]
    assert "approve" not in {each["name"] for each in offered}
    refused = await say(house.reviewer, role="gate")
    assert (refused.status_code, refused.json()["code"]) == (409, "review_blocked")
    await say(house.reviewer)
    limit = {"kind": "member_units_at_most", "amount": 6}
    done = await say(
        house.reviewer, role="gate", verdict="accept_with_constraints", constraints=[limit]
    )
    assert done.status_code == 201, done.text
    answer = ReviewAnswer.model_validate(done.json())
    assert [each.told for each in answer.constraints] == ["At most 6 units for each member."]
    assert [each.stands for each in answer.opinions] == [True, True, False]
    assert (await house.organiser.get(path)).json()["state"] in {"scheduled", "live"}
