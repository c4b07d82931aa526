"""The exceptions register: states, evidence, and what opens an exception by itself."""

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from metatron.apps.campaigns.care import exceptions, noticing
from metatron.apps.campaigns.care.errors import (
    EvidenceMissing,
    ExceptionNotFound,
    ExceptionStepRefused,
)
from metatron.apps.campaigns.care.exception_steps import STEPS
from metatron.apps.campaigns.care.exceptions import Found
from metatron.apps.campaigns.care.tables import ExceptionEntry, ExceptionRow
from metatron.apps.campaigns.errors import CampaignNotFound, ReasonRequired
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.platform.files.interface import FileNotFound
from metatron.platform.ledger.events import BooksFoundWrong
from metatron.platform.notifications.events import MailRefused
from tests.apps.campaigns.stage import Stage

FOUND = Found("delivery_failure", "low", "A pallet is missing", "Nine of ten pallets came.")


def carer(stage: Stage) -> Context:
    return stage.person("care", "read")


async def rows(stage: Stage, mapped: Any) -> list[Any]:
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        query = select(mapped).where(mapped.tenant_id == stage.tenant_id)
        return list((await session.execute(query)).scalars())


async def sound(stage: Stage) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []


async def sums(stage: Stage, campaign: Any) -> dict[int, tuple[int, int]]:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await books.lines_of(session, context, campaign.id)
    return {line.code: (line.debits_posted, line.credits_posted) for line in lines}


async def test_an_exception_goes_from_state_to_state_without_skips(stage: Stage) -> None:
    who = carer(stage)
    row = await stage.run(exceptions.open_exception, who, found=FOUND)

    async def move(step: str, **more: Any) -> Any:
        given = {"note": None} | more
        return await stage.run(exceptions.move, who, exception_id=row.id, step=step, **given)

    for skipping in ("begin", "resolve", "close"):
        with pytest.raises(ExceptionStepRefused):
            await move(skipping)
    assert (await move("triage", severity="critical")).severity == "critical"
    with pytest.raises(ExceptionStepRefused, match="Assign"):
        await move("begin")
    await stage.run(
        exceptions.assign, who, exception_id=row.id, person_id=who.actor_id, is_able=True
    )
    await move("begin")
    with pytest.raises(ReasonRequired):
        await move("resolve")
    with pytest.raises(ExceptionStepRefused, match="severity"):
        await move("resolve", note="Found it.", severity="low")
    await move("resolve", note="The pallet was found.")
    with pytest.raises(EvidenceMissing):
        await move("close")
    with pytest.raises(FileNotFound):
        await stage.run(
            exceptions.add_evidence, who, exception_id=row.id, kind="file", pointer=new_id(),
            note="A picture.",
        )  # fmt: skip
    given = {"exception_id": row.id, "kind": "transfer", "pointer": new_id(), "note": "The entry."}
    first = await stage.run(exceptions.add_evidence, who, **given)
    again = await stage.run(exceptions.add_evidence, who, **given)
    assert first.version == again.version
    closed = await move("close")
    assert (closed.state, closed.closed_at) == ("closed", stage.now)
    with pytest.raises(ExceptionStepRefused, match="closed"):
        await stage.run(
            exceptions.assign, who, exception_id=row.id, person_id=new_id(), is_able=True
        )
    history = sorted(await rows(stage, ExceptionEntry), key=lambda entry: entry.ordinal)
    assert [entry.to_state for entry in history if entry.to_state] == [
        "detected", "triaged", "in_progress", "resolved", "closed",
    ]  # fmt: skip


async def test_the_database_holds_the_table_and_forgets_nothing(stage: Stage) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        held = await session.execute(text("select * from campaigns.allowed_exception_step"))
        assert {tuple(row) for row in held} == {
            (step.name, step.source, step.target) for step in STEPS
        }
    row = await stage.run(exceptions.open_exception, carer(stage), found=FOUND)
    key = {"tenant_id": stage.tenant_id, "id": row.id}
    faults = {
        "may not go from detected to in_progress": "set state = 'in_progress',"
        " entry_count = entry_count + 1",
        "without a line of history": "set state = 'triaged'",
        "cannot change": "set title = 'Another'",
    }
    for message, change in faults.items():
        with pytest.raises(IntegrityError, match=message):
            async with stage.database.transaction(context) as session:
                await session.execute(
                    text(f"update campaigns.exception {change} where tenant_id = :tenant_id"
                         " and id = :id"), key,
                )  # fmt: skip
    with pytest.raises(Exception, match="permission denied"):
        async with stage.database.transaction(context) as session:
            await session.execute(text("delete from campaigns.exception"))


async def test_the_register_has_its_bounds(stage: Stage) -> None:
    with pytest.raises(PermissionDenied):
        await stage.run(exceptions.open_exception, stage.organiser, found=FOUND)
    who = carer(stage)
    unknown = Found("other", "low", "What", "Where", campaign_id=new_id())
    with pytest.raises(CampaignNotFound):
        await stage.run(exceptions.open_exception, who, found=unknown)
    with pytest.raises(ExceptionNotFound):
        await stage.run(
            exceptions.assign, who, exception_id=new_id(), person_id=new_id(), is_able=True
        )


async def test_a_refused_refund_opens_one_exception_however_often(stage: Stage) -> None:
    campaign = await stage.live(goal_units=10)
    commitment = await stage.commit(campaign, 2)
    await stage.answer_all()
    await stage.pass_time(days=8)
    await stage.answer(stage.unsent[0], "failed")
    await stage.settle()
    for row in list(stage.delivered):
        await stage.deliver_again(row)
    await stage.retry_refund(await stage.fresh(commitment))
    await stage.settle()
    await stage.answer(stage.unsent[0], "failed")
    await stage.settle()
    [found] = await rows(stage, ExceptionRow)
    assert (found.category, found.severity) == ("process_failure", "high")
    assert (found.campaign_id, found.commitment_id) == (campaign.id, commitment.id)
    kinds = [entry.kind for entry in await rows(stage, ExceptionEntry)]
    assert sorted(kinds) == ["opened", "seen_again"]
    await sound(stage)


async def test_a_silent_supplier_is_put_on_the_register(stage: Stage) -> None:
    campaign = await stage.live(goal_units=2)
    await stage.commit(campaign, 2)
    await stage.answer_all()
    await stage.pass_time(days=7, hours=1)
    await stage.answer_all()
    await stage.pass_time(days=8)
    [found] = await rows(stage, ExceptionRow)
    assert (found.category, found.campaign_id) == ("supplier_deviation", campaign.id)


async def test_missed_messages_of_a_person_are_one_exception(stage: Stage) -> None:
    campaign, person = await stage.live(), new_id()
    context = system_context(stage.tenant_id)
    for ordinal in (4, 5, 5):
        await stage.run(
            noticing.message_missed, context, campaign_id=campaign.id, subject_id=campaign.id,
            ordinal=ordinal, person_id=person,
        )  # fmt: skip
    [found] = await rows(stage, ExceptionRow)
    assert found.category == "communication_failure"
    assert len(await rows(stage, ExceptionEntry)) == 2


async def test_a_closed_cause_may_come_back(stage: Stage) -> None:
    who, context, broken = carer(stage), system_context(stage.tenant_id), new_id()
    given = {"break_id": broken, "detail": "5 expected, 4 found."}
    await stage.run(noticing.break_opened, context, **given)
    [row] = await rows(stage, ExceptionRow)
    await stage.run(
        exceptions.assign, who, exception_id=row.id, person_id=who.actor_id, is_able=True
    )
    await stage.run(
        exceptions.add_evidence, who, exception_id=row.id, kind="statement_break", pointer=broken,
        note="Booked.",
    )  # fmt: skip
    for step in STEPS:
        await stage.run(exceptions.move, who, exception_id=row.id, step=step.name, note="Done.")
    await stage.run(noticing.break_opened, context, **given)
    assert len(await rows(stage, ExceptionRow)) == 1, "an old message is no new break"
    found = Found("escrow_anomaly", "high", "Again", "Again.", cause=row.cause)
    await stage.run(exceptions.notice, context, found=found, source_id=new_id())
    assert len(await rows(stage, ExceptionRow)) == 2


async def announce(stage: Stage, event: Event) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        await publish(session, context, event, now=stage.now)
    await stage.settle()


async def test_a_members_refused_mail_is_registered_once_a_person(stage: Stage) -> None:
    member, other = new_id(), new_id()
    for template, person in (
        ("campaigns.commitment.begin_refund.member", member),
        ("campaigns.campaign.goal_reached.later", member),
        ("campaigns.campaign.release.shares", other),
        ("campaigns.campaign.release.organiser", new_id()),
        ("identity.sign_in", member),
    ):
        event = MailRefused(
            aggregate_id=new_id(), template=template, recipient_id=person, smtp_code=550
        )
        await announce(stage, event)
    found = await rows(stage, ExceptionRow)
    assert {each.cause for each in found} == {f"mail/{member}", f"mail/{other}"}
    assert {(each.category, each.severity) for each in found} == {("communication_failure", "high")}
    [of_member] = [each for each in found if each.cause == f"mail/{member}"]
    entries = await rows(stage, ExceptionEntry)
    assert sum(each.exception_id == of_member.id for each in entries) == 2


async def test_books_found_wrong_are_registered(stage: Stage) -> None:
    row = new_id()
    for night in range(2):
        event = BooksFoundWrong(
            aggregate_id=stage.tenant_id, findings=1 + night, rules=["ledger: a rule"],
            subjects=[row],
        )  # fmt: skip
        await announce(stage, event)
    [found] = await rows(stage, ExceptionRow)
    assert (found.category, found.severity) == ("escrow_anomaly", "critical")
    assert str(row) in found.detail
    assert len(await rows(stage, ExceptionEntry)) == 2
