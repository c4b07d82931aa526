"""A reported issue as member and supplier read it, and what they are told of it."""

from dataclasses import replace
from typing import Any

import pytest

from metatron.apps.campaigns.delivery import issue_talk
from metatron.apps.campaigns.edge.own_delivery_queries import OWN_ISSUES, SUPPLIED_ISSUES
from metatron.apps.campaigns.edge.own_delivery_schemas import (
    OwnIssuesAnswer,
    SuppliedIssuesAnswer,
)
from metatron.apps.campaigns.machine.messages import template_name
from metatron.apps.campaigns.machine.tellings import find_tellings
from metatron.apps.campaigns.tables import Commitment
from metatron.kernel.context import Context, system_context
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_milestones import inspecting


async def own(stage: Stage, commitment: Commitment, reader: Any = None) -> OwnIssuesAnswer | None:
    context = replace(stage.member(), actor_id=reader or commitment.member_id)
    door = await stage.database.direct(context)
    found = await door.json(context, OWN_ISSUES, commitment.id, context.actor_id)
    return OwnIssuesAnswer.model_validate_json(found) if found else None


async def supplied(
    stage: Stage, commitment: Commitment, who: Context
) -> SuppliedIssuesAnswer | None:
    door = await stage.database.direct(who)
    found = await door.json(who, SUPPLIED_ISSUES, commitment.campaign_id, who.actor_id)
    return SuppliedIssuesAnswer.model_validate_json(found) if found else None


async def names_told(stage: Stage) -> set[str]:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        tellings = await find_tellings(session, context, stage.told)
    stage.told.clear()
    return {
        template_name(each.machine, each.step, audience)
        for each in tellings
        for _, audience in each.recipients
    }


async def test_an_issue_is_seen_and_told_from_report_to_decision(stage: Stage) -> None:
    _, mine, issue = await inspecting(stage)
    await stage.settle()
    assert {
        "campaigns.commitment.open_issue.member", "campaigns.commitment.open_issue.organiser",
        "campaigns.commitment.open_issue.supplier",
    } <= await names_told(stage)  # fmt: skip
    await stage.run(
        issue_talk.answer_issue, stage.supplier, issue_id=issue.id, answer="It left us whole."
    )
    await stage.settle()
    assert await names_told(stage) == {
        "campaigns.commitment.answer_issue.member", "campaigns.commitment.answer_issue.organiser",
    }  # fmt: skip
    seen = await own(stage, mine)
    assert seen is not None
    assert (seen.can_report, seen.items[0].supplier_answer) == (False, "It left us whole.")
    theirs = await supplied(stage, mine, stage.supplier)
    assert theirs is not None
    assert [each.commitment_reference for each in theirs.items] == [mine.reference]

    await stage.resolve(issue, "release")
    await stage.settle()
    assert {
        "campaigns.commitment.close_issue.member", "campaigns.commitment.close_issue.supplier",
    } <= await names_told(stage)  # fmt: skip
    seen = await own(stage, mine)
    assert seen is not None
    decided = seen.items[0]
    assert (decided.state, decided.outcome) == ("resolved", "release")
    assert decided.resolution == "Looked at the picture."
    history = (await stage.fresh(mine)).last_transition
    assert history in {"close_issue", "release"}


async def test_others_see_no_issue(stage: Stage) -> None:
    _, mine, _ = await inspecting(stage)
    assert await own(stage, mine, new_id()) is None
    assert await supplied(stage, mine, stage.person("supply")) is None


@pytest.mark.parametrize("outcome", ["refund"])
async def test_a_refund_is_told_by_its_own_message(stage: Stage, outcome: str) -> None:
    _, _, issue = await inspecting(stage)
    await stage.settle()
    await names_told(stage)
    await stage.resolve(issue, outcome)
    await stage.settle()
    told = await names_told(stage)
    assert "campaigns.commitment.refund_issue.member" in told
    assert not any("close_issue" in name for name in told)
