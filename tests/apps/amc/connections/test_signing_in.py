"""Signing in with Amazon through our API and the local AMC's own pages."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, text

from metatron.apps.amc.amazon.login import SCOPE
from metatron.apps.amc.connections import signing_in
from metatron.apps.amc.connections.errors import SignInNotValid
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.tables import SignIn
from metatron.apps.amc.twin.tokens import ACCESS, REFRESH
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied
from tests.apps.amc.connections.conftest import House, state_of
from tests.support.amazon import BACK, CLIENT_ID
from tests.support.people import new_email


async def test_from_the_button_to_the_clients(house: House) -> None:
    begun = await house.begin("Our brands")
    assert (begun["state"], begun["is_twin"]) == ("connecting", True)
    query = parse_qs(urlsplit(begun["authorization_url"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert (query["scope"], query["redirect_uri"]) == ([SCOPE], [BACK])
    assert query["client_id"] == [CLIENT_ID]
    told = await house.amazon.consent(begun["authorization_url"])
    answer = await house.complete(told)
    shown = answer.json()
    assert (answer.status_code, shown["state"], shown["id"]) == (200, "healthy", begun["id"])
    assert shown["refreshed_at"] is not None
    assert shown["expires_soon"] is False
    await house.sync(UUID(begun["id"]))
    shown = await house.shown(UUID(begun["id"]))
    assert (shown["accounts"], shown["instances"]) == (2, 3)
    assert set(await house.instance_ids()) == {"amclocal0001", "amclocal0002", "amclocal0003"}


async def test_an_access_that_ends_is_news_only_when_renewing_fails(house: House) -> None:
    connection_id = await house.connect()
    change = "update amc.connection set access_expires_at = now(), refresh_failures = :n"
    for failures, is_news in ((0, False), (1, True)):
        async with house.database.transaction(house.system) as session:
            await session.execute(text(change), {"n": failures})
        assert (await house.shown(connection_id))["expires_soon"] is is_news


async def test_a_wrong_state_is_refused(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    answer = await house.complete(told | {"state": "made-up"})
    assert (answer.status_code, answer.json()["code"]) == (400, "amc_sign_in_not_valid")
    assert (await house.shown(UUID(begun["id"])))["state"] == "connecting"
    assert (await house.complete(told)).status_code == 200


async def test_a_state_is_good_once(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    assert (await house.complete(told)).status_code == 200
    again = await house.complete(told)
    assert again.status_code == 400
    assert (await house.shown(UUID(begun["id"])))["state"] == "healthy"


async def test_a_state_is_used_up_by_a_wrong_code_too(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    assert (await house.complete(told | {"code": "guess"})).status_code == 400
    assert (await house.complete(told)).status_code == 400


async def test_a_state_is_one_persons(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    colleague = await house.door.signed_in(new_email(), house.tenant.id, ("administrator",))
    assert (await house.complete(told, colleague)).status_code == 400
    assert (await house.complete(told)).status_code == 200


async def test_a_state_is_one_organisations(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    other = await house.door.organisation()
    same_person = await house.door.signed_in(house.email, other.id, ("administrator",))
    assert (await house.complete(told, same_person)).status_code == 400


async def test_a_state_ends(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    async with house.database.transaction(house.system) as session:
        user_id = await session.scalar(
            select(SignIn.user_id).where(SignIn.connection_id == UUID(begun["id"]))
        )
    context = Context(house.tenant.id, "user", user_id, frozenset({"amc:manage"}))
    late = utc_now() + signing_in.LASTS + timedelta(seconds=1)
    with pytest.raises(SignInNotValid):
        await signing_in.complete(
            house.database, context, code=told["code"], state=told["state"], now=late
        )


async def test_what_has_ended_is_not_kept(house: House) -> None:
    await house.begin()
    async with house.database.transaction(house.system) as session:
        await session.execute(text("update amc.sign_in set expires_at = now() - interval '1 s'"))
    await house.begin()
    async with house.database.transaction(house.system) as session:
        assert await session.scalar(text("select count(*) from amc.sign_in")) == 1


async def test_the_proof_is_asked_for(house: House) -> None:
    """A stolen code is worth nothing without the verifier, which never leaves this place."""
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    async with house.database.transaction(house.system) as session:
        await session.execute(
            text("update amc.sign_in set sealed_verifier = :v where connection_id = :c"),
            {"v": site().box.seal("another-verifier" * 4), "c": UUID(begun["id"])},
        )
    assert (await house.complete(told)).status_code == 400


async def test_only_who_may_and_only_people(house: House) -> None:
    organiser = await house.door.signed_in(new_email(), house.tenant.id, ("organiser",))
    answer = await organiser.post("/amc/connections", json={"name": "x", "region": "eu"})
    assert (answer.status_code, answer.json()["permission"]) == (403, "amc:manage")
    assert (await organiser.get("/amc/connections")).status_code == 200
    program = Context(house.tenant.id, "api_key", house.tenant.id, frozenset({"amc:manage"}))
    async with house.database.transaction(program) as session:
        with pytest.raises(PermissionDenied):
            await signing_in.connect(session, program, name="x", region="eu", now=utc_now())


@pytest.mark.parametrize(
    "body",
    [{"name": "", "region": "eu"}, {"name": "x", "region": "mars"}, {"name": "x"},
     {"name": "x\ny", "region": "eu"}, {"name": "x", "region": "eu", "state": "healthy"}],
)  # fmt: skip
async def test_what_is_no_connection(house: House, body: dict[str, str]) -> None:
    assert (await house.manager.post("/amc/connections", json=body)).status_code == 422


async def test_nothing_kept_can_be_read_without_the_key(house: House) -> None:
    connection_id = await house.connect()
    row = await house.row(connection_id)
    assert row.sealed_access is not None
    assert row.sealed_refresh is not None
    assert site().box.open(row.sealed_access).startswith(ACCESS)
    assert site().box.open(row.sealed_refresh).startswith(REFRESH)
    for sealed in (row.sealed_access, row.sealed_refresh):
        assert ACCESS.encode() not in sealed
        assert REFRESH.encode() not in sealed
    begun = await house.begin("Another")
    state = state_of(begun["authorization_url"])
    async with house.database.transaction(house.system) as session:
        told = await session.execute(text("select t::text from amc.sign_in t"))
        kept = "".join(told.scalars())
        events = await session.execute(text("select payload::text from kernel.event"))
        kept += "".join(events.scalars())
    assert state not in kept


async def test_reconnecting_keeps_what_is_there(house: House) -> None:
    connection_id = await house.connect()
    before = await house.instance_ids()
    answer = await house.manager.post(f"/amc/connections/{connection_id}/reconnect")
    told = await house.amazon.consent(answer.json()["authorization_url"])
    assert (await house.complete(told)).json()["id"] == str(connection_id)
    await house.sync(connection_id)
    assert await house.instance_ids() == before


async def test_disconnecting_forgets_the_tokens_alone(house: House) -> None:
    connection_id = await house.connect()
    answer = await house.manager.delete(f"/amc/connections/{connection_id}")
    assert answer.status_code == 204
    row = await house.row(connection_id)
    assert (row.state, row.sealed_access, row.sealed_refresh) == ("disconnected", None, None)
    assert len(await house.instance_ids()) == 3
    answer = await house.manager.post(f"/amc/connections/{connection_id}/sync")
    assert (answer.status_code, answer.json()["code"]) == (409, "amc_connection_not_usable")
    answer = await house.manager.post(f"/amc/connections/{connection_id}/reconnect")
    told = await house.amazon.consent(answer.json()["authorization_url"])
    assert (await house.complete(told)).json()["state"] == "healthy"


async def test_what_was_never_signed_in_is_deleted(house: House) -> None:
    begun = await house.begin()
    assert (await house.manager.delete(f"/amc/connections/{begun['id']}")).status_code == 204
    assert (await house.manager.get("/amc/connections")).json()["items"] == []
    assert (await house.manager.delete(f"/amc/connections/{begun['id']}")).status_code == 404


async def test_an_amazon_that_is_away_is_said_so(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    house.amazon.chaos({"fault": "http_500", "operation": "token"})
    answer = await house.complete(told)
    assert (answer.status_code, answer.json()["code"]) == (503, "amazon_unavailable")
    house.amazon.chaos()
    assert (await house.complete(told)).status_code == 200, "the same consent, sent once more"
    assert (await house.complete(told)).status_code == 400


async def test_a_moment_of_too_many_calls_is_waited_for(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    house.amazon.chaos({"fault": "http_429", "operation": "token", "value": 1, "count": 1})
    answer = await house.complete(told)
    assert (answer.status_code, answer.json()["state"]) == (200, "healthy")


async def test_an_amazon_that_takes_no_more_calls_says_when(house: House) -> None:
    begun = await house.begin()
    told = await house.amazon.consent(begun["authorization_url"])
    house.amazon.chaos({"fault": "http_429", "operation": "token", "value": 7})
    answer = await house.complete(told)
    assert (answer.status_code, answer.json()["code"]) == (503, "amazon_unavailable")
    assert answer.headers["retry-after"] == "7"
    house.amazon.chaos()
    assert (await house.complete(told)).json()["state"] == "healthy"


async def test_connections_are_paged(house: House) -> None:
    made = [(await house.begin(f"C{number}"))["id"] for number in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await house.manager.get("/amc/connections", params=params)).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made


async def test_the_page_is_told_that_amazon_is_made_up(house: House) -> None:
    me = (await house.manager.get("/auth/me")).json()
    assert {"name": "amazon", "label": "Amazon is simulated; its data is made up"} in me["twins"]
