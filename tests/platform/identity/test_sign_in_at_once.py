"""The usual password sign-in, done in one statement, leaves behind what the long way does."""

from typing import Any

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.tenancy.interface import add_member
from tests.platform.identity.test_passwords import login, registered
from tests.support.people import Door, new_email, use_token

_TOLD = text(
    "select name, actor_kind, payload, occurred_at from kernel.event"
    " where aggregate_id = :user order by id"
)
_SESSIONS = text(
    "select s.id, s.state, s.method, s.device, s.created_at, s.absolute_expires_at - s.created_at"
    " as lasts, r.expires_at - r.issued_at as idle, r.generation"
    " from identity.session s join identity.refresh_token r on r.session_id = s.id"
    # The confirmation of the address signed in as well, and was signed out.
    " where s.user_id = :user and s.method = 'password' order by s.id"
)


async def rows(door: Door, statement: Any, email: str) -> list[Any]:
    user = await door.person(email)
    async with door.database.transaction(system_context()) as session:
        return list((await session.execute(statement, {"user": user})).mappings())


async def test_session_family_and_event_are_one(door: Door) -> None:
    email = new_email()
    browser = await registered(door, email)
    assert (await login(browser, email)).status_code == 200
    (session,) = await rows(door, _SESSIONS, email)
    assert (session["state"], session["method"]) == ("active", "password")
    assert session["device"] == "Firefox on Linux"
    assert (session["lasts"].days, session["idle"].days, session["generation"]) == (30, 7, 1)
    event = (await rows(door, _TOLD, email))[-1]
    assert (event["name"], event["actor_kind"]) == ("identity.user_signed_in.v1", "anonymous")
    assert event["payload"]["session_id"] == str(session["id"])
    assert event["payload"]["method"] == "password"
    assert event["occurred_at"] == session["created_at"]
    assert (await browser.post("/auth/refresh", json={})).status_code == 200


async def test_a_sign_in_in_the_same_browser_ends_the_one_before(door: Door) -> None:
    email = new_email()
    browser = await registered(door, email)
    for _ in range(2):
        use_token(browser, (await login(browser, email)).json())
    first, second = await rows(door, _SESSIONS, email)
    assert (first["state"], second["state"]) == ("revoked", "active")
    told = [e for e in await rows(door, _TOLD, email) if "session_revoked" in e["name"]]
    ended = [e for e in told if e["payload"]["why"] != "signed_out"]
    assert [event["payload"]["session_id"] for event in ended] == [str(first["id"])]
    assert ended[0]["payload"]["why"] == "replaced"
    assert ended[0]["payload"]["aggregate_id"] == str(await door.person(email))


async def test_it_opens_where_the_person_was_last(door: Door) -> None:
    first, second = [await door.organisation() for _ in range(2)]
    email = new_email()
    browser = await registered(door, email)
    user = await door.person(email)
    for place in (first, second):
        context = system_context(place.id)
        async with door.database.transaction(context) as session:
            await add_member(
                session, context, user_id=user, role_names=("participant",), now=utc_now()
            )
    for place in (first, second, first):
        use_token(browser, (await login(browser, email)).json())
        answer = await browser.post("/auth/switch", json={"tenant_id": str(place.id)})
        use_token(browser, answer.json())
        use_token(browser, (await login(browser, email)).json())
        assert (await browser.get("/auth/me")).json()["tenant"]["id"] == str(place.id)
