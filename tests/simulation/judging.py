"""How a simulated world ends: everything heals, every campaign ends, and all books agree."""

import contextlib
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from metatron.apps.campaigns.care.tables import CardDispute, ProviderAction
from metatron.apps.campaigns.delivery import fulfilment
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, Kind
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue, Payout, Refund
from metatron.kernel.errors import DomainError
from metatron.platform.ledger import interface as ledger
from metatron.platform.ledger.checking import check_books
from metatron.platform.payments.statements import fetching
from tests.apps.campaigns.people import NEXT, People
from tests.simulation.campaign_world import World
from tests.simulation.desk import Desk
from tests.simulation.held_clock import BEGINS_AT

ENDED = {"completed", "failed", "cancelled", "unwound", "draft", "in_review"}
MOST_ROUNDS = 25
SIGNS = {"refunded": -1, "captured": 1, "dispute_opened": -1, "dispute_won": 1}
_UNDECIDED = text("""
select kind || ' ' || id || ' is ' || state || ' after ' || attempts || ' attempts, '
  || coalesce(failure_code, 'no reason') || ', next at ' || next_attempt_at
from payments.instruction
where tenant_id = :tenant_id and state not in ('confirmed', 'failed')
union all
select kind || ' ' || id || ' is ' || state || ' after ' || attempts || ' attempts, next at '
  || next_attempt_at || ': ' || convert_from(raw, 'UTF8')
from payments.webhook_inbox
where tenant_id = :tenant_id and state in ('received', 'parked')
""")
_BREAKS = text("""
select kind, reference, expected_minor, found_minor from payments.reconciliation_break
where tenant_id = :tenant_id and state = 'open'
""")


async def end(people: People, desk: Desk) -> None:
    """Let everything run out: no more faults, every answer given, time passing."""
    world: World = desk.world
    world.provider.faults()
    for reference in desk.disputes:
        desk.post(f"disputes/{reference}/{people.chance.choice(['won', 'lost'])}")
    world.look_at_clock()
    await people.pay_bond(300_000)
    for _ in range(MOST_ROUNDS):
        await _hear_all(world)
        for issue in await people.all_of(Issue, Issue.state == "open"):
            with contextlib.suppress(DomainError):
                await world.resolve(issue, people.chance.choice(["release", "refund"]))
        for act in (people.prove, people.judge_share, *[people.approve_release] * 5):
            with contextlib.suppress(DomainError):
                await act()
        await _help(people)
        await _hear_all(world)
        campaigns = await people.all_of(Campaign)
        is_over = {campaign.state for campaign in campaigns} <= ENDED
        waiting = await people.all_of(Refund, Refund.state != "confirmed")
        waiting += await people.all_of(Payout, Payout.state != "confirmed")
        if is_over and not waiting and not await _undecided(world):
            return
        await world.pass_time(days=3)


async def _help(people: People) -> None:
    """Have what was refused done another way, and take every campaign a step on."""
    stage = people.stage
    # First: whoever instructs all of them again and again has none that is refused for long.
    for _ in range(len(await people.all_of(Refund, Refund.state == "failed"))):
        with contextlib.suppress(DomainError):
            await people.another_way()
    for campaign in await people.all_of(Campaign, Campaign.state.in_(NEXT)):
        who, steps = NEXT[campaign.state]
        if campaign.state in {"draft", "in_review"}:
            continue
        if campaign.state == "fulfilling":
            await _deliver(people, campaign)
        for step in dict.fromkeys(steps):
            with contextlib.suppress(DomainError):
                await stage.step(getattr(stage, who), campaign, step, "A reason.")


async def _deliver(people: People, campaign: Campaign) -> None:
    await people.stage.run(
        fulfilment.record_fulfilment, people.stage.supplier, campaign_id=campaign.id,
        kind="delivered", note="Left at the door.",
    )  # fmt: skip


async def _hear_all(world: World) -> None:
    while True:
        await world.settle()
        await world.wire.listen()
        if not world.wire.waiting:
            return
        while world.wire.waiting:
            await world.wire.deliver()


async def _undecided(world: World) -> list[str]:
    """Return the instructions and messages of which nobody knows yet what became of them."""
    async with world.database.transaction(world.context) as session:
        found = await session.execute(_UNDECIDED, {"tenant_id": world.tenant_id})
        return list(found.scalars())


async def judge(world: World, people: People) -> None:
    """Everything ended, every invariant holds, and the provider's books say what ours say."""
    waits = await _undecided(world)
    assert waits == [], "\n".join(waits)
    for campaign in await people.all_of(Campaign, Campaign.state.not_in(ENDED)):
        pytest.fail(await _why_open(people, campaign))
    for milestone in await people.all_of(Milestone):
        await _judge_share(people, milestone)
    assert await people.all_of(ProviderAction, ProviderAction.state == "open") == []
    assert await check_books(world.database, world.tenant_id) == []
    before = await at_the_provider(world)
    elsewhere = await _unmirrored(people)
    unexplained = await _breaks(world)
    assert unexplained == [], unexplained
    ours, theirs = sum(before.values()) + elsewhere, world.provider.balance()
    assert ours == theirs, (ours, theirs)
    for commitment in await people.all_of(Commitment, Commitment.provider_reference.is_not(None)):
        await _same_as_there(world, people, commitment)
    await _hear_everything_again(world)
    assert await at_the_provider(world) == before
    assert await check_books(world.database, world.tenant_id) == []


async def _judge_share(people: People, milestone: Milestone) -> None:
    """No share is left half released, and each of a completed campaign is released."""
    [campaign] = await people.all_of(Campaign, Campaign.id == milestone.campaign_id)
    assert milestone.state not in {"approved", "release_instructed"}, milestone.id
    if campaign.state == "completed":
        assert milestone.state == "released", milestone.id


async def _why_open(people: People, campaign: Campaign) -> str:
    lines = [f"{campaign.reference} is {campaign.state}, {campaign.last_transition}"]
    mapped = (Commitment, Commitment.campaign_id), (Refund, Refund.campaign_id), (
        Payout, Payout.campaign_id), (CardDispute, CardDispute.campaign_id)  # fmt: skip
    for table, key in mapped:
        for row in await people.all_of(table, key == campaign.id):
            shown = ("state", "commitment_id", "amount_minor", "captured_minor", "whole",
                     "destination", "payment_method", "last_transition")  # fmt: skip
            fields = {name: getattr(row, name) for name in shown if hasattr(row, name)}
            lines.append(f"{table.__name__} {row.id}: {fields}")
    return "\n".join(lines)


async def at_the_provider(world: World) -> dict[int, int]:
    """Return what our books say that the provider holds, by kind of account."""
    wanted = ledger.TrialBalanceFilter(ledger=MONEY_LEDGER)
    async with world.database.transaction(world.context) as session:
        lines = await ledger.trial_balance(session, world.context, filter=wanted)
    at = {Kind.PROVIDER_CLEARING, Kind.PROVIDER_ESCROW}
    sums = {int(kind): 0 for kind in at}
    for line in lines:
        if line.code in at:
            sums[line.code] += line.debits_posted - line.credits_posted
    return sums


async def _unmirrored(people: People, commitment: Commitment | None = None) -> int:
    conditions = [ProviderAction.state == "unmirrored"]
    if commitment is not None:
        conditions.append(ProviderAction.commitment_id == commitment.id)
    return sum(
        SIGNS.get(each.action, 0) * each.amount_minor
        - (each.fee_minor if each.action == "dispute_opened" else 0)
        for each in await people.all_of(ProviderAction, *conditions)
    )


async def _same_as_there(world: World, people: People, commitment: Commitment) -> None:
    """What was captured and refunded for a commitment is what the provider says."""
    there = world.provider.call("GET", f"/v1/authorisations/{commitment.provider_reference}").json()
    assert there["amount_captured_minor"] == commitment.captured_minor
    refunds = await people.all_of(
        Refund, Refund.commitment_id == commitment.id, Refund.state == "confirmed",
        Refund.destination.is_(None),
    )  # fmt: skip
    by_hand = await people.all_of(
        ProviderAction, ProviderAction.commitment_id == commitment.id,
        ProviderAction.action == "refunded", ProviderAction.state == "unmirrored",
    )  # fmt: skip
    mirrored = await people.all_of(
        ProviderAction, ProviderAction.commitment_id == commitment.id,
        ProviderAction.action == "refunded", ProviderAction.state == "mirrored",
    )  # fmt: skip
    borne = await people.all_of(
        ProviderCharge, ProviderCharge.kind == "refund_loss",
        ProviderCharge.reference.in_([each.reference for each in mirrored]),
    )  # fmt: skip
    ours = sum(each.amount_minor for each in (*refunds, *by_hand, *borne))
    assert there["amount_refunded_minor"] == ours, commitment.id


async def _hear_everything_again(world: World) -> None:
    """Deliver every message that ever came once more, in any sequence (invariant 13)."""
    again = list(world.wire.delivered)
    random.Random(world.chance.random()).shuffle(again)
    for message in again[:60]:
        assert await world.wire.deliver_again(message) == 200
    await world.settle()


async def _breaks(world: World) -> list[Any]:
    """Fetch every day's statement: nothing on it is unknown here, nothing here is not on it."""
    day, last = BEGINS_AT.date(), world.now.date()
    while day <= last:
        lines = list(await world.adapter.fetch_statement(day))
        assert {line.tenant_id for line in lines} <= {world.tenant_id}, "a line that names nobody"
        share = world.adapter.name, world.tenant_id, day, lines
        await fetching._import_share(world.database, *share)
        day += timedelta(days=1)
    async with world.database.transaction(world.context) as session:
        key = {"tenant_id": world.tenant_id}
        found = [tuple(row) for row in await session.execute(_BREAKS, key)]
    # A refund at the desk that failed in the end stands there twice, and a person closes both.
    moved: Counter[str] = Counter()
    for _, reference, expected, there in found:
        moved[reference] += (there or 0) - (expected or 0)
    return [each for each in found if moved[each[1]]]
