"""An issue decided by one person and approved by another: refunded, or split to the cent."""

import pytest

from metatron.apps.campaigns.delivery.issue_decisions import ask_decision
from metatron.apps.campaigns.errors import IssueResolved, RefundExceedsEscrow
from metatron.apps.campaigns.money.accounts import Kind
from metatron.platform.approvals.rules import Rule, change_rules
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_milestones import inspecting
from tests.apps.campaigns.test_simulation import assert_sound

WORDS = {"resolution": "One of five is dented."}


async def test_a_split_is_done_by_two_persons_and_adds_up(stage: Stage) -> None:
    campaign, mine, issue = await inspecting(stage)
    split = {"issue_id": issue.id, "outcome": "split", "refund_minor": 3_333} | WORDS
    asked = await stage.run(ask_decision, stage.finance, **split)
    assert asked.issue.state == "open"
    again = await stage.run(ask_decision, stage.finance, **split)
    assert again.approval_id == asked.approval_id
    await stage.pass_time(days=2)
    await stage.answer_all()
    assert (await stage.fresh(mine)).state == "allocated"
    done = await stage.approve(asked.approval_id)
    assert done.outcome == {"outcome": "split", "refund_minor": 3_333}
    await stage.pass_time(days=5)
    await stage.answer_all()
    assert (await stage.fresh(mine)).state == "settled"
    assert (await stage.fresh(campaign)).state == "completed"
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 11 * (1_999 - 1_500) - 3_333
    await assert_sound(stage)
    with pytest.raises(IssueResolved):
        await stage.run(ask_decision, stage.finance, **split)


async def test_what_was_asked_for_is_judged_anew(stage: Stage) -> None:
    _, mine, issue = await inspecting(stage)
    asked = await stage.run(
        ask_decision, stage.finance, issue_id=issue.id, outcome="refund", **WORDS
    )
    await stage.observe("refunded", mine.id, 100, reference="re_by_hand")
    with pytest.raises(RefundExceedsEscrow):
        await stage.approve(asked.approval_id)
    assert (await stage.fresh(issue)).state == "open"
    await assert_sound(stage)


async def test_below_the_threshold_one_person_decides(stage: Stage) -> None:
    _, mine, issue = await inspecting(stage)
    second = stage.person("settle")
    held = second.permissions | {"approvals:configure"}
    chief = type(second)(stage.tenant_id, "user", second.actor_id, held, request_id="test")
    rules = {"campaigns.resolve_issue": Rule("above", 2_000, "EUR")}
    await stage.run(change_rules, chief, rules=rules)
    split = {"issue_id": issue.id, "outcome": "split"} | WORDS
    with pytest.raises(RefundExceedsEscrow):
        await stage.run(ask_decision, stage.finance, refund_minor=5 * 1_999, **split)
    assert (await stage.run(ask_decision, stage.finance, refund_minor=2_001, **split)).approval_id
    done = await stage.run(ask_decision, stage.finance, refund_minor=2_000, **split)
    assert (done.issue.state, done.approval_id) == ("resolved", None)
    assert (await stage.fresh(mine)).state == "allocated"
    await assert_sound(stage)
