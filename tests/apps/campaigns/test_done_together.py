"""The worker's work behind many commits, done together: the books and messages of one by one."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from metatron.apps.campaigns.confirmations import is_capture, on_captures
from metatron.apps.campaigns.machine import telling
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import DeliveredEvent, Delivery
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user
from metatron.platform.payments import interface as payments
from metatron.platform.payments.instructions import begin_attempts
from metatron.platform.payments.outcomes import Told, record_outcomes
from metatron.platform.payments.providers import configure_from
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_commit_batches import asked_of, one_by_one, picture

FATES = st.sampled_from(["held", "held", "held", "short", "failed", "withdrawn"])
MODES = st.sampled_from(["escrow_capture", "escrow_capture", "auth_hold"])
CONFIRMED = "payments.instruction_confirmed.v1"


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


def _outcome(fate: str, amount_minor: int, key: UUID) -> payments.Outcome:
    if fate == "failed":
        return payments.Failed("refused")
    return payments.Confirmed(
        f"ref_{key.hex}", amount_minor // 2 if fate == "short" else amount_minor
    )


async def begun(stage: Stage, mode: str, fates: list[str]) -> tuple[Campaign, list[Told]]:
    """A campaign whose commitments wait for the provider, and what it is going to say."""
    campaign = await stage.live(
        goal_units=2, cap_units=50, funding_mode=mode, deadline_at=stage.now + timedelta(days=5)
    )
    wishes = [
        {"member": number, "units": 1 + number % 3, "change": {}} for number in range(len(fates))
    ]
    asked = asked_of(stage, [new_id() for _ in fates], wishes)
    await one_by_one(stage, campaign, asked)
    await stage.settle()
    placed = {one.id: one for one in await stage.commitments_of(campaign)}
    told = []
    for each, fate in zip(asked, fates, strict=True):
        one = placed[each.wish.id]
        if fate == "withdrawn":
            await stage.withdraw(one)
        key = one.capture_transfer_id
        assert key is not None
        # A reservation of less than was asked for is no answer: it is asked for again.
        said = "held" if mode == "auth_hold" and fate == "short" else fate
        outcome = _outcome(said, one.amount_minor, key)
        told.append(Told(system_context(stage.tenant_id), key, outcome))
    await stage.settle()
    return campaign, told


async def answered_alone(stage: Stage, told: list[Told]) -> None:
    context = system_context(stage.tenant_id)
    for one in told:
        async with stage.database.transaction(context) as session:
            due = [(one.instruction_id, stage.now)]
            await begin_attempts(session, context, due=due)
            await payments.record_outcome(
                session, context, instruction_id=one.instruction_id, outcome=one.outcome,
                now=stage.now,
            )  # fmt: skip
    for row in await stage.take_due():
        await stage.handle(row)


async def answered_together(stage: Stage, told: list[Told]) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        due = [(one.instruction_id, stage.now) for one in told]
        await begin_attempts(session, context, due=due)
    async with stage.database.transaction(context) as session:
        # Whoever tells it again changes nothing, in the same transaction either.
        await record_outcomes(session, context, told=[*told, *told], now=stage.now)
    rows = await stage.take_due()
    captures = [
        row for row in rows if row["name"] == CONFIRMED and is_capture(_event_of(stage, row))
    ]
    each = [Delivery(context, _event_of(stage, row)) for row in captures]
    if each:
        await stage.run(on_captures, context, each=each)
        await stage.run(on_captures, context, each=each)
    for row in rows:
        if row not in captures:
            await stage.handle(row)


def _event_of(stage: Stage, row: dict[str, Any]) -> dict[str, Any]:
    event = DeliveredEvent(
        id=row["id"], name=row["name"], tenant_id=stage.tenant_id,
        aggregate_id=row["aggregate_id"], occurred_at=row["occurred_at"],
        payload=orjson.loads(row["payload"]),
    )  # fmt: skip
    return {"event": event}


def test_answers_booked_together_are_as_one_by_one(
    runner: asyncio.Runner, own_database: Database
) -> None:
    async def compare(mode: str, fates: list[str]) -> None:
        pictures = []
        for way in (answered_alone, answered_together):
            stage = Stage(own_database)
            campaign, told = await begun(stage, mode, fates)
            await way(stage, told)
            pictures.append(await picture(stage, campaign))
        assert pictures[0] == pictures[1]

    @bounds(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(MODES, st.lists(FATES, min_size=1, max_size=25))
    def run(mode: str, fates: list[str]) -> None:
        runner.run(compare(mode, fates))

    run()


async def messages(stage: Stage) -> Counter[tuple[Any, ...]]:
    """What was asked to be sent to whom, without the references of campaign and commitment."""
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        connection = await session.connection()
        found = await connection.exec_driver_sql(
            "select m.template, m.recipient_id, b.address, b.subject, b.text, b.keeps_text"
            " from notifications.message m join notifications.message_body b using (tenant_id, id)"
        )
        rows = found.all()
    return Counter(
        tuple(re.sub(r"\b[CK]-[0-9A-Z-]+", "REF", str(value)) for value in row) for row in rows
    )


async def missed(stage: Stage) -> int:
    found: int = await stage.database.system.fetchval(
        "select count(*) from kernel.event where tenant_id = $1 and name = $2",
        stage.tenant_id,
        "campaigns.message_missed.v1",
    )
    return found


async def people(database: Database) -> list[UUID]:
    async with database.transaction(system_context()) as session:
        return [
            await ensure_user(
                session, email=f"{new_id().hex}@told.example", display_name="M", verified=True,
                now=utc_now(),
            )
            for _ in range(6)
        ]  # fmt: skip


async def committed(stage: Stage, members: list[UUID]) -> list[Delivery]:
    """Requests to tell of all steps of a campaign in which the members' money is held."""
    campaign = await stage.live(goal_units=2)
    wishes = [{"member": number, "units": 1, "change": {}} for number in range(len(members))]
    await one_by_one(stage, campaign, asked_of(stage, members, wishes))
    await stage.answer_all()
    assert len(stage.told) > 14, "two steps of each commitment, and the campaign's own"
    context = system_context(stage.tenant_id)
    return [
        Delivery(context, {"subject_id": str(subject_id), "ordinal": ordinal})
        for subject_id, ordinal in stage.told
    ]


async def test_messages_told_together_are_as_one_by_one(
    database: Database, settings: Settings
) -> None:
    configure_from(settings)
    members = [*await people(database), new_id()]
    first, second = Stage(database), Stage(database)
    for one in await committed(first, members):
        subject_id = UUID(one.arguments["subject_id"])
        await telling.tell(
            database, one.context, subject_id=subject_id, ordinal=one.arguments["ordinal"],
            now=first.now,
        )  # fmt: skip
    each = await committed(second, members)
    await telling.tell_all(database, each[0].context, now=second.now, each=each)
    told = await messages(second)
    assert told == await messages(first)
    assert sum(told.values()) == 12
    assert await missed(first) == await missed(second) >= 2, "who has no address"
    await telling.tell_all(database, each[0].context, now=second.now, each=each)
    assert await messages(second) == told, "who was told is not told again"
