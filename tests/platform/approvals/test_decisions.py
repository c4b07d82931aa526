"""Who may decide, what a decision does, and what leaves everything as it was."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.approvals import errors, requests
from metatron.platform.approvals.actions import ApprovalAction, action_named, register_action
from metatron.platform.approvals.payloads import hash_of
from metatron.platform.approvals.rules import Rule, change_rules, needs_approval, read_rules
from metatron.platform.approvals.views import show_rules
from tests.platform.approvals.office import ACTION, AGREE, ASK, NothingLeft, Office


async def test_a_second_person_approves_and_it_is_done(office: Office) -> None:
    asker, approver = office.person(), office.person()
    asked = await office.ask(asker)
    assert (asked.state, asked.payload_hash) == ("requested", hash_of({"units": 2}).hex())
    assert asked.expires_at == office.now + timedelta(hours=72)
    assert await office.deeds() == []
    done = await office.approve(approver, asked.id, reason="  Seen the   papers ")
    assert (done.state, done.decided_by, done.version) == ("approved", approver.actor_id, 2)
    assert done.decision_reason == "Seen the papers"
    assert done.outcome == {"units": 2, "done_by": str(approver.actor_id)}
    assert await office.deeds() == [str(asked.id)]
    assert await office.events("approvals.%") == [
        "approvals.approval_requested.v1",
        "approvals.approval_approved.v1",
    ]


async def test_nobody_decides_what_they_asked_for(office: Office) -> None:
    person, operator_id = office.person(), new_id()
    other = office.person()
    as_operator = replace(other, actor_id=operator_id)
    mine = await office.ask(person)
    for_me = await office.ask(office.impersonated(person, operator_id))
    for asked in (mine, for_me):
        with pytest.raises(errors.SamePerson):
            await office.approve(person, asked.id)
        with pytest.raises(errors.SamePerson):
            await office.reject(person, asked.id)
    with pytest.raises(errors.SamePerson):
        await office.approve(as_operator, for_me.id)
    for acting in (
        office.impersonated(other, operator_id),
        replace(other, actor_kind="api_key"),
        replace(other, actor_kind="operator"),
        replace(other, actor_kind="service"),
        office.system,
    ):
        with pytest.raises(errors.PersonNeeded):
            await office.approve(acting, mine.id)
    assert await office.deeds() == []
    assert (await office.approve(as_operator, mine.id)).state == "approved"


async def test_both_permissions_are_needed(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        await office.ask(office.person("approvals:decide", AGREE))
    asked = await office.ask(office.person(ASK))
    for held in (("approvals:decide",), (AGREE,)):
        with pytest.raises(PermissionDenied):
            await office.approve(office.person(*held), asked.id)
        with pytest.raises(PermissionDenied):
            await office.reject(office.person(*held), asked.id)
    assert (await office.approve(office.person("approvals:decide", AGREE), asked.id)).outcome


async def test_what_the_system_asks_needs_two_people(office: Office) -> None:
    first, second = office.person(), office.person()
    asked = await office.ask(office.system)
    assert (asked.requested_by, asked.requester_ids) == (None, frozenset())
    agreed = await office.approve(first, asked.id, reason="Seen")
    assert (agreed.state, agreed.agreed_by, agreed.agreed_reason) == (
        "requested", first.actor_id, "Seen",
    )  # fmt: skip
    assert await office.deeds() == []
    with pytest.raises(errors.SamePerson):
        await office.approve(first, asked.id)
    done = await office.approve(second, asked.id)
    assert (done.state, done.agreed_by, done.decided_by) == (
        "approved", first.actor_id, second.actor_id,
    )  # fmt: skip
    assert await office.deeds() == [str(asked.id)]
    assert await office.events("approvals.%") == [
        "approvals.approval_requested.v1",
        "approvals.approval_agreed.v1",
        "approvals.approval_approved.v1",
    ]


async def test_the_first_of_two_may_still_say_no(office: Office) -> None:
    first = office.person()
    for kind in ("system", "admin_key", "service"):
        asked = await office.ask(replace(office.person(), actor_kind=kind))
        await office.approve(first, asked.id)
        assert (await office.reject(first, asked.id)).state == "rejected"
    refusing = await office.ask(office.system, payload={"units": 1, "refuse": True})
    await office.approve(first, refusing.id)
    with pytest.raises(NothingLeft):
        await office.approve(office.person(), refusing.id)
    row = await office.row(refusing.id)
    assert (row.state, row.agreed_by) == ("requested", first.actor_id)


async def test_nobody_decides_their_own_matter(office: Office) -> None:
    party, operator_id = office.person(), new_id()
    asked = await office.ask(office.system, party_ids=[party.actor_id, operator_id])
    for acting in (party, replace(party, actor_id=operator_id)):
        with pytest.raises(errors.PartyToIt):
            await office.approve(acting, asked.id)
        with pytest.raises(errors.PartyToIt):
            await office.reject(acting, asked.id)
    await office.approve(office.person(), asked.id)
    with pytest.raises(errors.PartyToIt):
        await office.approve(party, asked.id)
    assert await office.deeds() == []


async def test_a_refusal_of_the_action_leaves_the_request_open(office: Office) -> None:
    asked = await office.ask(office.person(), payload={"units": 1, "refuse": True})
    with pytest.raises(NothingLeft):
        await office.approve(office.person(), asked.id)
    assert await office.deeds() == []
    assert (await office.row(asked.id)).state == "requested"
    assert (await office.reject(office.person(), asked.id, "Then not.")).state == "rejected"


async def test_the_same_request_is_one_while_it_is_open(office: Office) -> None:
    asker, subject = office.person(), new_id()
    first = await office.ask(asker, subject_id=subject, payload={"units": 2, "note": "x"})
    again = await office.ask(
        office.person(), subject_id=subject, payload={"note": "x", "units": 2}, summary="Other"
    )
    assert (again.id, again.summary) == (first.id, first.summary)
    other = await office.ask(asker, subject_id=subject, payload={"units": 3})
    assert other.id != first.id
    await office.withdraw(asker, first.id)
    third = await office.ask(asker, subject_id=subject, payload={"units": 2, "note": "x"})
    assert third.id not in {first.id, other.id}
    office.now += timedelta(hours=73)
    fourth = await office.ask(asker, subject_id=subject, payload={"units": 2, "note": "x"})
    assert fourth.id != third.id
    assert (await office.row(third.id)).state == "expired"


async def test_only_who_asked_withdraws(office: Office) -> None:
    asker, operator_id = office.person(), new_id()
    asked = await office.ask(office.impersonated(asker, operator_id))
    with pytest.raises(errors.NotRequester):
        await office.withdraw(office.person(), asked.id)
    assert (await office.withdraw(asker, asked.id)).state == "withdrawn"
    with pytest.raises(errors.ApprovalClosed):
        await office.withdraw(asker, asked.id)
    with pytest.raises(errors.ApprovalClosed):
        await office.approve(office.person(), asked.id)


async def test_a_rejection_needs_a_reason(office: Office) -> None:
    asked = await office.ask(office.person())
    with pytest.raises(InvalidInput):
        await office.reject(office.person(), asked.id, "   ")
    assert (await office.reject(office.person(), asked.id, "Too much")).decision_reason


async def test_time_ends_a_request(office: Office) -> None:
    asked = await office.ask(office.person())
    assert not await office.expire(asked.id)
    office.now = asked.expires_at
    with pytest.raises(errors.ApprovalExpired):
        await office.approve(office.person(), asked.id)
    assert await office.expire(asked.id)
    assert not await office.expire(asked.id)
    assert (await office.row(asked.id)).state == "expired"
    assert (await office.events("approvals.%"))[-1] == "approvals.approval_expired.v1"


async def test_an_application_closes_what_cannot_happen_any_more(office: Office) -> None:
    subject = new_id()
    one = await office.ask(office.person(), subject_id=subject)
    await office.ask(office.person(), subject_id=subject, payload={"units": 9})
    elsewhere = await office.ask(office.person())
    closed = await office.run(
        requests.refuse_open, office.system, subject_id=subject, reason="Cancelled"
    )
    assert closed == 2
    assert (await office.row(one.id)).decision_reason == "Cancelled"
    assert (await office.row(elsewhere.id)).state == "requested"
    assert (await office.events("approvals.%")).count("approvals.approval_refused.v1") == 2


async def test_others_do_not_find_it(office: Office) -> None:
    asked = await office.ask(office.person())
    stranger = Office(office.database)
    for attempt in (stranger.approve, stranger.reject, stranger.withdraw):
        with pytest.raises(errors.ApprovalNotFound):
            await attempt(stranger.person(), asked.id)


@pytest.mark.parametrize(
    "payload",
    [{"a": 1.5}, {"a": [2**60]}, {"a": "\x00"}, {"a\x00": 1}, {"a": "\ud800"}, {"a": {1, 2}},
     {"a": "x" * 40_000}, {"a": float("nan"), "b": 0.1}],
)  # fmt: skip
async def test_payloads_that_do_not_come_back_alike_are_refused(
    office: Office, payload: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        await office.ask(office.person(), payload=payload)


@pytest.mark.parametrize(
    "change",
    [{"currency": None}, {"amount_minor": None}, {"currency": "XXZ"}, {"amount_minor": -1},
     {"amount_minor": 2**53}, {"summary": " "}, {"summary": "x" * 1_001}, {"reason": "y" * 1_001}],
)  # fmt: skip
async def test_requests_that_do_not_fit_are_refused(office: Office, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await office.ask(office.person(), **change)


async def test_the_database_holds_to_it_too(office: Office, settings: Settings) -> None:
    """Past all our code: no second decision, no other content, no deciding for oneself."""
    asker, other = office.person(), office.person()
    asked = await office.ask(asker)
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    approve = "update approvals.approval set state = 'approved', decided_at = now(), outcome = '{}'"
    try:
        for statement, argument in (
            ("update approvals.approval set payload = '{}' where id = $1 and $2 <> ''", ""),
            ("update approvals.approval set summary = $2 where id = $1", "Other"),
            ("update approvals.approval set requester_ids = array[$2::uuid] where id = $1", None),
            (f"{approve}, decided_by = $2 where id = $1", asker.actor_id),
            (f"{approve}, decided_by = $2::uuid where id = $1", None),
        ):
            transaction = connection.transaction()
            await transaction.start()
            bind = "select set_config('app.tenant_id', $1, true)"
            await connection.execute(bind, str(office.tenant_id))
            changes = statement.replace("and $2 <> ''", "and $2::text is not null")
            with pytest.raises((asyncpg.RestrictViolationError, asyncpg.CheckViolationError)):
                await connection.execute(changes, asked.id, argument)
            await transaction.rollback()
        await office.approve(other, asked.id)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(bind, str(office.tenant_id))
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute(
                "update approvals.approval set state = 'rejected', outcome = null where id = $1",
                asked.id,
            )
        await transaction.rollback()
    finally:
        await connection.close()


async def test_the_database_demands_two_people_too(office: Office, settings: Settings) -> None:
    """Past all our code: nothing the system asked for is approved by one person."""
    party, first = new_id(), new_id()
    asked = await office.ask(office.system, party_ids=[party])
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    await connection.execute("select set_config('app.tenant_id', $1, false)", str(office.tenant_id))
    agree = "update approvals.approval set agreed_at = now(), agreed_by = $2 where id = $1"
    approve = (
        "update approvals.approval set state = 'approved', decided_at = now(), outcome = '{}',"
        " decided_by = $2 where id = $1"
    )
    refusals = (asyncpg.RestrictViolationError, asyncpg.CheckViolationError)
    try:
        for statement, who in ((approve, first), (agree, party)):
            with pytest.raises(refusals):
                await connection.execute(statement, asked.id, who)
        await connection.execute(agree, asked.id, first)
        for statement, who in ((agree, new_id()), (approve, first), (approve, party)):
            with pytest.raises(refusals):
                await connection.execute(statement, asked.id, who)
        await connection.execute(approve, asked.id, new_id())
    finally:
        await connection.close()


async def test_a_changed_payload_is_not_executed(office: Office, settings: Settings) -> None:
    """Somebody with the owner's hands edits the row: the hash tells."""
    asked = await office.ask(office.person())
    connection = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        await connection.execute(
            "select set_config('app.tenant_id', $1, false)", str(office.tenant_id)
        )
        await connection.execute("alter table approvals.approval disable trigger approval_change")
        changed = await connection.execute(
            "update approvals.approval set payload = '{\"units\": 200}' where id = $1", asked.id
        )
        await connection.execute("alter table approvals.approval enable trigger approval_change")
        assert changed == "UPDATE 1"
    finally:
        await connection.close()
    with pytest.raises(errors.PayloadChanged):
        await office.approve(office.person(), asked.id)
    assert await office.deeds() == []


async def test_rules_say_what_needs_a_second_person(office: Office) -> None:
    boss = office.person()

    async def needs(amount: int | None = None, currency: str | None = None) -> bool:
        async with office.database.transaction(boss) as session:
            return await needs_approval(
                session, boss, action=ACTION, amount_minor=amount, currency=currency
            )

    async def rule(*parts: Any) -> None:
        await office.run(change_rules, boss, rules={ACTION: Rule(*parts)})

    assert await needs()
    assert await needs(1, "EUR")
    await rule("above", 5_000, "EUR")
    assert [await needs(amount, "EUR") for amount in (0, 5_000, 5_001)] == [False, False, True]
    assert await needs(1, "USD")
    assert await needs()
    await rule("never")
    assert not await needs(10**9, "EUR")
    await rule("always")
    assert await needs(0, "EUR")
    for wrong in (Rule("above"), Rule("above", 5, "XXZ"), Rule("above", None, "EUR")):
        with pytest.raises(InvalidInput):
            await office.run(change_rules, boss, rules={ACTION: wrong})
    with pytest.raises(InvalidInput):
        await office.run(change_rules, boss, rules={"campaigns.unknown": Rule()})
    with pytest.raises(errors.PersonNeeded):
        await office.run(change_rules, office.impersonated(boss, new_id()), rules={})
    with pytest.raises(PermissionDenied):
        await office.run(change_rules, office.person(ASK), rules={ACTION: Rule("never")})
    await office.run(change_rules, boss, expires_after_seconds=7_200)
    asked = await office.ask(office.person())
    assert asked.expires_at == office.now + timedelta(hours=2)


async def test_what_is_always_asked_for_has_no_rule(office: Office) -> None:
    boss = office.person()
    fixed = replace(
        cast("ApprovalAction", action_named(ACTION)), name="campaigns.test_fixed", is_fixed=True
    )
    register_action(fixed)
    with pytest.raises(InvalidInput):
        await office.run(change_rules, boss, rules={fixed.name: Rule("never")})
    async with office.database.transaction(boss) as session:
        shown = show_rules(await read_rules(session, boss))
    names = {each["action"] for each in shown["rules"]}
    assert fixed.name not in names
    assert ACTION in names


async def test_amounts_of_money_are_all_or_nothing_in_the_table(office: Office) -> None:
    with pytest.raises(DBAPIError):
        await office.run(_insert_half, office.system)


async def _insert_half(session: Any, context: Any, *, now: Any) -> None:
    from sqlalchemy import text

    await session.execute(
        text(
            "insert into approvals.approval (tenant_id, id, action, subject_kind, subject_id,"
            " payload, payload_hash, summary, amount_minor, reason, requested_by_kind,"
            " requester_ids, requested_at, state, expires_at) values (:t, :i, 'a', 'b', :i, '{}',"
            " decode(repeat('00', 32), 'hex'), 's', 5, '', 'user', '{}', :n, 'requested',"
            " cast(:n as timestamptz) + interval '1 day')"
        ),
        {"t": context.tenant_id, "i": new_id(), "n": now},
    )
