"""What a plan allows is shown, and it is what holds."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.tenancy.errors import LimitReached
from metatron.platform.tenancy.interface import SYSTEM_ROLES, add_member, system_role_id
from tests.support.control import make_key
from tests.support.people import Door, new_email

from .steps import code, run_jobs

ORGANISER, PARTICIPANT = (str(system_role_id(name)) for name in ("organiser", "participant"))


async def _used(admin: httpx.AsyncClient, tenant_id: UUID, name: str) -> dict[str, Any]:
    answer = await admin.get(f"/admin/tenants/{tenant_id}/usage")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(item for item in answer.json()["items"] if item["name"] == name)
    return found


async def _agree(admin: httpx.AsyncClient, tenant_id: UUID, **limits: int) -> None:
    answer = await admin.patch(f"/admin/tenants/{tenant_id}", json={"limits": limits})
    assert answer.status_code == 200, answer.text


async def _invite(client: httpx.AsyncClient, role: str, email: str = "") -> httpx.Response:
    body = {"email": email or new_email("invited"), "role_ids": [role]}
    return await client.post("/invitations", json=body)


async def test_users_are_limited_at_invitation_and_at_joining(
    door: Door, admin: httpx.AsyncClient
) -> None:
    email = new_email("owner")
    tenant = await door.organisation(email)
    owner = await door.signed_in(email, tenant.id, ("owner",))
    await _agree(admin, tenant.id, users=2)
    invited = new_email("invited")
    assert (await _invite(owner, ORGANISER, invited)).status_code == 201
    refused = await _invite(owner, ORGANISER)
    assert code(refused) == (403, "limit_reached")
    said = refused.json()
    assert (said["limit"], said["allowed"], said["used"]) == ("users", 2, 1)
    assert (await _used(admin, tenant.id, "users"))["used"] == said["used"]
    # Who only takes part is a customer: no place is taken.
    assert (await _invite(owner, PARTICIPANT)).status_code == 201
    guest = await door.signed_in(new_email("guest"), tenant.id, ("participant",))
    assert (await _used(admin, tenant.id, "users"))["used"] == 1

    # Somebody takes the last place while the invitation is on its way.
    await door.signed_in(new_email("quick"), tenant.id, ("finance",))
    await run_jobs(door.database, "tenancy.send_mail")
    mails = await door.mails(invited, tenant.id)
    token = mails[-1]["text"].split("#token=")[1].split()[0]
    late = await door.signed_in(invited)
    answer = await late.post("/invitations/accept", json={"token": token})
    assert code(answer) == (403, "limit_reached")
    assert (answer.json()["allowed"], answer.json()["used"]) == (2, 2)
    assert (await _used(admin, tenant.id, "users"))["used"] == 2

    # Nor does a participant become an organiser, until there is room again.
    members = (await owner.get("/members", params={"limit": 50})).json()["items"]
    me = (await guest.get("/auth/me")).json()["user"]["id"]
    member = next(item for item in members if item["user_id"] == me)
    change = {"role_ids": [ORGANISER]}
    answer = await owner.patch(f"/members/{member['id']}", json=change)
    assert code(answer) == (403, "limit_reached")
    await _agree(admin, tenant.id, users=4)
    assert (await owner.patch(f"/members/{member['id']}", json=change)).status_code == 204
    assert (await late.post("/invitations/accept", json={"token": token})).status_code == 200
    assert (await _used(admin, tenant.id, "users"))["used"] == 4


async def test_of_many_who_join_at_once_no_more_than_allowed_do(
    door: Door, admin: httpx.AsyncClient
) -> None:
    tenant = await door.organisation()
    await _agree(admin, tenant.id, users=4)
    people = [await door.person(new_email("crowd")) for _ in range(8)]
    context = system_context(tenant.id)

    async def join(user_id: UUID) -> bool:
        try:
            async with door.database.transaction(context) as session:
                await add_member(
                    session, context, user_id=user_id, role_names=("organiser",), now=utc_now()
                )
        except LimitReached:
            return False
        return True

    joined = await asyncio.gather(*map(join, people))
    assert joined.count(True) == 3, "the owner has the fourth place"
    assert (await _used(admin, tenant.id, "users"))["used"] == 4


async def test_calls_of_a_month_are_limited_to_the_call(
    door: Door, admin: httpx.AsyncClient
) -> None:
    tenant = await door.organisation()
    await _agree(admin, tenant.id, calls_per_month=5)
    programs = []
    for _ in range(2):
        key = await make_key(door.database, tenant.id, "tenancy:members")
        programs.append(door.browser())
        programs[-1].headers["x-api-key"] = key.text
    answers = await asyncio.gather(*(programs[n % 2].get("/members") for n in range(12)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 5 + [403] * 7
    refused = next(answer for answer in answers if answer.status_code == 403)
    assert code(refused) == (403, "limit_reached")
    assert refused.json()["limit"] == "calls_per_month"
    now = datetime.now(UTC)
    waits = int(refused.headers["retry-after"])
    assert 0 < waits <= 31 * 86_400
    ends = datetime.fromtimestamp(now.timestamp() + waits + 5, UTC)
    assert (ends.day, ends.month != now.month) == (1, True)
    used = await _used(admin, tenant.id, "calls_per_month")
    assert (used["used"], used["allowed"]) == (5, 5)
    # A person's page goes on; more calls can be agreed upon.
    email = new_email("member")
    member = await door.signed_in(email, tenant.id, ("organiser",))
    assert (await member.get("/members")).status_code == 200
    await _agree(admin, tenant.id, calls_per_month=6)
    for _ in range(100):
        if (await programs[0].get("/members")).status_code == 200:
            break
        await asyncio.sleep(0.05)
    assert code(await programs[1].get("/members")) == (403, "limit_reached")
    assert (await _used(admin, tenant.id, "calls_per_month"))["used"] == 6


async def test_agreed_rates_are_the_ones_that_hold(door: Door, admin: httpx.AsyncClient) -> None:
    tenant = await door.organisation()
    await _agree(admin, tenant.id, calls_per_minute=7)
    key = await make_key(door.database, tenant.id, "tenancy:members")
    program = door.browser()
    program.headers["x-api-key"] = key.text
    answers = [await program.get("/members") for _ in range(9)]
    passed = [answer.status_code for answer in answers].count(200)
    # A minute may end in between.
    assert 7 <= passed <= 9
    assert answers[0].headers["ratelimit-limit"] == "7"
    assert (await _used(admin, tenant.id, "calls_per_minute"))["allowed"] == 7


@pytest.mark.parametrize("role", sorted(SYSTEM_ROLES))
async def test_which_roles_take_a_place(door: Door, admin: httpx.AsyncClient, role: str) -> None:
    tenant = await door.organisation()
    await door.signed_in(new_email(role), tenant.id, (role,))
    places = 1 if role == "participant" else 2
    assert (await _used(admin, tenant.id, "users"))["used"] == places
