"""Onboarding: eight steps that survive a death between any two, with progress and undo."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.ids import new_id
from metatron.platform.tenancy import onboarding_steps
from metatron.platform.tenancy.clearing import drop_retired
from metatron.platform.tenancy.onboarding import STEP_NAMES
from metatron.platform.tenancy.onboarding_runner import run_onboarding
from tests.support.people import Door, new_email

from .steps import code, events_of, make_account, operator_client, run_jobs


class Killed(BaseException):
    """The process is gone: nothing may catch it."""


def _wish(**more: Any) -> dict[str, Any]:
    return {
        "name": "Bright Brands", "first_user": {"email": new_email("first"), "display_name": "Fay"},
        **more,
    }  # fmt: skip


async def _start(admin: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await admin.post("/admin/tenants", json=_wish(**more))
    assert answer.status_code == 202, answer.text
    started: dict[str, Any] = answer.json()
    return started


async def _shown(admin: httpx.AsyncClient, started: dict[str, Any]) -> dict[str, Any]:
    answer = await admin.get(f"/admin/onboarding/{started['onboarding_id']}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def _run(database: Database, started: dict[str, Any], **more: Any) -> str:
    return await run_onboarding(
        database, onboarding_id=UUID(started["onboarding_id"]), now=utc_now(), **more
    )


async def test_a_tenant_is_set_up_by_the_worker(door: Door, admin: httpx.AsyncClient) -> None:
    email, mark = new_email("first"), f"b{new_id().hex[-12:]}"
    account = await make_account(admin)
    started = await _start(
        admin,
        slug=mark,
        account_id=account["id"],
        tier="pro",
        limits={"users": 25},
        theme={"preset": "green"},
        custom_domain=f"{mark}.example.com",
        first_user={"email": email, "display_name": "Fay"},
        application_name="Shop",
        key_scopes=["tenancy:members"],
    )
    before = await _shown(admin, started)
    assert [step["name"] for step in before["steps"]] == list(STEP_NAMES)
    assert {step["state"] for step in before["steps"]} == {"waiting"}
    assert await run_jobs(door.database, "tenancy.onboard") >= 1
    after = await _shown(admin, started)
    assert after["state"] == "succeeded", after
    assert {step["state"] for step in after["steps"]} == {"done"}
    assert email not in str(after)

    shown = (await admin.get(f"/admin/tenants/{started['tenant_id']}")).json()
    assert (shown["state"], shown["slug"], shown["tier"]) == ("active", mark, "pro")
    assert (shown["limits"], shown["member_count"]) == ({"users": 25}, 1)
    assert shown["custom_domain"] == f"{mark}.example.com"
    assert shown["account_id"] == account["id"]

    # The first user signs in and is the owner.
    client = await door.signed_in(email)
    me = (await client.get("/auth/me")).json()
    assert me["tenant"]["id"] == started["tenant_id"]
    assert me["memberships"][0]["roles"] == ["owner"]
    assert (await client.get("/organisation")).json()["theme"] == {"preset": "green"}

    # The key is shown once and works.
    assert after["has_key"]
    taken = await admin.post(f"/admin/onboarding/{started['onboarding_id']}/reveal-key")
    assert taken.status_code == 200, taken.text
    again = await admin.post(f"/admin/onboarding/{started['onboarding_id']}/reveal-key")
    assert code(again) == (404, "not_found")
    program = door.browser()
    program.headers["x-api-key"] = taken.json()["key"]
    assert (await program.get("/members")).status_code == 200
    assert (await program.get("/api-keys")).status_code == 403
    assert not (await _shown(admin, started))["has_key"]
    maker = await door.database.system.fetchval(
        "select created_by from tenancy.api_key where tenant_id = $1", UUID(started["tenant_id"])
    )
    assert str(maker) == me["user"]["id"], "it is its owner's hand where two people are needed"

    # The welcome goes out now, the follow-ups in a day and in a week.
    await run_jobs(door.database, "tenancy.send_mail")
    tenant_id = UUID(started["tenant_id"])
    assert [m["template"] for m in await door.mails(email, tenant_id)] == ["tenancy.welcome"]
    waiting = await door.database.system.fetch(
        "select round(extract(epoch from run_at - now()) / 3600)::int as hours from kernel.outbox"
        " where tenant_id = $1 and name = 'tenancy.send_mail' order by run_at",
        tenant_id,
    )
    assert [row["hours"] for row in waiting] == [24, 7 * 24]
    states = [p["state"] for _, _, p in await events_of(door.database, started["onboarding_id"])]
    assert states == ["running", "succeeded"]


@pytest.mark.parametrize("step", STEP_NAMES)
@pytest.mark.parametrize("moment", ["before", "inside", "prepared"])
async def test_it_resumes_after_a_death_at_any_point(
    door: Door, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, step: str, moment: str
) -> None:
    email = new_email("first")
    started = await _start(
        admin,
        account={"name": "New customer"},
        first_user={"email": email, "display_name": "Fay"},
    )
    original = onboarding_steps.DO[step]

    async def die_inside(work: Any) -> Any:
        if moment == "inside":
            await original(work)
        raise Killed

    def die_before(name: str) -> None:
        if name == step and moment == "before":
            raise Killed

    with monkeypatch.context() as patch:
        if moment != "before":
            patch.setitem(onboarding_steps.DO, step, die_inside)
        with pytest.raises(Killed):
            await _run(door.database, started, progress=die_before)
    done = [s["name"] for s in (await _shown(admin, started))["steps"] if s["state"] == "done"]
    assert done == list(STEP_NAMES[: STEP_NAMES.index(step)])

    assert await _run(door.database, started) == "succeeded"
    assert await _run(door.database, started) == "succeeded"
    assert await _counts(door.database, started, email) == {
        "tenants": 1, "accounts": 1, "people": 1, "members": 1, "applications": 1, "keys": 1,
        "mails": 3,
    }  # fmt: skip


async def _counts(database: Database, started: dict[str, Any], email: str) -> dict[str, int]:
    row = await database.system.fetchrow(
        """select (select count(*) from tenancy.tenant where id = $1) as tenants,
                  (select count(*) from tenancy.client_account where id = $2) as accounts,
                  (select count(*) from identity.pub_user where email = $3) as people,
                  (select count(*) from tenancy.member where tenant_id = $1) as members,
                  (select count(*) from tenancy.application where tenant_id = $1) as applications,
                  (select count(*) from tenancy.api_key where tenant_id = $1) as keys,
                  (select count(*) from kernel.outbox
                   where tenant_id = $1 and name = 'tenancy.send_mail') as mails""",
        UUID(started["tenant_id"]),
        UUID(started["account_id"]),
        email,
    )
    assert row is not None
    return dict(row)


async def test_two_runners_do_it_once(door: Door, admin: httpx.AsyncClient) -> None:
    import asyncio

    email = new_email("first")
    started = await _start(
        admin, account={"name": "A"}, first_user={"email": email, "display_name": "Fay"}
    )
    ends = await asyncio.gather(*(_run(door.database, started) for _ in range(3)))
    assert set(ends) == {"succeeded"}
    counts = await _counts(door.database, started, email)
    assert counts == dict.fromkeys(counts, 1) | {"mails": 3}


async def test_a_refusal_waits_for_an_operator(door: Door, admin: httpx.AsyncClient) -> None:
    domain = f"d{new_id().hex[-12:]}.example.com"
    other = await door.organisation()
    started = await _start(admin, custom_domain=domain)
    await admin.patch(f"/admin/tenants/{other.id}", json={"custom_domain": domain})
    assert await _run(door.database, started) == "failed"
    shown = await _shown(admin, started)
    assert shown["state"] == "failed"
    failed = next(step for step in shown["steps"] if step["state"] == "failed")
    assert failed["name"] == "branding"
    assert failed["last_error"].startswith("address_taken")
    assert (await admin.get(f"/admin/tenants/{started['tenant_id']}")).json()["state"] == (
        "provisioning"
    )
    await admin.patch(f"/admin/tenants/{other.id}", json={"custom_domain": None})
    path = f"/admin/onboarding/{started['onboarding_id']}"
    assert (await admin.post(f"{path}/retry")).json()["state"] == "running"
    await run_jobs(door.database, "tenancy.onboard")
    assert (await _shown(admin, started))["state"] == "succeeded"
    assert code(await admin.post(f"{path}/retry")) == (409, "transition_refused")
    assert code(await admin.post(f"{path}/undo")) == (409, "transition_refused")


@pytest.mark.parametrize("step", STEP_NAMES)
async def test_undo_leaves_nothing_behind(
    door: Door, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Refused(DomainError):
        code = "refused_for_the_test"

    async def refuse(work: Any) -> Any:
        raise Refused

    slug, email = f"u{new_id().hex[-12:]}", new_email("first")
    started = await _start(
        admin,
        slug=slug,
        account={"name": "New customer"},
        first_user={"email": email, "display_name": "Fay"},
    )
    with monkeypatch.context() as patch:
        patch.setitem(onboarding_steps.DO, step, refuse)
        assert await _run(door.database, started) == "failed"
    undone = await admin.post(f"/admin/onboarding/{started['onboarding_id']}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["state"] == "undone"
    assert not undone.json()["has_key"]
    assert code(await admin.get(f"/admin/tenants/{started['tenant_id']}")) == (404, "not_found")
    assert code(await admin.get(f"/admin/accounts/{started['account_id']}")) == (404, "not_found")
    left = await door.database.system.fetchval(
        """select (select count(*) from kernel.outbox
                   where tenant_id = $1 and name = 'tenancy.send_mail')
                + (select count(*) from tenancy.secret_digest where tenant_id = $1)
                + (select count(*) from tenancy.member
                   where tenant_id = $1 and state = 'active')""",
        UUID(started["tenant_id"]),
    )
    assert left == 0
    assert await _run(door.database, started) == "undone"
    # The short name is free again.
    assert await _run(door.database, await _start(admin, slug=slug)) == "succeeded"


async def test_a_dedicated_tenant(door: Door, admin: httpx.AsyncClient) -> None:
    started = await _start(admin, placement="dedicated")
    assert await _run(door.database, started) == "succeeded"
    shown = (await admin.get(f"/admin/tenants/{started['tenant_id']}")).json()
    assert (shown["state"], shown["placement"]) == ("active", "dedicated")
    names = await door.database.system.fetch(
        "select database_name from tenancy.placement where tenant_id = $1 and is_current",
        UUID(started["tenant_id"]),
    )
    assert len(names) == 1


async def test_undo_of_a_dedicated_tenant_retires_its_database(
    door: Door, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await _start(admin, placement="dedicated")

    def die(name: str) -> None:
        if name == "first_user":
            raise Killed

    with pytest.raises(Killed):
        await _run(door.database, started, progress=die)
    assert (
        await admin.post(f"/admin/onboarding/{started['onboarding_id']}/undo")
    ).status_code == 200
    row = await door.database.system.fetchrow(
        "select is_current, state, drop_after from tenancy.placement where tenant_id = $1",
        UUID(started["tenant_id"]),
    )
    assert row is not None
    assert (row["is_current"], row["state"]) == (False, "retired")
    await drop_retired(door.database, now=row["drop_after"])
    left = await door.database.system.fetchval(
        "select count(*) from tenancy.placement where tenant_id = $1", UUID(started["tenant_id"])
    )
    assert left == 0


async def test_wishes_are_checked_before_anything_is_written(
    door: Door, admin: httpx.AsyncClient
) -> None:
    taken = await door.organisation()
    for more, wanted in (
        ({"slug": taken.slug}, (409, "slug_taken")),
        ({"slug": "Not A Slug"}, (422, "invalid_input")),
        ({"account_id": str(new_id())}, (404, "not_found")),
        ({"account_id": str(new_id()), "account": {"name": "x"}}, (422, "invalid_input")),
        ({"limits": {"moons": 1}}, (422, "invalid_input")),
        ({"theme": {"accent": "#ffffff", "on_accent": "#ffffff"}}, (422, "invalid_input")),
        ({"key_scopes": ["moon:walk"]}, (422, "unknown_permission")),
        ({"first_user": {"email": "no address", "display_name": "x"}}, (422, "invalid_input")),
        ({"name": "   "}, (422, "invalid_input")),
        ({"placement": "elsewhere"}, (422, "invalid_input")),
    ):
        answer = await admin.post("/admin/tenants", json=_wish(**more))
        assert code(answer) == wanted, (more, answer.text)


async def test_onboarding_within_a_scope(door: Door, admin: httpx.AsyncClient) -> None:
    own, foreign = await make_account(admin), await make_account(admin)
    client = await operator_client(door, ("accounts", [UUID(own["id"])], "onboarding", "*"))
    started = await _start(client, account_id=own["id"])
    for more in ({"account_id": foreign["id"]}, {}, {"account": {"name": "New"}}):
        answer = await client.post("/admin/tenants", json=_wish(**more))
        assert code(answer) == (404, "not_found"), more
    theirs = await _start(admin, account_id=foreign["id"])
    listed = (await client.get("/admin/onboarding", params={"limit": 200})).json()["items"]
    assert [item["id"] for item in listed] == [started["onboarding_id"]]
    path = f"/admin/onboarding/{theirs['onboarding_id']}"
    for call in (client.get(path), client.post(f"{path}/undo"), client.post(f"{path}/reveal-key")):
        assert code(await call) == (404, "not_found")
