"""Who am I, which organisation, which devices."""

import asyncio
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.secrets import SecretBox
from metatron.platform.tenancy.interface import system_role_id
from metatron.platform.tenancy.invitations import invite
from metatron.platform.tenancy.rights import permissions_of
from tests.support.people import Door, new_email, use_token


async def test_me(door: Door) -> None:
    tenant = await door.organisation(is_sandbox=True)
    email = new_email()
    client = await door.signed_in(email, tenant.id, ("organiser", "finance"))
    me = (await client.get("/auth/me")).json()
    assert me["user"] == {
        "id": str(await door.person(email)),
        "email": email,
        "display_name": "Test Person",
        "email_verified": True,
        "has_password": False,
        "mfa_enabled": False,
    }
    assert me["tenant"]["id"] == str(tenant.id)
    assert me["tenant"]["is_sandbox"] is True
    assert "tenancy" in me["tenant"]["modules"]
    assert me["memberships"] == [
        {
            "tenant_id": str(tenant.id),
            "name": tenant.name,
            "slug": tenant.slug,
            "roles": ["finance", "organiser"],
        }
    ]
    assert "tenancy:members" in me["permissions"]
    assert (me["is_operator"], me["impersonator"]) == (False, None)
    assert {"name": "payments", "label": "Payments are simulated; no money moves"} in me["twins"]


async def test_me_is_alike_by_the_short_way_and_the_ordinary_one(door: Door) -> None:
    tenant = await door.organisation(is_sandbox=True)
    client = await door.signed_in(new_email(), tenant.id, ("organiser",))
    for asker, status in ((client, 200), (door.browser(), 401)):
        ways = [await asker.get(path) for path in ("/auth/me", "/auth/me?way=ordinary")]
        assert [answer.status_code for answer in ways] == [status, status]
        told = [answer.json() for answer in ways]
        for answer in told:
            answer.pop("request_id", None)
        assert told[0] == told[1]
        assert set(ways[0].headers) == set(ways[1].headers) - {"x-unread-parameters"}
        assert ways[0].headers["content-type"] == ways[1].headers["content-type"]


async def test_a_new_name(door: Door) -> None:
    client = await door.signed_in(new_email())
    renamed = await client.patch("/auth/me", json={"display_name": "  Grace Hopper "})
    assert renamed.json()["user"]["display_name"] == "Grace Hopper"
    refused = await client.patch("/auth/me", json={"display_name": ""})
    assert refused.status_code == 422


async def test_switching(door: Door) -> None:
    first, second, foreign = [await door.organisation() for _ in range(3)]
    email = new_email()
    client = await door.signed_in(email, first.id, ("participant",))
    await door.signed_in(email, second.id, ("organiser",))
    answer = await client.post("/auth/switch", json={"tenant_id": str(second.id)})
    use_token(client, answer.json())
    assert (await client.get("/auth/me")).json()["tenant"]["id"] == str(second.id)
    refreshed = await client.post("/auth/refresh", json={})
    use_token(client, refreshed.json())
    assert (await client.get("/auth/me")).json()["tenant"]["id"] == str(second.id)
    for unknown in (foreign.id, uuid4()):
        refused = await client.post("/auth/switch", json={"tenant_id": str(unknown)})
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    # The next sign-in opens where the person was last.
    await door.sign_in(client, email)
    assert (await client.get("/auth/me")).json()["tenant"]["id"] == str(second.id)


async def test_devices(door: Door) -> None:
    email = new_email()
    first, second = await door.signed_in(email), await door.signed_in(email)
    items = (await second.get("/auth/sessions")).json()["items"]
    assert [(item["device"], item["current"]) for item in items] == [
        ("Firefox on Linux", True),
        ("Firefox on Linux", False),
    ]
    gone = await second.delete(f"/auth/sessions/{items[1]['id']}")
    assert gone.status_code == 204
    assert (await first.post("/auth/refresh", json={})).status_code == 401
    again = await second.delete(f"/auth/sessions/{items[1]['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    stranger = await door.signed_in(new_email())
    foreign = await stranger.delete(f"/auth/sessions/{items[0]['id']}")
    assert foreign.status_code == 404
    assert (await second.post("/auth/refresh", json={})).status_code == 200


async def test_what_waits_for_an_address_is_joined_without_its_link(door: Door) -> None:
    tenant, email = await door.organisation(), new_email("guest")
    await _invite(door, tenant.id, email)
    guest, other = await door.signed_in(email), await door.signed_in(new_email())
    [waiting] = (await guest.get("/invitations/waiting")).json()["items"]
    assert waiting["organisation_name"] == tenant.name
    assert (await other.get("/invitations/waiting")).json() == {"items": []}
    asked = {"invitation_id": waiting["id"]}
    refused = await other.post("/invitations/accept", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (410, "invitation_invalid")
    for wrong in ({}, {**asked, "token": "x"}):
        assert (await guest.post("/invitations/accept", json=wrong)).status_code == 422
    joined = await guest.post("/invitations/accept", json=asked)
    assert joined.status_code == 200, joined.text
    use_token(guest, joined.json())
    assert (await guest.get("/auth/me")).json()["tenant"]["id"] == str(tenant.id)
    assert (await guest.get("/invitations/waiting")).json() == {"items": []}
    assert (await guest.post("/invitations/accept", json=asked)).status_code == 410


async def test_an_invitation_is_over_by_the_clock_of_who_invites(door: Door) -> None:
    email = new_email("guest")
    own = await door.organisation(email, is_sandbox=True)
    guest = await door.signed_in(email, own.id, ("owner",))
    ahead = await guest.post("/clock/advance", json={"seconds": 30 * 86_400})
    assert ahead.status_code == 200, ahead.text
    firm = await door.organisation()
    await _invite(door, firm.id, email)
    [waiting] = (await guest.get("/invitations/waiting")).json()["items"]
    joined = await guest.post("/invitations/accept", json={"invitation_id": waiting["id"]})
    assert joined.status_code == 200, joined.text


async def test_an_invitation(door: Door) -> None:
    tenant = await door.organisation()
    email = new_email("guest")
    await _invite(door, tenant.id, email)
    token = await _invitation_token(door, email)
    other = await door.signed_in(new_email())
    refused = await other.post("/invitations/accept", json={"token": token})
    assert (refused.status_code, refused.json()["code"]) == (403, "invitation_for_other")
    guest = await door.signed_in(email)
    answers = await asyncio.gather(
        *(guest.post("/invitations/accept", json={"token": token}) for _ in range(5))
    )
    won = [answer for answer in answers if answer.is_success]
    assert len(won) == 1
    use_token(guest, won[0].json())
    me = (await guest.get("/auth/me")).json()
    assert me["tenant"]["id"] == str(tenant.id)
    assert me["memberships"][0]["roles"] == ["organiser"]


async def _invite(door: Door, tenant_id: UUID, email: str) -> None:
    rights = frozenset({"tenancy:manage_members"}) | rights_of("organiser")
    context = Context(tenant_id, "user", actor_id=uuid4(), permissions=rights)
    roles = [system_role_id("organiser")]
    async with door.database.transaction(context, door="home") as session:
        await invite(session, context, email=email, role_ids=roles, now=utc_now())


def rights_of(role: str) -> frozenset[str]:
    return permissions_of([role], [])


async def _invitation_token(door: Door, email: str) -> str:
    """The invitation's mail waits sealed in the outbox; read it as the job would."""
    box = SecretBox(door.settings.secret_keys.get_secret_value())
    rows = await door.database.system.fetch(
        "select arguments from kernel.outbox where name = 'tenancy.send_mail' order by id desc"
    )
    for row in rows:
        arguments = orjson.loads(row["arguments"])
        if box.open(arguments["sealed_to"].encode()) == email:
            return box.open(arguments["sealed_link"].encode()).partition("#token=")[2]
    raise AssertionError(email)


async def test_wrong_invitations_are_counted(door: Door) -> None:
    client = await door.signed_in(new_email())
    answers = [
        await client.post("/invitations/accept", json={"token": f"wrong-{n}"}) for n in range(6)
    ]
    assert answers[-1].status_code == 429
    assert all(answer.status_code < 500 for answer in answers)


async def test_a_removed_member_stays_signed_in_but_belongs_nowhere(door: Door) -> None:
    tenant = await door.organisation()
    email = new_email()
    client = await door.signed_in(email, tenant.id, ("participant",))
    user_id = await door.person(email)
    context = Context(tenant.id, "system")
    async with door.database.transaction(context, door="home") as session:
        from sqlalchemy import text

        await session.execute(
            text(
                "update tenancy.member set state = 'removed', removed_at = :now where user_id = :u"
            ),
            {"u": user_id, "now": utc_now()},
        )
        await session.execute(
            text("select pg_notify('metatron_access', :p)"), {"p": f"user:{user_id}"}
        )
    for _ in range(60):
        me = (await client.get("/auth/me")).json()
        if me["tenant"] is None:
            break
        await asyncio.sleep(0.1)
    assert (me["tenant"], me["permissions"], me["memberships"]) == (None, [], [])
    home = {"tenant_id": str(PLATFORM_TENANT_ID)}
    assert (await client.post("/auth/switch", json=home)).status_code == 200


async def test_ways_in_are_changed_in_a_fresh_session_only(door: Door) -> None:
    client = await door.signed_in(new_email())
    user_id = (await client.get("/auth/me")).json()["user"]["id"]
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text(
                "update identity.session set created_at = created_at - interval '15 minutes'"
                " where user_id = :id"
            ),
            {"id": user_id},
        )
    first_password = {"new_password": "plum-tractor-nine-lakes"}
    for refused in (
        await client.post("/auth/totp"),
        await client.post("/auth/passkeys/registration-options"),
        await client.delete(f"/auth/passkeys/{uuid4()}"),
        await client.post("/auth/password", json=first_password),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "fresh_sign_in_needed")
    # What is looked at, and what closes doors, goes on.
    assert (await client.get("/auth/passkeys")).status_code == 200
    assert (await client.post("/auth/sessions/revoke-others")).status_code == 204
    await door.sign_in(client, (await client.get("/auth/me")).json()["user"]["email"])
    assert (await client.post("/auth/totp")).status_code == 200
    assert (await client.post("/auth/password", json=first_password)).status_code == 204
    # With one to ask for, the current one is asked for instead.
    changed = await client.post("/auth/password", json=first_password)
    assert changed.json()["code"] == "wrong_password"
