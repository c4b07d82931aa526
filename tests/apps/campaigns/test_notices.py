"""Extensions and delays: two persons, once, told to all, answered with stay or leave."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from metatron.apps.campaigns.edge.notice_schemas import OwnNoticesAnswer
from metatron.apps.campaigns.edge.queries import NOTICES_OF_COMMITMENT
from metatron.apps.campaigns.errors import (
    AnswerClosed,
    AnswerGiven,
    CommitmentNotFound,
    NoticeNotPossible,
    SamePersonReview,
    TransitionNotAllowed,
)
from metatron.apps.campaigns.gathering import answering, notices
from metatron.apps.campaigns.machine.tellings import find_telling
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context, system_context
from tests.apps.campaigns.stage import Stage


def told(stage: Stage, **later: float) -> notices.Told:
    return notices.Told(
        "More time.", "The mould broke.", "A refund.", stage.now + timedelta(**later)
    )


async def ask(stage: Stage, campaign: Campaign, days: int = 14) -> Any:
    return await stage.run(
        notices.request_extension, stage.organiser, campaign_id=campaign.id,
        told=told(stage, days=days),
    )  # fmt: skip


async def answer(stage: Stage, notice: Any, commitment: Any, given: str) -> Any:
    member = Context(stage.tenant_id, "user", commitment.member_id, frozenset({"campaigns:commit"}))
    return await stage.run(
        answering.answer_notice, member, notice_id=notice.id, commitment_id=commitment.id,
        answer=given,
    )  # fmt: skip


async def test_an_extension_needs_a_second_person_and_comes_once(stage: Stage) -> None:
    campaign = await stage.live()
    with pytest.raises(TransitionNotAllowed):
        await stage.step(stage.reviewer, campaign, "extend")
    notice = await ask(stage, campaign)
    with pytest.raises(SamePersonReview):
        await stage.step(
            replace(stage.reviewer, actor_id=stage.organiser.actor_id), campaign, "extend"
        )
    await stage.step(stage.reviewer, campaign, "extend")
    extended = await stage.fresh(campaign)
    assert extended.deadline_at == notice.new_date_at
    await stage.pass_time(days=8)
    assert (await stage.fresh(campaign)).state == "live"
    with pytest.raises(NoticeNotPossible):
        await ask(stage, campaign, 20)
    await stage.pass_time(days=6)
    assert (await stage.fresh(campaign)).state != "live"


@pytest.mark.parametrize(("wait", "days"), [({"days": 6, "hours": 1}, 14), ({"days": 1}, 61)])
async def test_an_extension_has_bounds(stage: Stage, wait: dict[str, float], days: int) -> None:
    campaign = await stage.live()
    await stage.pass_time(**wait)
    with pytest.raises(NoticeNotPossible):
        await ask(stage, campaign, days)


async def test_an_extension_frees_everybody_for_72_hours(stage: Stage) -> None:
    changes = {"withdraw": "last_24h_lock"}
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)
    campaign = await stage.live()
    leaving, staying = await stage.commit(campaign, 5), await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=5, hours=23)
    notice = await ask(stage, campaign, 2)
    await stage.step(stage.reviewer, campaign, "extend")
    await stage.pass_time(days=1, hours=2)  # the last day has begun
    await answer(stage, notice, staying, "stay")
    await answer(stage, notice, leaving, "leave")
    await stage.answer_all()
    assert (await stage.fresh(leaving)).state == "refunded"
    assert (await stage.fresh(staying)).state == "held"


async def accepted(stage: Stage) -> tuple[Campaign, list[Any]]:
    campaign = await stage.live()
    placed = [await stage.commit(campaign, 5), await stage.commit(campaign, 6)]
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.settle()
    return campaign, placed


async def test_a_delay_lets_allocated_members_leave(stage: Stage) -> None:
    campaign, [leaving, staying] = await accepted(stage)
    notice = await stage.run(
        notices.give_notice, stage.organiser, campaign_id=campaign.id, told=told(stage, days=30)
    )
    await answer(stage, notice, staying, "stay")
    await answer(stage, notice, leaving, "leave")
    await answer(stage, notice, leaving, "leave")
    with pytest.raises(AnswerGiven):
        await answer(stage, notice, leaving, "stay")
    await stage.answer_all()
    assert (await stage.fresh(leaving)).state == "refunded"
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert (await stage.fresh(staying)).state == "settled"


async def test_answers_are_one_s_own_and_in_time(stage: Stage) -> None:
    campaign, [mine, other] = await accepted(stage)
    notice = await stage.run(
        notices.give_notice, stage.organiser, campaign_id=campaign.id, told=told(stage, days=30)
    )
    stranger = stage.member()
    with pytest.raises(CommitmentNotFound):
        await stage.run(
            answering.answer_notice, stranger, notice_id=notice.id, commitment_id=other.id,
            answer="leave",
        )  # fmt: skip
    await stage.pass_time(days=7)
    with pytest.raises(AnswerClosed):
        await answer(stage, notice, mine, "leave")


async def test_the_list_tells_who_may_answer_still(stage: Stage) -> None:
    campaign, [leaving, staying] = await accepted(stage)
    notice = await stage.run(
        notices.give_notice, stage.organiser, campaign_id=campaign.id, told=told(stage, days=30)
    )

    async def listed(commitment: Any, member_id: Any) -> Any:
        direct = await stage.database.direct(stage.organiser)
        arguments = (commitment.id, member_id)
        found = await direct.json(stage.organiser, NOTICES_OF_COMMITMENT, *arguments)
        return found and OwnNoticesAnswer.model_validate_json(found).items

    [asked] = await listed(staying, staying.member_id)
    assert (asked.answer, asked.can_answer) == (None, True)
    await answer(stage, notice, staying, "stay")
    await answer(stage, notice, leaving, "leave")
    [stays] = await listed(staying, staying.member_id)
    [left] = await listed(leaving, leaving.member_id)
    assert (stays.answer, stays.can_answer) == ("stay", True)
    assert (left.answer, left.can_answer) == ("leave", False)
    assert await listed(staying, leaving.member_id) is None


async def test_everybody_is_told_what_why_when_and_the_worst(stage: Stage) -> None:
    campaign, placed = await accepted(stage)
    await stage.run(
        notices.give_notice, stage.organiser, campaign_id=campaign.id, told=told(stage, days=30)
    )
    context = system_context(stage.tenant_id)
    fresh = await stage.fresh(campaign)
    async with stage.database.transaction(context) as session:
        telling = await find_telling(session, context, campaign.id, fresh.transition_count)
    assert {user for user, audience in telling.recipients if audience == "member"} == {
        commitment.member_id for commitment in placed
    }
    assert telling.places["notice_why"] == "The mould broke."
    assert telling.places["worst_case"] == "A refund."
    assert "2041" in telling.places["new_date"]


async def test_no_notice_before_acceptance(stage: Stage) -> None:
    campaign = await stage.live()
    with pytest.raises(TransitionNotAllowed):
        await stage.run(
            notices.give_notice, stage.organiser, campaign_id=campaign.id, told=told(stage, days=3)
        )


async def test_an_extension_does_not_outlast_reservations(stage: Stage) -> None:
    close = {"funding_mode": "auth_hold", "deadline_at": stage.now + timedelta(days=4)}
    campaign = await stage.live(**close)
    await stage.pass_time(days=1)
    await stage.commit(campaign, 4)
    await stage.answer_all()
    with pytest.raises(NoticeNotPossible, match="7 days"):
        await ask(stage, campaign, 8)
    await ask(stage, campaign, 6)
    await stage.step(stage.reviewer, campaign, "extend")
