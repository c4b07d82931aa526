"""Erasure: asked for, waited for, withdrawn, put off, done; by oneself and by an administrator."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.ids import new_id
from metatron.platform.audit.interface import seal_tenant, verify_tenant
from metatron.platform.personal_data import erasing

from .conftest import House, erased

_ACCOUNT = text("select email, display_name, state from identity.user_account where id = :id")
_AGE = text("""
update identity.session set created_at = created_at - interval '1 hour', confirmed_at = null
where user_id = :id
""")


async def _account(house: House, user_id: UUID) -> Any:
    async with house.door.database.transaction(system_context()) as session:
        return (await session.execute(_ACCOUNT, {"id": user_id})).one()


async def test_a_person_has_their_account_here_erased(house: House) -> None:
    client, email, user_id = await house.join("organiser")
    view = {"list_name": "campaigns", "name": "Mine", "search": {"q": email}}
    assert (await client.post("/saved-views", json=view)).status_code == 201
    request_id = await erased(house, client)
    shown = (await house.owner.get("/personal-data/erasures")).json()["items"]
    assert [(row["id"], row["state"]) for row in shown] == [(request_id, "done")]
    fates = {step["name"]: step for step in shown[0]["steps"]}
    assert fates["records.saved_views"]["count"] == 1
    assert fates["campaigns.commitments"]["years"] == 7
    assert fates["identity.account"]["fate"] == "erased"
    account = await _account(house, user_id)
    assert (account.state, account.display_name) == ("erased", "Former member")
    assert email not in account.email
    assert (await client.get("/auth/me")).status_code == 401
    [former] = (await house.owner.get("/members/former")).json()["items"]
    assert (former["user_id"], former["is_erased"], former["display_name"]) == (
        str(user_id), True, None,
    )  # fmt: skip
    assert await house.door.person(email) != user_id, "the address registers as another person"


async def test_their_deeds_stay_under_the_name_of_nobody(house: House) -> None:
    client, _, user_id = await house.join("administrator")
    assert (await client.patch("/organisation", json={"name": "Renamed"})).is_success
    await erased(house, client)
    found = (await house.owner.get(f"/audit?actor_id={user_id}")).json()["items"]
    assert found
    assert {row["actor"]["label"] for row in found} == {"Former member"}


async def test_the_other_organisation_keeps_everything(house: House) -> None:
    client, email, user_id = await house.join("administrator")
    other = await house.door.organisation(is_sandbox=True)
    there = await house.door.signed_in(email, other.id, ("administrator",))
    assert (await there.patch("/organisation", json={"name": "Elsewhere"})).is_success
    assert (await client.patch("/organisation", json={"name": "Renamed"})).is_success
    request_id = await erased(house, client)
    account = await _account(house, user_id)
    assert (account.state, account.email) == ("active", email)
    labels = [
        {row["actor"]["label"] for row in answer.json()["items"]}
        for answer in [
            await house.owner.get(f"/audit?actor_id={user_id}"),
            await there.get(f"/audit?actor_id={user_id}"),
        ]
    ]
    assert labels == [{"Former member"}, {"Test Person"}]
    shown = (await house.owner.get("/personal-data/erasures")).json()["items"][0]
    assert shown["id"] == request_id
    [account_step] = [s for s in shown["steps"] if s["name"] == "identity.account"]
    assert account_step["fate"] == "kept"
    assert "other organisations" in account_step["why"]


async def test_an_administrator_asks_for_a_member(house: House) -> None:
    admin, _, _ = await house.join("administrator")
    _, email, user_id = await house.join()
    body = {"member_id": await house.member_id(user_id)}
    asked = await admin.post("/personal-data/erasures", json=body)
    assert asked.status_code == 201, asked.text
    again = await admin.post("/personal-data/erasures", json=body)
    assert again.json()["code"] == "personal_data_already_asked"
    assert (await house.door.mails(email, house.tenant_id))[-1]["subject"] == (
        "Your data will be erased"
    )
    await house.pass_days(8)
    await house.work(asked.json()["id"])
    assert (await _account(house, user_id)).state == "erased"
    gone = await admin.post("/personal-data/erasures", json=body)
    assert gone.json()["code"] == "person_not_found"


async def test_nothing_happens_before_its_time_nor_once_withdrawn(house: House) -> None:
    client, _, user_id = await house.join()
    asked = (await client.post("/personal-data/erasures", json={})).json()
    await house.pass_days(6)
    await house.work(asked["id"])
    assert (await _account(house, user_id)).state == "active"
    withdrawn = await client.delete(f"/personal-data/erasures/{asked['id']}")
    assert withdrawn.status_code == 204
    await house.pass_days(6)
    await house.work(asked["id"])
    assert (await _account(house, user_id)).state == "active"
    late = await client.delete(f"/personal-data/erasures/{asked['id']}")
    assert late.json()["code"] == "personal_data_request_closed"
    assert (await client.post("/personal-data/erasures", json={})).status_code == 201


async def test_the_organisation_says_how_long_it_waits(house: House) -> None:
    changed = {"configuration": {"cooling_off_days": 2}}
    assert (await house.owner.patch("/modules/personal_data", json=changed)).is_success
    client, _, user_id = await house.join()
    asked = (await client.post("/personal-data/erasures", json={})).json()
    await house.pass_days(3)
    await house.work(asked["id"])
    assert (await _account(house, user_id)).state == "erased"


async def test_who_may_not(house: House) -> None:
    client, _, _ = await house.join()
    owner_id = await house.door.person(house.owner_email)
    owner = {"member_id": await house.member_id(owner_id)}
    refused = await client.post("/personal-data/erasures", json=owner)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    admin, _, _ = await house.join("administrator")
    above = await admin.post("/personal-data/erasures", json=owner)
    assert (above.status_code, above.json()["code"]) == (403, "owner_needed")
    last = await house.owner.post("/personal-data/erasures", json={})
    assert (last.status_code, last.json()["code"]) == (409, "erasure_obstructed")
    assert [each["code"] for each in last.json()["obstacles"]] == ["last_owner"]


async def test_an_old_session_has_to_be_confirmed(house: House) -> None:
    client, _, user_id = await house.join()
    async with house.door.database.transaction(system_context()) as session:
        await session.execute(_AGE, {"id": user_id})
    refused = await client.post("/personal-data/erasures", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "fresh_sign_in_needed")


async def test_another_organisations_are_unknown(house: House) -> None:
    client, _, user_id = await house.join()
    asked = (await client.post("/personal-data/erasures", json={})).json()
    facts = await house.door.organisation(is_sandbox=True)
    stranger = await house.door.signed_in(f"x-{new_id().hex}@example.com", facts.id, ("owner",))
    assert (await stranger.delete(f"/personal-data/erasures/{asked['id']}")).status_code == 404
    body = {"member_id": await house.member_id(user_id)}
    for path in ("exports", "erasures"):
        answer = await stranger.post(f"/personal-data/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "person_not_found")
        assert (await stranger.get(f"/personal-data/{path}")).json()["items"] == []
    colleague, _, _ = await house.join()
    assert (await colleague.get("/personal-data/erasures")).json()["items"] == []
    assert (await colleague.delete(f"/personal-data/erasures/{asked['id']}")).status_code == 404


async def test_what_comes_into_the_way_later_puts_it_off_by_a_day(house: House) -> None:
    second, email, user_id = await house.join("owner")
    asked = (await second.post("/personal-data/erasures", json={})).json()
    owner_id = await house.door.person(house.owner_email)
    clock, _, _ = await house.join("administrator")
    gone = await house.owner.delete(f"/members/{await house.member_id(owner_id)}")
    assert gone.status_code == 204
    house.owner = clock
    await house.pass_days(8)
    await house.work(asked["id"])
    [shown] = (await clock.get("/personal-data/erasures")).json()["items"]
    assert shown["state"] == "waiting"
    assert [each["code"] for each in shown["obstacles"]] == ["last_owner"]
    await house.door.signed_in(house.owner_email, house.tenant_id, ("owner",))
    await house.pass_days(2)
    await house.work(asked["id"])
    assert (await _account(house, user_id)).email != email


class Killed(BaseException):
    """The worker ends here."""


@pytest.mark.parametrize("place", [1, 4, 9])
async def test_it_goes_on_where_it_was_cut_short(
    house: House, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    client, _, user_id = await house.join()
    asked = (await client.post("/personal-data/erasures", json={})).json()
    await house.pass_days(8)
    real, begun = erasing._erase_part, []

    async def killed(database: Any, context: Any, request: Any, part: Any, now: Any) -> None:
        begun.append(part.name)
        if len(begun) == place:
            raise Killed
        await real(database, context, request, part, now)

    monkeypatch.setattr(erasing, "_erase_part", killed)
    with pytest.raises(Killed):
        await house.work(asked["id"])
    [shown] = (await house.owner.get("/personal-data/erasures")).json()["items"]
    assert (shown["state"], len(shown["steps"])) == ("running", place - 1)
    assert (await _account(house, user_id)).state == "active"
    await house.work(asked["id"])
    # Each kind once, but for the one at which the worker was killed.
    assert len(begun) == len(set(begun)) + 1
    await house.work(asked["id"])
    assert len(begun) == len(set(begun)) + 1
    assert (await _account(house, user_id)).state == "erased"
    events = (await house.owner.get("/audit?name=personal_data.erasure_done.v1")).json()
    assert len(events["items"]) == 1


async def test_two_workers_at_once_erase_once(house: House) -> None:
    """An operator had it tried again while it was at work."""
    client, _, user_id = await house.join("organiser")
    view = {"list_name": "campaigns", "name": "Mine", "search": {"q": "x"}}
    assert (await client.post("/saved-views", json=view)).status_code == 201
    asked = (await client.post("/personal-data/erasures", json={})).json()
    await house.pass_days(8)
    await asyncio.gather(*(house.work(asked["id"]) for _ in range(3)))
    assert (await _account(house, user_id)).state == "erased"
    [shown] = (await house.owner.get("/personal-data/erasures")).json()["items"]
    assert shown["state"] == "done"
    assert {step["name"]: step["count"] for step in shown["steps"]}["records.saved_views"] == 1
    events = (await house.owner.get("/audit?name=personal_data.erasure_done.v1")).json()
    assert len(events["items"]) == 1


async def test_the_sealed_log_still_verifies(house: House) -> None:
    client, email, _ = await house.join("administrator")
    assert (await client.patch("/organisation", json={"name": "Renamed"})).is_success
    system = house.door.database.system
    assert await seal_tenant(system, house.tenant_id) > 0
    await erased(house, client)
    await seal_tenant(system, house.tenant_id)
    told = await verify_tenant(system, house.tenant_id, data_dir=house.door.settings.data_dir)
    assert told.intact, told.findings
    log = (await house.owner.get("/audit?limit=200")).text
    assert email not in log
