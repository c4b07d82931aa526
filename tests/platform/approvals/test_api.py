"""Through the real gate: people of several roles, keys, the test clock, mails, other tenants."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.session import session_now
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.kernel.http.application import create_application
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.approvals import errors
from metatron.platform.approvals.interface import Approval
from metatron.platform.approvals.module import MODULE
from metatron.platform.tenancy.api_keys import create_api_key
from metatron.platform.tenancy.interface import members_allowed, resolve_access
from metatron.processes import all_modules
from tests.platform.approvals.office import ACTION, ASK, NothingLeft, Office
from tests.support.control import make_key, make_operator
from tests.support.people import Door, new_email, use_token


@dataclass
class House:
    """An organisation with an owner, somebody for the money, and an organiser who asks."""

    door: Door
    office: Office
    owner: httpx.AsyncClient
    finance: httpx.AsyncClient
    organiser: httpx.AsyncClient
    asker: Context
    mails: dict[str, str]

    async def ask(self, **changes: Any) -> Approval:
        """Ask at the tenant's own time, as the organiser."""
        async with self.office.database.transaction(self.asker) as session:
            self.office.now = await session_now(session)
        return await self.office.ask(self.asker, **changes)


@pytest.fixture
async def house(door: Door) -> House:
    mails = {role: new_email(role) for role in ("owner", "finance", "organiser")}
    tenant = await door.organisation(mails["owner"], is_sandbox=True)
    clients = {
        role: await door.signed_in(mails[role], tenant.id, (role,))
        for role in ("finance", "organiser")
    }
    user_id = await door.person(mails["organiser"])
    access = await resolve_access(door.database, tenant.id, user_id)
    assert access is not None
    asker = Context(tenant.id, "user", user_id, access.permissions, request_id="test")
    office = Office(door.database, tenant.id, utc_now())
    owner = await door.signed_in(mails["owner"], tenant.id)
    return House(door, office, owner, clients["finance"], clients["organiser"], asker, mails)


async def test_a_request_is_seen_and_approved(house: House) -> None:
    asked = await house.ask()
    shown = (await house.organiser.get(f"/approvals/{asked.id}")).json()
    assert (shown["can_decide"], shown["can_withdraw"]) == (False, True)
    answer = await house.finance.get(f"/approvals/{asked.id}")
    assert answer.headers["etag"] == '"1"'
    shown = answer.json()
    assert (shown["can_decide"], shown["can_withdraw"]) == (True, False)
    assert (shown["effect"], shown["action_title"]) == ("Releases 2 units, EUR.", "Release escrow")
    assert "requester_ids" not in shown
    refused = await house.organiser.post(f"/approvals/{asked.id}/approve", json={})
    assert refused.status_code == 403
    stale = await house.finance.post(f"/approvals/{asked.id}/approve", headers={"if-match": '"7"'})
    assert stale.status_code == 412
    key = {"idempotency-key": uuid4().hex}
    where = f"/approvals/{asked.id}/approve"
    done = await house.finance.post(where, json={"reason": "Fine"}, headers=key)
    assert done.status_code == 200, done.text
    again = await house.finance.post(where, json={"reason": "Fine"}, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == done.json()
    assert (done.json()["state"], done.json()["decision_reason"]) == ("approved", "Fine")
    late = await house.owner.post(where)
    assert (late.status_code, late.json()["code"]) == (409, "approval_closed")
    assert await house.office.deeds() == [str(asked.id)]


async def test_the_actions_refusal_reaches_the_approver(house: House) -> None:
    asked = await house.ask(payload={"units": 1, "refuse": True})
    key = {"idempotency-key": uuid4().hex}
    for _ in range(2):
        answer = await house.finance.post(f"/approvals/{asked.id}/approve", headers=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_left")
    assert await house.office.deeds() == []
    assert (await house.finance.get(f"/approvals/{asked.id}")).json()["state"] == "requested"
    answer = await house.finance.post(f"/approvals/{asked.id}/reject", json={"reason": ""})
    assert answer.status_code == 422
    answer = await house.owner.post(f"/approvals/{asked.id}/reject", json={"reason": "No"})
    assert answer.json()["state"] == "rejected"


async def test_lists_are_filtered_and_paged(house: House) -> None:
    subject = new_id()
    asked = [await house.ask(subject_id=subject, payload={"units": n}) for n in range(5)]
    await house.ask()
    await house.organiser.post(f"/approvals/{asked[0].id}/withdraw")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2", "subject_id": str(subject), "state": "requested"}
        page = await house.finance.get(
            "/approvals", params=query | ({"cursor": cursor} if cursor else {})
        )
        assert page.status_code == 200, page.text
        seen += [each["id"] for each in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert seen == [str(each.id) for each in reversed(asked[1:])]
    for query in ({"action": "campaigns.other"}, {"state": "expired"}):
        assert (await house.finance.get("/approvals", params=query)).json()["items"] == []
    assert (await house.finance.get("/approvals", params={"state": "open"})).status_code == 422


async def test_settings(house: House) -> None:
    shown = await house.finance.get("/approvals/settings")
    assert shown.json()["expires_after_seconds"] == 72 * 3_600
    rule = next(each for each in shown.json()["rules"] if each["action"] == ACTION)
    assert rule["four_eyes"] == "always"
    change = {
        "expires_after_seconds": 7_200,
        "rules": [{"action": ACTION, "four_eyes": "above", "above_minor": 100, "currency": "EUR"}],
    }
    assert (await house.finance.patch("/approvals/settings", json=change)).status_code == 403
    tag = {"if-match": shown.headers["etag"]}
    done = await house.owner.patch("/approvals/settings", json=change, headers=tag)
    assert done.status_code == 200, done.text
    assert (await house.owner.patch("/approvals/settings", json={}, headers=tag)).status_code == 412
    assert (await house.finance.get("/approvals/settings")).json() == done.json()
    for wrong in (
        {"expires_after_seconds": 60},
        {"rules": [{"action": "campaigns.nothing", "four_eyes": "never"}]},
        {"rules": [{"action": ACTION, "four_eyes": "above"}]},
        {"four_eyes": "never"},
    ):
        assert (await house.owner.patch("/approvals/settings", json=wrong)).status_code == 422
    assert "approvals.settings_changed.v1" in await house.office.events("approvals.%")


async def test_the_tenants_own_clock_ends_it(house: House) -> None:
    asked = await house.ask()
    answer = await house.owner.post("/clock/advance", json={"seconds": 73 * 3_600})
    assert answer.status_code == 200
    late = await house.finance.post(f"/approvals/{asked.id}/approve")
    assert (late.status_code, late.json()["code"]) == (409, "approval_expired")
    run_at = await _run(house, "approvals.expire")
    assert run_at == asked.expires_at
    shown = (await house.finance.get(f"/approvals/{asked.id}")).json()
    assert shown["state"] == "expired"
    assert datetime.fromisoformat(shown["decided_at"]) - run_at < timedelta(hours=2)


async def _run(house: House, name: str) -> datetime:
    """Run a job of the outbox as the worker does; returns when it was due."""
    context = system_context(house.office.tenant_id)
    async with house.door.database.transaction(context) as session:
        query = text("select * from kernel.outbox where name = :name order by id desc limit 1")
        row = (await session.execute(query, {"name": name})).one()
    registry = Registry(all_modules())
    message = {
        "kind": "job", "tenant_id": str(context.tenant_id), "id": str(row.id), "handler": name,
        "arguments": row.arguments,
    }  # fmt: skip
    await Runner(house.door.database, registry).deliver(registry.jobs[name], message)
    due: datetime = row.run_at
    return due


async def test_those_who_may_approve_are_mailed_once(house: House) -> None:
    organiser_and_finance = new_email("both")
    await house.door.signed_in(
        organiser_and_finance, house.office.tenant_id, ("organiser", "finance")
    )
    await house.door.signed_in(new_email("p"), house.office.tenant_id, ("participant",))
    await house.ask(summary="Release\n20.00 EUR to the supplier")
    for _ in range(2):
        await _run(house, "approvals.tell_approvers")
    told = {
        who: [
            mail
            for mail in await house.door.mails(who, house.office.tenant_id)
            if mail["template"] == "approvals.requested"
        ]
        for who in (*house.mails.values(), organiser_and_finance)
    }
    counts = [len(told[house.mails[role]]) for role in ("owner", "finance", "organiser")]
    assert counts == [1, 1, 0]
    assert len(told[organiser_and_finance]) == 1
    mail = told[house.mails["finance"]][0]
    assert mail["subject"].endswith("Release 20.00 EUR to the supplier")
    for word in ("Amount: 20.00 EUR", "Effect: Releases 2 units, EUR.", "All was delivered",
                 f"{house.door.settings.public_url.rstrip('/')}/approvals/"):  # fmt: skip
        assert word in mail["text"]


async def test_two_people_approve_what_the_rules_ask_for(house: House) -> None:
    party = new_email("party")
    owner_id, party_id = [await house.door.person(each) for each in (house.mails["owner"], party)]
    await house.door.signed_in(party, house.office.tenant_id, ("finance",))
    house.asker = system_context(house.office.tenant_id)
    asked = await house.ask(party_ids=[party_id])
    await _run(house, "approvals.tell_approvers")
    assert await house.door.mails(party, house.office.tenant_id) == []
    [mail] = await house.door.mails(house.mails["finance"], house.office.tenant_id)
    assert "two different people have approved it" in mail["text"]
    path = f"/approvals/{asked.id}"
    agreed = (await house.owner.post(f"{path}/approve", json={"reason": "Counted"})).json()
    assert (agreed["state"], agreed["people_needed"], agreed["agreed_by"]) == (
        "requested", 2, str(owner_id),
    )  # fmt: skip
    assert (agreed["can_approve"], agreed["can_decide"]) == (False, True)
    shown = (await house.finance.get(path)).json()
    assert (shown["can_approve"], shown["agreed_reason"]) == (True, "Counted")
    again = await house.owner.post(f"{path}/approve")
    assert (again.status_code, again.json()["code"]) == (403, "same_person")
    own = await house.door.signed_in(party, house.office.tenant_id)
    assert (await own.get(path)).json()["can_decide"] is False
    refused = await own.post(f"{path}/approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "party_to_it")
    assert (await house.finance.post(f"{path}/approve")).json()["state"] == "approved"


async def test_nobody_is_mailed_about_what_is_over(house: House) -> None:
    asked = await house.ask()
    await house.organiser.post(f"/approvals/{asked.id}/withdraw")
    await _run(house, "approvals.tell_approvers")
    assert [
        mail["template"]
        for mail in await house.door.mails(house.mails["finance"], house.office.tenant_id)
    ] == []


async def test_members_are_found_by_permission(house: House) -> None:
    tenant_id, door = house.office.tenant_id, house.door
    everybody = [await door.person(house.mails[role]) for role in ("owner", "finance")]
    needed = frozenset({"approvals:decide", "campaigns:settle"})
    assert set(await members_allowed(door.database, tenant_id, needed)) == set(everybody)
    nobody = frozenset({"approvals:decide", "campaigns:fly"})
    assert await members_allowed(door.database, tenant_id, nobody) == []
    assert await members_allowed(door.database, new_id(), needed) == []
    custom = await house.owner.post("/roles", json={
        "name": "Deciders", "description": "", "permissions": sorted(needed),
    })  # fmt: skip
    member = new_email("custom")
    client = await door.signed_in(member, tenant_id, ("participant",))
    assert client
    rows = (await house.owner.get("/members")).json()["items"]
    row = next(each for each in rows if each["email"] == member)
    await house.owner.patch(f"/members/{row['id']}", json={"role_ids": [custom.json()["id"]]})
    found = await members_allowed(door.database, tenant_id, needed)
    assert set(found) == {*everybody, UUID(row["user_id"])}


async def test_programs_ask_but_do_not_approve(house: House) -> None:
    tenant_id = house.office.tenant_id
    key = await make_key(
        house.door.database, tenant_id, "approvals:read", "approvals:decide", "campaigns:settle"
    )
    asked = await house.ask()
    program = house.door.browser()
    program.headers["x-api-key"] = key.text
    assert (await program.get(f"/approvals/{asked.id}")).json()["can_decide"] is False
    answer = await program.post(f"/approvals/{asked.id}/approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")
    narrowed = await house.door.signed_in(house.mails["finance"], tenant_id)
    narrowed.headers["x-api-key"] = key.text
    assert (await narrowed.post(f"/approvals/{asked.id}/approve")).status_code == 200


async def test_a_key_is_its_makers_hand(house: House) -> None:
    """Whoever made the key cannot approve what it asks for, nor what a key made with it asks."""
    tenant_id, database = house.office.tenant_id, house.door.database
    first = await make_key(database, tenant_id, ASK, "tenancy:manage_api_keys")
    program = Context(tenant_id, "api_key", first.id, frozenset({ASK, "tenancy:manage_api_keys"}))
    async with database.transaction(program, door="home") as session:
        rows = await session.execute(
            text("select application_id, created_by from tenancy.api_key where id = :id"),
            {"id": first.id},
        )
        application_id, maker = rows.one()
        second, _ = await create_api_key(
            session, program, name="Child", application_id=application_id, kind="short",
            scopes=[ASK], now=utc_now(),
        )  # fmt: skip
    for key_id in (first.id, second.id):
        asked = await house.office.ask(replace(program, actor_id=key_id))
        assert maker in asked.requester_ids
        with pytest.raises(errors.SamePerson):
            await house.office.approve(replace(house.office.person(), actor_id=maker), asked.id)
        assert (await house.office.approve(house.office.person(), asked.id)).state == "approved"


async def test_a_key_nobody_has_made_asks_as_a_program(house: House) -> None:
    """Whoever holds it could ask with it and approve as themselves: two others have to."""
    tenant_id, database = house.office.tenant_id, house.door.database
    key = await make_key(database, tenant_id, ASK)
    await database.system.execute(
        "update tenancy.api_key set created_by = null where id = $1", key.id
    )
    program = Context(tenant_id, "api_key", key.id, frozenset({ASK}))
    asked = await house.office.ask(program)
    first, second = house.office.person(), house.office.person()
    agreed = await house.office.approve(first, asked.id)
    assert (agreed.state, agreed.agreed_by) == ("requested", first.actor_id)
    with pytest.raises(errors.SamePerson):
        await house.office.approve(first, asked.id)
    assert (await house.office.approve(second, asked.id)).state == "approved"


async def test_whose_key_is_a_party_is_a_party(house: House) -> None:
    tenant_id, database = house.office.tenant_id, house.door.database
    key = await make_key(database, tenant_id, ASK)
    maker = await database.system.fetchval(
        "select created_by from tenancy.api_key where id = $1", key.id
    )
    asked = await house.ask(party_ids={key.id})
    with pytest.raises(errors.PartyToIt):
        await house.office.approve(replace(house.office.person(), actor_id=maker), asked.id)


async def test_an_impersonating_operator_decides_nothing(house: House) -> None:
    operator_mail = new_email("operator")
    operator_id = await house.door.person(operator_mail)
    await make_operator(house.door.database, operator_id)
    operator = await house.door.signed_in(operator_mail)
    finance_id = await house.door.person(house.mails["finance"])
    posing = await operator.post(
        f"/admin/users/{finance_id}/impersonate",
        json={"tenant_id": str(house.office.tenant_id), "reason": "Ticket 4711: looking closely"},
    )
    acting = house.door.browser()
    use_token(acting, posing.json())
    asked = await house.ask()
    for step, body in (("approve", {}), ("reject", {"reason": "No"})):
        answer = await acting.post(f"/approvals/{asked.id}/{step}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "person_needed")
    assert (await acting.patch("/approvals/settings", json={})).status_code == 403


async def test_other_tenants_find_nothing(house: House, door: Door) -> None:
    asked = await house.ask()
    mail = new_email("stranger")
    stranger = await door.signed_in(mail, (await door.organisation(mail)).id)
    bodies: dict[str, Any] = {"approve": {}, "reject": {"reason": "No"}, "withdraw": None}
    for step, body in bodies.items():
        for unknown in (asked.id, new_id()):
            answer = await stranger.post(f"/approvals/{unknown}/{step}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "approval_not_found")
    assert (await stranger.get(f"/approvals/{asked.id}")).status_code == 404
    assert (await stranger.get("/approvals")).json()["items"] == []


def test_what_actions_refuse_is_declared_by_their_modules() -> None:
    module = Module("probe", "Probe", refusals={"approve_approval": (NothingLeft,)})
    for modules, expected in (((MODULE,), False), ((MODULE, module), True)):
        document = create_application(Settings(), modules).openapi()
        approve = document["paths"]["/api/v1/approvals/{approval_id}/approve"]["post"]
        reject = document["paths"]["/api/v1/approvals/{approval_id}/reject"]["post"]
        assert ("nothing_left" in approve["responses"]["409"]["description"]) is expected
        assert "nothing_left" not in reject["responses"]["409"]["description"]
