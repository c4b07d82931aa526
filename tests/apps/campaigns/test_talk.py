"""The weekly status, updates, questions with their answers."""

from datetime import timedelta
from typing import Any

import pytest

from metatron.apps.campaigns.edge.public_pages import published_talk
from metatron.apps.campaigns.errors import (
    CampaignNotFound,
)
from metatron.apps.campaigns.machine.tellings import find_telling
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.talk import updates
from metatron.apps.campaigns.talk.errors import QuestionClosed, QuestionNotFound, TooManyQuestions
from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage


async def talk(stage: Stage, campaign: Campaign) -> dict[str, Any]:
    reader = stage.member()
    async with stage.database.transaction(reader) as session:
        return await published_talk(session, reader, slug=campaign.slug, organiser_name="Us")


async def ask(stage: Stage, campaign: Campaign, who: Any = None, text: str = "Which lid?") -> Any:
    return await stage.run(updates.ask, who or stage.member(), campaign_id=campaign.id, text=text)


async def test_the_status_is_told_every_week_while_it_gathers(stage: Stage) -> None:
    campaign = await stage.live(deadline_at=stage.now + timedelta(days=20))
    await stage.commit(campaign, 5)
    await stage.answer_all()
    told = []
    for _ in range(4):
        await stage.pass_time(days=7)
        fresh = await stage.fresh(campaign)
        if fresh.last_transition == "tell_status":
            told.append((fresh.transition_count, fresh.last_reason))
    assert len(told) == 2
    assert "at least half" in told[0][1]
    assert "UTC" in told[0][1]
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        telling = await find_telling(session, context, campaign.id, told[0][0])
    assert {audience for _, audience in telling.recipients} == {"organiser", "member"}


async def test_an_answered_question_is_public_without_its_asker(stage: Stage) -> None:
    campaign = await stage.live()
    asked = await ask(stage, campaign)
    hidden = await ask(stage, campaign, text="My phone is 555.")
    assert (await talk(stage, campaign))["questions"] == []
    answered = await stage.run(
        updates.answer_question, stage.organiser, question_id=asked.id, answer="A steel lid."
    )
    await stage.run(updates.hide_question, stage.organiser, question_id=hidden.id)
    [shown] = (await talk(stage, campaign))["questions"]
    assert shown == {
        "id": asked.id, "text": "Which lid?", "answer": "A steel lid.",
        "answered_at": answered.answered_at,
    }  # fmt: skip
    with pytest.raises(QuestionClosed):
        await stage.run(
            updates.answer_question, stage.organiser, question_id=hidden.id, answer="No."
        )
    with pytest.raises(QuestionNotFound):
        await stage.run(
            updates.answer_question, stage.organiser, question_id=new_id(), answer="No."
        )


async def test_members_are_never_addressed_with_banned_words(stage: Stage) -> None:
    campaign = await stage.live()
    asked = await ask(stage, campaign)
    with pytest.raises(InvalidInput, match="discount"):
        await stage.run(
            updates.answer_question, stage.organiser, question_id=asked.id,
            answer="There is a discount.",
        )  # fmt: skip
    with pytest.raises(InvalidInput, match="hurry"):
        await stage.run(
            updates.publish_update, stage.organiser, campaign_id=campaign.id, title="Hurry",
            text="It closes.",
        )  # fmt: skip


async def test_updates_follow_one_another(stage: Stage) -> None:
    campaign = await stage.live()
    for number in (1, 2):
        await stage.run(
            updates.publish_update, stage.organiser, campaign_id=campaign.id,
            title=f"Update {number}", text="The mould is ready.",
        )  # fmt: skip
        await stage.pass_time(hours=1)
    assert [each["title"] for each in (await talk(stage, campaign))["updates"]] == [
        "Update 2", "Update 1",
    ]  # fmt: skip


async def test_talk_has_its_bounds(stage: Stage) -> None:
    draft = await stage.draft()
    with pytest.raises(CampaignNotFound):
        await ask(stage, draft)
    campaign = await stage.live()
    member = stage.member()
    for _ in range(updates.MOST_OPEN):
        await ask(stage, campaign, member)
    with pytest.raises(TooManyQuestions):
        await ask(stage, campaign, member)
    with pytest.raises(PermissionDenied):
        await stage.run(
            updates.publish_update, member, campaign_id=campaign.id, title="Mine", text="Mine."
        )
