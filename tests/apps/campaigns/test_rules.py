"""References, stages, the publish list, locks and the transition table."""

import random
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from metatron.apps.campaigns.errors import (
    AcknowledgementMissing,
    CommitmentsHalted,
    FieldLocked,
    PublishBlocked,
    ReasonRequired,
    SamePersonReview,
    TermsOutdated,
    TransitionNotAllowed,
)
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.machine.transitions import STEPS, TERMINAL, allowed_pairs, steps_from
from metatron.apps.campaigns.module import MODULE
from metatron.apps.campaigns.references import ALPHABET, is_reference, new_reference
from metatron.apps.campaigns.rules import drafts, tenant_settings
from metatron.apps.campaigns.rules.disclosure import stage_of
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.wording import show_units, texts
from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.settings import Settings
from metatron.processes import all_modules
from tests.apps.campaigns.stage import Stage


@given(st.integers(0, 8), st.sampled_from(ALPHABET), st.integers())
def test_a_wrong_sign_is_noticed(place: int, sign: str, seed: int) -> None:
    random.seed(seed)
    reference = new_reference("C")
    assert is_reference(reference)
    signs = list(reference.replace("-", ""))[1:]
    if signs[place] != sign:
        signs[place] = sign
        joined = "".join(signs)
        assert not is_reference(f"C-{joined[:4]}-{joined[4:8]}-{joined[8]}")


@given(st.integers(0, 6))
def test_two_exchanged_signs_are_noticed(place: int) -> None:
    reference = new_reference("C")
    signs = list(reference.replace("-", ""))[1:]
    if signs[place] != signs[place + 1]:
        signs[place], signs[place + 1] = signs[place + 1], signs[place]
        joined = "".join(signs)
        assert not is_reference(f"C-{joined[:4]}-{joined[4:8]}-{joined[8]}")


@pytest.mark.parametrize(
    ("units", "stage"),
    [(0, "under_20"), (19, "under_20"), (20, "20"), (49, "20"), (50, "50"), (75, "75"),
     (99, "75"), (100, "100"), (250, "100")],
)  # fmt: skip
def test_progress_is_told_in_stages(units: int, stage: str) -> None:
    assert stage_of(units) == stage


COMES_BACK = {"refund_came_back"}
"""`docs/decisions/0019`."""


def test_the_table_is_consistent() -> None:
    for machine, steps in STEPS.items():
        for step in steps:
            # Out of an ended state no step leads anywhere else, but for money a bank sends back.
            ended = set(step.sources) & TERMINAL[machine]
            stays = step.sources == (step.target,)
            assert not ended or stays or step.name in COMES_BACK
            is_money = step.money_effect is not None
            assert is_money or machine == "campaign", f"{step.name} must say what the money does"
        reachable, waiting = {""}, [""]
        while waiting:
            for step in steps_from(machine, waiting.pop()):
                if step.target not in reachable:
                    reachable.add(step.target)
                    waiting.append(step.target)
        assert TERMINAL[machine] <= reachable
        assert {source for step in steps for source in step.sources} <= reachable


async def test_the_database_holds_the_same_table(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        rows = await connection.fetch("select * from campaigns.allowed_transition")
    finally:
        await connection.close()
    assert {tuple(row) for row in rows} == set(allowed_pairs())


async def test_the_database_refuses_what_the_table_does_not_have(stage: Stage) -> None:
    campaign = await stage.draft()
    context = system_context(stage.tenant_id)
    jumps = (
        "update campaigns.campaign set state = 'completed', transition_count = 2 where id = :id",
        "update campaigns.campaign set state = 'live' where id = :id",
        "update campaigns.campaign set transition_count = 7 where id = :id",
        "update campaigns.transition set reason = 'x' where subject_id = :id",
        "delete from campaigns.transition where subject_id = :id",
    )
    for statement in jumps:
        session = await stage.database.session(context)
        async with session:
            with pytest.raises(DBAPIError):
                await session.execute(text(statement), {"id": campaign.id})


async def test_the_publish_list_names_every_missing_field(stage: Stage) -> None:
    campaign = await stage.run(drafts.create_campaign, stage.organiser, fields={"title": "Bottles"})
    with pytest.raises(PublishBlocked) as refused:
        await stage.step(stage.organiser, campaign, "submit")
    assert {error.field for error in refused.value.errors} == {
        f"body.{name}" for name in (
            "sku", "product_name", "deadline_at", "goal_units", "unit_price_minor", "min_units",
            "max_units", "delivery_strategy", "picture_url", "supplier_id", "supplier_name",
        )
    }  # fmt: skip


async def test_a_bulk_delivery_needs_its_place(stage: Stage) -> None:
    campaign = await stage.draft(delivery_strategy="bulk_to_consolidation")
    with pytest.raises(PublishBlocked, match="Consolidation point"):
        await stage.step(stage.organiser, campaign, "submit")


@pytest.mark.parametrize("days", [0.9, 60.1])
async def test_the_deadline_is_one_to_sixty_days_ahead(stage: Stage, days: float) -> None:
    campaign = await stage.draft(deadline_at=stage.now + timedelta(days=days))
    with pytest.raises(PublishBlocked, match="Deadline"):
        await stage.step(stage.organiser, campaign, "submit")


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "Other"), ("sku", "X"), ("goal_units", 1), ("unit_price_minor", 1),
     ("min_units", 2), ("max_units", 9), ("supplier_window_days", 9), ("terms_version", "1")],
)  # fmt: skip
async def test_published_fields_are_locked_by_name(stage: Stage, field: str, value: object) -> None:
    campaign = await stage.live()
    with pytest.raises(FieldLocked) as refused:
        await stage.run(
            drafts.edit_campaign, stage.organiser, campaign_id=campaign.id, fields={field: value}
        )
    assert refused.value.extra["field"] == field


async def test_delivery_locks_with_the_first_commitment(stage: Stage) -> None:
    campaign = await stage.live()
    change = {"delivery_strategy": "bulk_to_consolidation"}
    edit = {"campaign_id": campaign.id, "fields": change}
    await stage.run(drafts.edit_campaign, stage.organiser, **edit)
    await stage.commit(campaign, 1)
    with pytest.raises(FieldLocked):
        await stage.run(
            drafts.edit_campaign,
            stage.organiser,
            campaign_id=campaign.id,
            fields={"delivery_strategy": "supplier_direct"},
        )


async def test_who_submitted_does_not_approve(stage: Stage) -> None:
    campaign = await stage.draft()
    await stage.step(stage.reviewer, campaign, "submit")
    with pytest.raises(SamePersonReview):
        await stage.step(stage.reviewer, campaign, "approve")


async def test_steps_need_their_actor_and_their_reason(stage: Stage) -> None:
    campaign = await stage.live()
    with pytest.raises(PermissionDenied):
        await stage.step(stage.organiser, campaign, "pause", "Why not")
    with pytest.raises(ReasonRequired):
        await stage.step(stage.reviewer, campaign, "pause")
    with pytest.raises(TransitionNotAllowed) as refused:
        await stage.step(stage.reviewer, campaign, "complete")
    assert "pause" in refused.value.extra["allowed"]
    with pytest.raises(TransitionNotAllowed, match="by itself"):
        await stage.step(stage.reviewer, campaign, "close")


async def test_both_acknowledgements_and_the_published_terms(stage: Stage) -> None:
    from metatron.apps.campaigns.gathering.commitments import Wish, commit
    from metatron.kernel.ids import new_id

    campaign = await stage.live()
    for escrow, success, version, refusal in (
        (False, True, "1", AcknowledgementMissing),
        (True, False, "1", AcknowledgementMissing),
        (True, True, "0", TermsOutdated),
    ):
        wish = Wish(new_id(), 1, version, escrow, success, "pm_ok")
        with pytest.raises(refusal):
            await stage.run(commit, stage.member(), campaign_id=campaign.id, wish=wish)


async def test_limits_hold_over_all_of_a_members_commitments(stage: Stage) -> None:
    campaign = await stage.live(min_units=2, max_units=6)
    member = stage.member()
    with pytest.raises(InvalidInput, match="at least 2"):
        await stage.commit(campaign, 1, member)
    await stage.commit(campaign, 4, member)
    with pytest.raises(InvalidInput, match="at most 6"):
        await stage.commit(campaign, 3, member)
    await stage.commit(campaign, 2, member)


async def test_the_stop_switch_halts_new_commitments(stage: Stage) -> None:
    campaign = await stage.live()
    halt = {"halted": True, "reason": "The provider is down."}
    await stage.run(tenant_settings.set_stop_switch, stage.reviewer, **halt)
    with pytest.raises(CommitmentsHalted, match="provider is down"):
        await stage.commit(campaign, 1)
    await stage.run(tenant_settings.set_stop_switch, stage.reviewer, halted=False, reason=None)
    await stage.commit(campaign, 1)


async def test_a_scheduled_campaign_opens_at_its_time(stage: Stage) -> None:
    opens = stage.now + timedelta(days=2)
    campaign = await stage.live(opens_at=opens)
    assert campaign.state == "scheduled"
    await stage.pass_time(days=2)
    assert (await stage.fresh(campaign)).state == "live"


async def test_a_system_step_is_nobodys_to_take(stage: Stage) -> None:
    campaign = await stage.live()
    async with stage.database.transaction(stage.reviewer) as session:
        row = await session.get(Campaign, (stage.tenant_id, campaign.id))
        with pytest.raises(AssertionError, match="taken by the system"):
            await advance(session, stage.reviewer, row, "close", now=stage.now)


def test_what_it_needs_are_modules_of_this_house() -> None:
    assert set(MODULE.needs) <= {module.name for module in all_modules()}


def test_units_are_written_as_people_write_them() -> None:
    assert show_units(1) == "1 unit"
    assert show_units(1_204) == "1,204 units"
    assert show_units(None) == ""
    for move in ("capture_instructed", "authorise_instructed"):
        assert (
            texts(f"member.move.{move}")["why"]
            .format(units=show_units(1))
            .startswith("You committed 1 unit under")
        )
