"""Commitments placed together: the books of one by one, each its own answer, nothing lost."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from metatron.apps.campaigns.edge.commit_batches import CommitBatches
from metatron.apps.campaigns.errors import CampaignNotFound, CapReached
from metatron.apps.campaigns.gathering.placing import place_all
from metatron.apps.campaigns.gathering.wishes import Asked
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import MONEY_LEDGER, UNITS_LEDGER
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError, IdempotencyInFlight, IdempotencyKeyReused
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.payments.errors import InstructionInvalid
from metatron.platform.payments.providers import configure_from
from tests.apps.campaigns.committing import keyed_for, wish_of
from tests.apps.campaigns.stage import Stage

ROOT = Path(__file__).parents[3]
WISH = st.fixed_dictionaries({
    "member": st.integers(0, 7), "units": st.sampled_from([1, 1, 2, 3, 4, 6, 7]),
    "ends": st.sampled_from([False, False, True]),
    "change": st.sampled_from([{}] * 8 + [
        {"acknowledged_escrow_terms": False}, {"terms_version": "old"},
    ]),
})  # fmt: skip
MODES = st.sampled_from(["escrow_capture", "escrow_capture", "auth_hold", "charge_on_success"])
_ROWS = {
    "event": "select name from kernel.event where tenant_id = $1 order by id",
    "outbox": "select name from kernel.outbox where tenant_id = $1",
}
_OWN = {
    "transition": "select name || from_state || to_state || ordinal from campaigns.transition"
    " where campaign_id = $1",
    "acknowledgement": "select a.kind || a.terms_hash from campaigns.acknowledgement a"
    " join campaigns.commitment c on c.tenant_id = a.tenant_id and c.id = a.commitment_id"
    " where c.campaign_id = $1",
    "commitment": "select state || units || amount_minor || version from campaigns.commitment"
    " where campaign_id = $1",
    "instruction": "select i.kind || i.state || i.amount_minor || i.payment_method"
    " from payments.instruction i join campaigns.commitment c"
    " on c.tenant_id = i.tenant_id and c.id = i.target_id where c.campaign_id = $1",
}


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.fixture
def own_database(runner: asyncio.Runner, settings: Settings) -> Iterator[Database]:
    configure_from(settings)
    opened = runner.run(Database.open(settings))
    yield opened
    runner.run(opened.close())


async def picture(stage: Stage, campaign: Campaign) -> dict[str, Any]:
    """Everything that placing leaves behind, without ids and instants."""
    context = system_context(stage.tenant_id)
    found: dict[str, Any] = {}
    async with stage.database.transaction(context) as session:
        for ledger in (MONEY_LEDGER, UNITS_LEDGER):
            lines = await books.lines_of(session, context, campaign.id, ledger)
            found[f"books {ledger}"] = {
                (line.code, line.accounts, line.debits_pending, line.debits_posted,
                 line.credits_pending, line.credits_posted)
                for line in lines
            }  # fmt: skip
        connection = await session.connection()
        for name, sql in _OWN.items():
            rows = await connection.exec_driver_sql(sql, (campaign.id,))
            found[name] = Counter(rows.scalars())
        assert await check_invariants(session, context) == []
    for name, sql in _ROWS.items():
        rows = await stage.database.system.fetch(sql, stage.tenant_id)
        found[name] = Counter(row[0] for row in rows)
    return found


async def one_by_one(stage: Stage, campaign: Campaign, asked: list[Asked]) -> list[str]:
    outcomes = []
    for each in asked:
        try:
            async with stage.database.transaction(each.context) as session:
                placed = await place_all(
                    session, each.context, campaign_id=campaign.id, asked=[each], now=stage.now
                )
                [outcome] = placed.outcomes
                if isinstance(outcome, DomainError):
                    raise outcome
                outcomes.append(outcome.state)
        except DomainError as refusal:
            outcomes.append(refusal.code)
    return outcomes


async def together(stage: Stage, campaign: Campaign, parts: list[list[Asked]]) -> list[str]:
    context = system_context(stage.tenant_id)
    outcomes: list[str] = []
    for part in parts:
        async with stage.database.transaction(context) as session:
            placed = await place_all(
                session, context, campaign_id=campaign.id, asked=part, now=stage.now
            )
        found = placed.outcomes
        outcomes += [one.code if isinstance(one, DomainError) else one.state for one in found]
    return outcomes


def asked_of(stage: Stage, members: list[UUID], wishes: list[dict[str, Any]]) -> list[Asked]:
    return [
        Asked(
            keyed_for(stage.tenant_id, members[wish["member"]], "k").context,
            wish_of(new_id(), wish["units"], **wish["change"]),
        )
        for wish in wishes
    ]


def parted(asked: list[Asked], wishes: list[dict[str, Any]]) -> list[list[Asked]]:
    """Cut into batches where an example says so, and where a member comes again."""
    parts: list[list[Asked]] = [[]]
    for each, wish in zip(asked, wishes, strict=True):
        if any(other.member_id == each.member_id for other in parts[-1]):
            parts.append([])
        parts[-1].append(each)
        if wish["ends"]:
            parts.append([])
    return [part for part in parts if part]


def test_together_the_books_are_as_one_by_one(
    runner: asyncio.Runner, own_database: Database
) -> None:
    async def compare(mode: str, cap: int | None, wishes: list[dict[str, Any]]) -> None:
        pictures, outcomes = [], []
        for way in ("single", "batch"):
            stage = Stage(own_database)
            campaign = await stage.live(
                goal_units=4, cap_units=cap, funding_mode=mode,
                deadline_at=stage.now + timedelta(days=5),
            )  # fmt: skip
            asked = asked_of(stage, [new_id() for _ in range(8)], wishes)
            if way == "single":
                outcomes.append(await one_by_one(stage, campaign, asked))
            else:
                outcomes.append(await together(stage, campaign, parted(asked, wishes)))
            pictures.append(await picture(stage, campaign))
        assert outcomes[0] == outcomes[1]
        assert pictures[0] == pictures[1]

    @bounds(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(MODES, st.sampled_from([None, 5, 9, 14]), st.lists(WISH, min_size=1, max_size=12))
    def run(mode: str, cap: int | None, wishes: list[dict[str, Any]]) -> None:
        runner.run(compare(mode, cap, wishes))

    run()


async def place(
    batches: CommitBatches, stage: Stage, campaign: Campaign, wish_id: UUID | None = None,
    *, member: UUID | None = None, key: str = "", **changes: Any,
) -> Any:  # fmt: skip
    """Place one commitment; answers what the member sees, or raises."""
    wish = wish_of(wish_id or new_id(), **changes)
    keyed = keyed_for(stage.tenant_id, member or new_id(), key or str(new_id()))
    response = await batches.place(campaign.id, keyed, wish)
    assert response.status_code == 202
    return orjson.loads(response.body)


async def test_caps_hold_between_processes_and_a_refusal_leaves_no_trace(stage: Stage) -> None:
    campaign = await stage.live(goal_units=4, cap_units=40)
    both = [CommitBatches(stage.database) for _ in range(2)]
    ids, members = [new_id() for _ in range(60)], [new_id() for _ in range(60)]
    answers = await asyncio.gather(
        *(
            place(both[number % 2], stage, campaign, ids[number], member=members[number])
            for number in range(60)
        ),
        return_exceptions=True,
    )
    refused = [number for number, answer in enumerate(answers) if isinstance(answer, CapReached)]
    assert len(refused) == 20
    assert Counter(type(answer) for answer in answers) == {dict: 40, CapReached: 20}
    placed = await stage.commitments_of(campaign)
    assert sum(one.units for one in placed) == 40
    found = await picture(stage, campaign)
    assert found["event"]["campaigns.commitment_moved.v1"] == 80
    await stage.withdraw(placed[0])
    await stage.settle()
    for instruction in list(stage.unsent):
        await stage.answer(instruction)
        await stage.settle()
    again = await place(both[0], stage, campaign, ids[refused[0]], member=members[refused[0]])
    assert again["state"] == "authorising"
    with pytest.raises(CapReached):
        await place(both[1], stage, campaign, ids[refused[1]], member=members[refused[1]])


async def test_a_members_limit_holds_from_many_devices(stage: Stage) -> None:
    campaign, member = await stage.live(max_units=6), new_id()
    both = [CommitBatches(stage.database) for _ in range(2)]
    answers = await asyncio.gather(
        *(place(both[n % 2], stage, campaign, member=member, units=2) for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, dict) for answer in answers) == 3
    codes = {answer.code for answer in answers if isinstance(answer, DomainError)}
    assert codes == {"invalid_input"}
    assert sum(one.units for one in await stage.commitments_of(campaign)) == 6


async def test_a_key_has_one_effect_and_one_answer(stage: Stage) -> None:
    campaign, member, wish_id = await stage.live(), new_id(), new_id()
    here, there = CommitBatches(stage.database), CommitBatches(stage.database)
    first, second = await asyncio.gather(
        *(place(here, stage, campaign, wish_id, member=member, key="a") for _ in range(2)),
        return_exceptions=True,
    )
    assert isinstance(second, IdempotencyInFlight)
    assert await place(there, stage, campaign, wish_id, member=member, key="a") == first
    keyed = keyed_for(stage.tenant_id, member, "a")
    other = type(keyed)(keyed.context, keyed.key, b"another body")
    with pytest.raises(IdempotencyKeyReused):
        await there.place(campaign.id, other, wish_of(new_id()))
    # The same commitment under a fresh key is the same commitment; under one key of others, theirs.
    same = await place(there, stage, campaign, wish_id, member=member, key="b")
    assert (same["id"], same["reference"]) == (first["id"], first["reference"])
    await place(there, stage, campaign, key="a")
    assert len(await stage.commitments_of(campaign)) == 2


async def test_one_that_cannot_be_placed_harms_nobody_else(stage: Stage) -> None:
    campaign = await stage.live()
    batches = CommitBatches(stage.database)
    bad = place(batches, stage, campaign, payment_method="no token!")
    good = [place(batches, stage, campaign) for _ in range(5)]
    late = place(batches, stage, campaign, terms_version="old")
    first, *others, last = await asyncio.gather(bad, *good, late, return_exceptions=True)
    assert isinstance(first, InstructionInvalid)
    assert isinstance(last, DomainError)
    assert last.code == "terms_outdated"
    assert [answer["state"] for answer in others] == ["authorising"] * 5
    assert len(await stage.commitments_of(campaign)) == 5
    assert (await picture(stage, campaign))["instruction"].total() == 5


async def test_another_tenants_campaign_is_not_there(stage: Stage, database: Database) -> None:
    campaign, other = await stage.live(), Stage(database)
    batches = CommitBatches(database)
    with pytest.raises(CampaignNotFound):
        await place(batches, other, campaign)
    assert await stage.commitments_of(campaign) == []


async def test_each_step_is_signed_by_the_member_who_asked(stage: Stage) -> None:
    campaign, members = await stage.live(), [new_id() for _ in range(4)]
    batches = CommitBatches(stage.database)
    await asyncio.gather(*(place(batches, stage, campaign, member=one) for one in members))
    rows = await stage.database.system.fetch(
        "select distinct aggregate_id, actor_id from kernel.event"
        " where tenant_id = $1 and name = 'campaigns.commitment_moved.v1'",
        stage.tenant_id,
    )
    owners = {one.id: one.member_id for one in await stage.commitments_of(campaign)}
    assert {row["aggregate_id"]: row["actor_id"] for row in rows} == owners
    assert set(owners.values()) == set(members)


async def test_a_killed_process_loses_nothing_it_answered(stage: Stage, settings: Settings) -> None:
    campaign = await stage.live(goal_units=4)
    addresses = (settings.database_url, settings.database_system_url)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.apps.campaigns.committing",
        *(address.get_secret_value() for address in addresses), str(stage.tenant_id),
        str(campaign.id), cwd=ROOT, env=_environment(), stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    said = [await process.stdout.readline() for _ in range(150)]
    process.kill()
    said += (await process.stdout.read()).splitlines()
    await process.wait()
    answered = [tuple(map(UUID, line.decode().split())) for line in said if line.strip()]
    placed = {one.id: one for one in await stage.commitments_of(campaign)}
    assert {one for one, _ in answered} <= set(placed)
    assert len(placed) - len(answered) <= 100
    assert {one.state for one in placed.values()} == {"authorising"}
    found = await picture(stage, campaign)
    assert found["instruction"].total() == len(placed)
    assert found["acknowledgement"].total() == 2 * len(placed)
    # Whoever repeats is told the same; whoever had no answer yet is placed or told now, once.
    batches = CommitBatches(stage.database)
    repeats = [
        batches.place(
            campaign.id, keyed_for(stage.tenant_id, one.member_id, str(one.id)), wish_of(one.id)
        )
        for one in placed.values()
    ]
    for response in await asyncio.gather(*repeats):
        assert response.headers["idempotent-replayed"] == "true"
    assert len(await stage.commitments_of(campaign)) == len(placed)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
