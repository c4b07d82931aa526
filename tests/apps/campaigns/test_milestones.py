"""Published shares released before the inspection, their evidence, and the inspection itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from sqlalchemy import select

from metatron.apps.campaigns.delivery import inspection, issue_talk, milestones
from metatron.apps.campaigns.delivery.errors import (
    EvidenceReused,
    MilestoneNotFound,
    MilestoneNotPossible,
)
from metatron.apps.campaigns.delivery.evidence import PURPOSE, Shown
from metatron.apps.campaigns.delivery.fulfilment import record_fulfilment
from metatron.apps.campaigns.delivery.issues import decide_issue
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.delivery.shares import shares_of
from metatron.apps.campaigns.errors import (
    IssueNotFound,
    PublishBlocked,
    RefundExceedsEscrow,
    TransitionNotAllowed,
)
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.supply.verifying import state_verification
from metatron.apps.campaigns.tables import Campaign, Issue
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.approvals import decisions
from metatron.platform.approvals.errors import SamePerson
from metatron.platform.approvals.tables import ApprovalRow
from metatron.platform.files import interface as files
from metatron.platform.files import site as files_site
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_simulation import assert_sound
from tests.platform.files.contents import png


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A folder for files that the test has to itself."""
    before = files_site._site
    own = settings.model_copy(update={"data_dir": tmp_path})
    files_site.prepare(SimpleNamespace(settings=own))
    yield
    files_site._site = before


def plan(stage: Stage, *shares: int, **first: Any) -> list[dict[str, Any]]:
    made = [
        {
            "title": f"Part {number}",
            "share_bp": share,
            "due_at": (stage.now + timedelta(days=20 + number)).isoformat(),
            "auto_approve_hours": None,
            "is_upfront": False,
        }
        for number, share in enumerate(shares, 1)
    ]
    made[0] |= first
    return made


async def allocated(stage: Stage, *shares: int, **first: Any) -> tuple[Campaign, list[Any]]:
    changes = {"release_policy": "milestones"}
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)
    campaign = await stage.live(milestones=plan(stage, *shares, **first))
    for units in (1, 4, 6):
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    return campaign, await planned(stage, campaign)


async def planned(stage: Stage, campaign: Campaign) -> list[Any]:
    query = select(Milestone).where(
        Milestone.tenant_id == stage.tenant_id, Milestone.campaign_id == campaign.id
    )
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        return list((await session.execute(query.order_by(Milestone.sequence))).scalars())


async def upload(stage: Stage, context: Context, shade: int) -> Shown:
    facts = await stage.run(
        files.store, context, purpose=PURPOSE, name="mould.png", content=png(shade)
    )
    return Shown(facts.id, "The mould.")


async def prove(stage: Stage, milestone: Any, shade: int = 1) -> None:
    shown = await upload(stage, stage.supplier, shade)
    await stage.run(
        milestones.give_evidence, stage.supplier, milestone_id=milestone.id, shown=shown
    )


async def ask(stage: Stage, milestone: Any) -> Any:
    return await stage.run(
        milestones.approve, stage.finance, milestone_id=milestone.id, reason="Looks right."
    )


async def decide(stage: Stage, milestone: Any, person: Context) -> Any:
    query = select(ApprovalRow.id).where(
        ApprovalRow.tenant_id == stage.tenant_id,
        ApprovalRow.subject_id == milestone.id,
        ApprovalRow.state == "requested",
    )
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        approval_id = (await session.execute(query)).scalar_one()
    held = person.permissions | {"approvals:decide"}
    decided = await stage.run(
        decisions.approve, replace(person, permissions=held), approval_id=approval_id
    )
    await stage.answer_all()
    return decided


@budget(max_examples=300, deadline=None)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.integers(1, 9_999))
def test_shares_sum_to_the_share_of_the_sum(amounts: list[int], share_bp: int) -> None:
    shares, _ = shares_of(amounts, share_bp)
    assert sum(shares) == sum(amounts) * share_bp // 10_000
    for amount, share in zip(amounts, shares, strict=True):
        assert 0 <= share - amount * share_bp // 10_000 <= 1


@budget(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 10**9), min_size=1, max_size=9), min_size=1, max_size=9),
    st.integers(1, 9_999),
)
def test_shares_in_several_goes_sum_to_that_of_all(goes: list[list[int]], share_bp: int) -> None:
    carry, given_out = 0, 0
    for amounts in goes:
        shares, carry = shares_of(amounts, share_bp, carry)
        given_out += sum(shares)
        for amount, share in zip(amounts, shares, strict=True):
            assert amount * share_bp // 10_000 <= share <= -(-amount * share_bp // 10_000)
    total = sum(amount for amounts in goes for amount in amounts)
    assert given_out == total * share_bp // 10_000


async def test_shares_are_released_by_two_persons_with_evidence(stage: Stage) -> None:
    campaign, [first, second, last] = await allocated(stage, 2_500, 1_501, 5_999)
    await stage.step(stage.organiser, campaign, "start_procuring")
    with pytest.raises(MilestoneNotPossible):
        await ask(stage, first)
    await prove(stage, first)
    assert (await ask(stage, first)).state == "evidence_in"
    with pytest.raises(SamePerson):
        await decide(stage, first, stage.finance)
    await decide(stage, first, stage.person("settle"))
    gross = 11 * 1_999
    early = gross * 2_500 // 10_000
    done = await stage.fresh(first)
    assert (done.state, done.released_minor) == ("released", early)
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == gross - early
    await assert_sound(stage)
    with pytest.raises(MilestoneNotPossible):
        await ask(stage, first)
    with pytest.raises(MilestoneNotPossible):
        await prove(stage, last, 9)

    await stage.step(stage.organiser, campaign, "start_fulfilment")
    await prove(stage, second, 2)
    await ask(stage, second)
    await decide(stage, second, stage.person("settle"))
    await assert_sound(stage)
    await finish(stage, campaign)
    assert [each.state for each in await planned(stage, campaign)] == ["released"] * 3
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 11 * (1_999 - 1_500)
    await assert_sound(stage)


async def finish(stage: Stage, campaign: Campaign) -> None:
    await stage.run(
        record_fulfilment, stage.supplier, campaign_id=campaign.id, kind="delivered", note="There."
    )
    await stage.step(stage.organiser, campaign, "confirm_delivery")
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert {each.state for each in await stage.commitments_of(campaign)} == {"settled"}


async def test_an_upfront_share_starts_the_fulfilment(stage: Stage) -> None:
    campaign, [first, _] = await allocated(stage, 3_000, 7_000, is_upfront=True)
    await ask(stage, first)
    await decide(stage, first, stage.person("settle"))
    assert (await stage.fresh(campaign)).state == "fulfilling"
    assert (await stage.fresh(first)).state == "released"
    await finish(stage, campaign)
    await assert_sound(stage)


@pytest.mark.parametrize("rejected", [False, True])
async def test_evidence_stands_for_its_time_or_is_rejected(stage: Stage, *, rejected: bool) -> None:
    campaign, [first, _] = await allocated(stage, 3_000, 7_000, auto_approve_hours=24)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, first)
    await ask(stage, first)
    if rejected:
        await stage.run(milestones.reject, stage.finance, milestone_id=first.id, reason="Too dark.")
    await stage.pass_time(hours=23)
    await stage.answer_all()
    assert (await stage.fresh(first)).state == ("rejected" if rejected else "evidence_in")
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(first)).state == ("rejected" if rejected else "released")
    if not rejected:
        with pytest.raises(MilestoneNotPossible):
            await decide(stage, first, stage.person("settle"))
    await assert_sound(stage)


async def test_a_share_waits_for_procuring_and_for_releases_to_be_open(stage: Stage) -> None:
    campaign, [first, _] = await allocated(stage, 3_000, 7_000, auto_approve_hours=24)
    await prove(stage, first)
    await stage.pass_time(hours=25)
    assert (await stage.fresh(first)).state == "evidence_in"
    await stage.run(
        tenant_settings.change_settings, stage.reviewer, changes={"release_open": False}
    )
    await stage.step(stage.organiser, campaign, "start_procuring")
    await stage.pass_time(hours=30)
    assert (await stage.fresh(first)).state == "evidence_in"
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes={"release_open": True})
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(first)).state == "released"
    await assert_sound(stage)


async def test_a_share_is_asked_for_again_when_the_issue_is_decided(stage: Stage) -> None:
    campaign, [first, _] = await allocated(stage, 3_000, 7_000, auto_approve_hours=24)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, first)
    issue = await open_early(stage, campaign)
    await stage.pass_time(hours=24, minutes=30)
    assert (await stage.fresh(first)).state == "evidence_in"
    await stage.pass_time(minutes=10)
    await stage.resolve(issue, "release")
    await stage.answer_all()
    # Twenty minutes before the hourly look.
    assert (await stage.fresh(first)).state == "released"
    await stage.pass_time(hours=2)
    await stage.answer_all()
    await assert_sound(stage)


async def open_early(stage: Stage, campaign: Campaign) -> Issue:
    """An issue before the delivery: members cannot open one yet, finance decides it still."""
    [commitment, *_] = await stage.commitments_of(campaign)
    issue = Issue(
        tenant_id=stage.tenant_id, id=new_id(), campaign_id=campaign.id,
        commitment_id=commitment.id, category="other", text="The sample was cracked.",
        opened_by=commitment.member_id, opened_at=stage.now,
    )  # fmt: skip
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        session.add(issue)
    return issue


async def test_evidence_is_one_s_own_and_new(stage: Stage) -> None:
    campaign, [first, second, _] = await allocated(stage, 2_000, 2_000, 6_000)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, first)
    with pytest.raises(EvidenceReused):
        await prove(stage, second)
    stranger = stage.person("supply")
    shown = await upload(stage, stranger, 7)
    with pytest.raises(MilestoneNotFound):
        await stage.run(milestones.give_evidence, stranger, milestone_id=first.id, shown=shown)


@pytest.mark.parametrize(
    ("shares", "code"), [((5_000, 4_999), "sum_not_whole"), ((10_000,), "too_few")]
)
async def test_wrong_shares_are_not_published(
    stage: Stage, shares: tuple[int, ...], code: str
) -> None:
    campaign = await stage.draft(milestones=plan(stage, *shares))
    with pytest.raises(PublishBlocked) as refused:
        await stage.step(stage.organiser, campaign, "submit")
    assert {error.code for error in refused.value.errors} == {code, "not_chosen"}


async def test_shares_are_disclosed_in_the_rules(stage: Stage) -> None:
    campaign, _ = await allocated(stage, 2_550, 7_450)
    [rule] = [each for each in campaign.rules if "Shares released" in each["heading"]]
    assert "25.5 %" in rule["text"]
    assert "74.5 %" in rule["text"]
    assert "worst case" in rule["text"]


async def inspecting(stage: Stage) -> tuple[Campaign, Any, Any]:
    campaign = await stage.live()
    placed = [await stage.commit(campaign, 5), await stage.commit(campaign, 6)]
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    await stage.deliver(campaign)
    return campaign, placed[0], await stage.complain(placed[0])


async def test_a_split_refunds_a_part_and_releases_the_rest(stage: Stage) -> None:
    campaign, mine, issue = await inspecting(stage)
    with pytest.raises(InvalidInput):
        await stage.resolve(issue, "split")
    with pytest.raises(RefundExceedsEscrow):
        await split(stage, issue, 5 * 1_999)
    await split(stage, issue, 2_000)
    await assert_sound(stage)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert (await stage.fresh(mine)).state == "settled"
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 11 * (1_999 - 1_500) - 2_000
    await assert_sound(stage)


async def split(stage: Stage, issue: Any, refund_minor: int) -> Any:
    return await stage.run(
        decide_issue, stage.finance, issue_id=issue.id, outcome="split",
        resolution="One of five is dented.", refund_minor=refund_minor,
    )  # fmt: skip


async def test_both_sides_of_an_issue_are_heard(stage: Stage) -> None:
    _, mine, issue = await inspecting(stage)
    member = Context(stage.tenant_id, "user", mine.member_id, frozenset({"campaigns:commit"}))
    shown = await upload(stage, member, 3)
    await stage.run(issue_talk.show_issue, member, issue_id=issue.id, shown=shown)
    answered = await stage.run(
        issue_talk.answer_issue, stage.supplier, issue_id=issue.id, answer="It left us whole."
    )
    assert answered.supplier_answer == "It left us whole."
    for stranger in (stage.member(), stage.person("supply")):
        other = await upload(stage, stranger, 4)
        with pytest.raises(IssueNotFound):
            await stage.run(issue_talk.show_issue, stranger, issue_id=issue.id, shown=other)


async def test_an_inspection_is_extended_once_with_a_reason(stage: Stage) -> None:
    campaign, _, issue = await inspecting(stage)
    await stage.resolve(issue, "release")
    ends = (await stage.fresh(campaign)).inspection_ends_at
    extend = {"campaign_id": campaign.id, "reason": "The post was slow."}
    for until in (ends, ends + timedelta(days=31)):
        with pytest.raises(InvalidInput):
            await stage.run(inspection.extend_inspection, stage.organiser, until=until, **extend)
    later = ends + timedelta(days=5)
    await stage.run(inspection.extend_inspection, stage.organiser, until=later, **extend)
    with pytest.raises(TransitionNotAllowed):
        await stage.run(
            inspection.extend_inspection, stage.organiser, until=later + timedelta(1), **extend
        )
    await stage.pass_time(days=8)
    assert (await stage.fresh(campaign)).state == "inspecting"
    await stage.pass_time(days=4)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_a_share_waits_for_a_verified_supplier_where_that_is_asked_for(stage: Stage) -> None:
    changes = {"supplier_verification": True}
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)
    campaign, [first, _] = await allocated(stage, 3_000, 7_000, auto_approve_hours=24)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, first)
    await stage.pass_time(hours=30)
    assert (await stage.fresh(first)).state == "evidence_in"
    await stage.run(
        state_verification, stage.finance, supplier_id=stage.supplier.actor_id,
        verdict="verified", basis="Register.",
    )  # fmt: skip
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(first)).state == "released"
    await assert_sound(stage)
