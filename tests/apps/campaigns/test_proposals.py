"""What a supplier proposes for a draft: every step of its life, and whose step it is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from metatron.apps.campaigns.errors import FeatureSwitchedOff, ReasonRequired
from metatron.apps.campaigns.rules import drafts
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.supply import proposals
from metatron.apps.campaigns.supply.errors import ProposalNotFound, ProposalNotPossible
from metatron.apps.campaigns.supply.proposal_rows import STEPS
from metatron.apps.campaigns.supply.proposal_tables import Proposal
from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput, PermissionDenied
from tests.apps.campaigns.stage import Stage

TERMS = proposals.Terms(12, 1_400, "In two lots.")
STATES = {state for sources, target in STEPS.values() for state in (*sources, target)}


async def asked(stage: Stage) -> tuple[Any, Proposal]:
    campaign = await stage.draft(supplier_unit_price_minor=None)
    proposal: Proposal = await stage.run(
        proposals.ask_proposal, stage.organiser, campaign_id=campaign.id
    )
    return campaign, proposal


async def submit(stage: Stage, proposal: Proposal, days: int = 3, **more: Any) -> Proposal:
    given = {"terms": TERMS, "expires_at": stage.now + timedelta(days=days)} | more
    done: Proposal = await stage.run(
        proposals.submit, stage.supplier, proposal_id=proposal.id, **given
    )
    return done


async def act(stage: Stage, use_case: Any, context: Any, proposal: Proposal, **more: Any) -> Any:
    return await stage.run(use_case, context, proposal_id=proposal.id, **more)


async def test_what_is_accepted_goes_into_the_draft_and_is_confirmed(stage: Stage) -> None:
    campaign, proposal = await asked(stage)
    with pytest.raises(ProposalNotPossible):
        await stage.run(proposals.ask_proposal, stage.organiser, campaign_id=campaign.id)
    with pytest.raises(ProposalNotPossible):
        await act(stage, proposals.accept_proposal, stage.organiser, proposal)
    await submit(stage, proposal)
    await act(stage, proposals.accept_proposal, stage.organiser, proposal)
    fresh = await stage.fresh(campaign)
    assert (fresh.supplier_unit_price_minor, fresh.cap_units) == (1_400, 12)
    await stage.step(stage.organiser, campaign, "submit")
    await stage.step(stage.reviewer, campaign, "approve")
    await stage.settle()
    for units in (5, 6):
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    assert (await stage.fresh(proposal)).state == "confirmed"
    with pytest.raises(ProposalNotPossible):
        await act(stage, proposals.withdraw_proposal, stage.supplier, proposal, reason="Late.")


async def test_a_counter_proposal_needs_the_rules_and_an_answer(stage: Stage) -> None:
    _, proposal = await asked(stage)
    await submit(stage, proposal)
    lower = proposals.Terms(20, 1_300)
    with pytest.raises(FeatureSwitchedOff, match="counter_proposals"):
        await act(stage, proposals.counter, stage.organiser, proposal, terms=lower)
    await stage.run(change_settings, stage.reviewer, changes={"counter_proposals": True})
    countered = await act(stage, proposals.counter, stage.organiser, proposal, terms=lower)
    assert (countered.state, countered.counter_unit_price_minor) == ("countered", 1_300)
    # Switched off again, what was countered before is still answered.
    await stage.run(change_settings, stage.reviewer, changes={"counter_proposals": False})
    with pytest.raises(ProposalNotPossible):
        await act(stage, proposals.accept_proposal, stage.organiser, proposal)
    with pytest.raises(ProposalNotPossible):
        await act(stage, proposals.decline_proposal, stage.organiser, proposal, reason="No.")
    again = await submit(stage, proposal, terms=proposals.Terms(20, 1_350))
    assert (again.state, again.unit_price_minor) == ("submitted", 1_350)


async def test_nobody_takes_the_other_sides_step(stage: Stage) -> None:
    _, proposal = await asked(stage)
    with pytest.raises(ProposalNotFound):
        await stage.run(
            proposals.submit, stage.person("supply"), proposal_id=proposal.id, terms=TERMS,
            expires_at=stage.now + timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        await act(stage, proposals.accept_proposal, stage.supplier, proposal)
    with pytest.raises(InvalidInput):
        await submit(stage, proposal, days=0)
    await submit(stage, proposal)
    with pytest.raises(ProposalNotPossible):
        await act(stage, proposals.decline_proposal, stage.supplier, proposal, reason="No.")
    with pytest.raises(ReasonRequired):
        await act(stage, proposals.decline_proposal, stage.organiser, proposal, reason=" ")
    done = await act(stage, proposals.decline_proposal, stage.organiser, proposal, reason="Dear.")
    assert (done.state, done.reason) == ("declined", "Dear.")


async def test_silence_lets_it_expire_and_a_supplier_may_withdraw(stage: Stage) -> None:
    campaign, proposal = await asked(stage)
    await submit(stage, proposal, days=2)
    await stage.pass_time(days=1)
    assert (await stage.fresh(proposal)).state == "submitted"
    await stage.pass_time(days=1, hours=1)
    assert (await stage.fresh(proposal)).state == "expired"
    second = await stage.run(proposals.ask_proposal, stage.organiser, campaign_id=campaign.id)
    await submit(stage, second)
    done = await act(stage, proposals.withdraw_proposal, stage.supplier, second, reason="Full.")
    assert done.state == "withdrawn"
    third = await stage.run(proposals.ask_proposal, stage.organiser, campaign_id=campaign.id)
    done = await act(stage, proposals.decline_proposal, stage.supplier, third, reason="No clay.")
    assert done.state == "declined"


@pytest.mark.parametrize("answer", ["decline", "silence"])
async def test_a_campaign_that_is_not_accepted_declines_it(stage: Stage, answer: str) -> None:
    campaign, proposal = await asked(stage)
    await submit(stage, proposal)
    await act(stage, proposals.accept_proposal, stage.organiser, proposal)
    await stage.step(stage.organiser, campaign, "submit")
    await stage.step(stage.reviewer, campaign, "approve")
    await stage.settle()
    await stage.commit(campaign, 6)
    await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=7, hours=1)
    if answer == "decline":
        await stage.step(stage.supplier, campaign, "decline", "The works have closed.")
    else:
        await stage.pass_time(days=8)
    assert (await stage.fresh(proposal)).state == "declined"


async def test_the_database_knows_the_same_steps(stage: Stage) -> None:
    _, proposal = await asked(stage)
    allowed = {(source, target) for sources, target in STEPS.values() for source in sources}
    assert len(allowed) == 14
    for target in sorted(STATES - {"draft", "submitted", "declined"}):
        with pytest.raises(IntegrityError, match="a proposal goes not from draft"):
            await force(stage, proposal, target)


async def force(stage: Stage, proposal: Proposal, state: str) -> None:
    """Write a state past the table of steps."""
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        row = await session.get(Proposal, (stage.tenant_id, proposal.id))
        assert row is not None
        row.state = state
        await session.flush()


CHANGES = [
    ("supplier_id", lambda stage: stage.person("supply").actor_id, "another supplier"),
    ("currency", lambda _: "NOK", "another currency"),
]


@pytest.mark.parametrize(("field", "value", "word"), CHANGES)
@pytest.mark.parametrize("state", ["draft", "submitted", "accepted"])
async def test_a_draft_that_goes_elsewhere_closes_its_proposal(
    stage: Stage, field: str, value: Any, word: str, state: str
) -> None:
    campaign, proposal = await asked(stage)
    if state != "draft":
        await submit(stage, proposal)
    if state == "accepted":
        await act(stage, proposals.accept_proposal, stage.organiser, proposal)
    edit = {"fields": {"title": "Another title"}}
    await stage.run(drafts.edit_campaign, stage.organiser, campaign_id=campaign.id, **edit)
    assert (await stage.fresh(proposal)).state == state
    edit = {"fields": {field: value(stage)}}
    await stage.run(drafts.edit_campaign, stage.organiser, campaign_id=campaign.id, **edit)
    closed = await stage.fresh(proposal)
    assert (closed.state, word in closed.reason) == ("declined", True)
    assert closed.closed_at is not None
    asked_anew = await stage.run(proposals.ask_proposal, stage.organiser, campaign_id=campaign.id)
    fresh = await stage.fresh(campaign)
    assert (asked_anew.supplier_id, asked_anew.currency) == (fresh.supplier_id, fresh.currency)


@pytest.mark.parametrize(("field", "value", "word"), CHANGES)
async def test_a_proposal_for_another_supplier_or_currency_is_not_accepted(
    stage: Stage, field: str, value: Any, word: str
) -> None:
    """Also when it was left open by drafts that were changed before they closed them."""
    campaign, proposal = await asked(stage)
    await submit(stage, proposal)
    changed = {field: value(stage), "t": stage.tenant_id, "id": campaign.id}
    async with stage.database.transaction(stage.organiser) as session:
        await session.execute(
            text(
                f"update campaigns.campaign set {field} = :{field}"
                " where tenant_id = :t and id = :id"
            ),
            changed,
        )  # fmt: skip
    with pytest.raises(ProposalNotPossible, match=word):
        await act(stage, proposals.accept_proposal, stage.organiser, proposal)
    assert (await stage.fresh(campaign)).supplier_unit_price_minor is None
    await act(stage, proposals.withdraw_proposal, stage.supplier, proposal, reason="Gone.")
