"""A client that was granted to some is nobody else's, on whatever route it could turn up.

Every route of AMC stands in one table of `client_routes`; one that stands in none fails the test.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import add_member, system_role_id
from tests.apps.amc.client_routes import ALERT, CLIENT, LISTS, MANAGERS, NO_CLIENT
from tests.isolation.amc_collections import furnish_collections
from tests.isolation.amc_destinations import furnish_destinations
from tests.isolation.amc_library import furnish_library
from tests.isolation.amc_recurring import furnish_recurring
from tests.isolation.amc_runs import furnish_runs
from tests.isolation.amc_things import furnish_amc
from tests.isolation.samples import body_of, operations
from tests.support.people import Door, new_email, running

SECRET_IDS = (
    "instance_id", "run_id", "schedule_id", "collection_id", "segment_ids", "board_id",
    "snapshot_id", "delivery_id",
)  # fmt: skip
SECRET_NAMES = ("Client", "Run", "Schedule", "Collection", "Board", "Snapshot")


@dataclass
class Shop:
    """An organisation with one client of everything; `friend` has it, `stranger` has not."""

    marker: str
    tenant_id: UUID
    client: httpx.AsyncClient
    door: Door
    friend: httpx.AsyncClient
    friend_id: UUID
    stranger: httpx.AsyncClient
    ids: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, *values: object) -> None:
        self.ids[name] = str(values[0])

    def one(self, name: str) -> str:
        return self.ids.get(name, str(new_id()))

    def betrays(self, answer: httpx.Response) -> list[str]:
        """What of the client stands in an answer."""
        secrets = [self.one(name) for name in SECRET_IDS]
        secrets += [f"{noun} {self.marker}" for noun in SECRET_NAMES]
        return [each for each in secrets if each in answer.text]

    async def grant(self, *, users: Any = (), roles: Any = ()) -> httpx.Response:
        path = f"/amc/instances/{self.one('instance_id')}/grants"
        body = {
            "users": [{"user_id": str(who), "level": level} for who, level in users],
            "roles": [{"role_id": str(who), "level": level} for who, level in roles],
        }
        return await self.client.put(path, json=body)


FURNISHING = (
    furnish_amc, furnish_library, furnish_runs, furnish_destinations, furnish_recurring,
    furnish_collections,
)  # fmt: skip


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@pytest.fixture
async def shop(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[Shop]:
    door = Door(app, settings, database)
    owner, friend = new_email("owner"), new_email("fran")
    facts = await door.organisation(owner)
    made = Shop(
        f"q{new_id().hex[-12:]}", facts.id, await door.signed_in(owner, facts.id), door,
        await door.signed_in(friend, facts.id, ("organiser",)), await door.person(friend),
        await door.signed_in(new_email("sam"), facts.id, ("organiser",)),
    )  # fmt: skip
    realm: Any = made  # it has what furnishing needs of a realm
    for furnish in FURNISHING:
        await furnish(realm)
    body = {key: made.one("schedule_id") if value == "" else value for key, value in ALERT.items()}
    alert = await made.client.post("/amc/alerts", json=body)
    assert alert.status_code == 201, alert.text
    made.note("alert_id", alert.json()["id"])
    yield made
    await door.close()


def routes(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    """All of AMC's."""
    return [each for each in operations(app.openapi()) if each[1].startswith("/api/v1/amc/")]


async def ask(
    app: FastAPI, shop: Shop, who: httpx.AsyncClient, route: tuple[str, str, dict[str, Any]]
) -> httpx.Response:
    """Call a route with the ids of the shop's things."""
    method, path, operation = route
    for given in operation.get("parameters", []):
        if given["in"] == "path":
            path = path.replace("{" + given["name"] + "}", shop.one(given["name"]))
    query = {
        given["name"]: shop.one(given["name"])
        for given in operation.get("parameters", [])
        if given["in"] == "query" and given["required"]
    }
    body = CLIENT.get(operation["operationId"]) or body_of(app.openapi(), operation, shop.one)
    if isinstance(body, dict):
        body = {key: shop.one(key) if value == "" else value for key, value in body.items()}
    more = {} if body is None else {"json": body}
    return await who.request(
        method,
        path.removeprefix("/api/v1"),
        params=query,
        headers={"idempotency-key": new_id().hex},
        **more,
    )


def test_every_route_stands_in_one_table(app: FastAPI) -> None:
    known = [*CLIENT, *LISTS, *MANAGERS, *NO_CLIENT]
    assert len(known) == len(set(known)), "a route stands in two tables"
    found = {operation["operationId"] for _, _, operation in routes(app)}
    assert found == set(known), (
        "Enter each new route of AMC in the table that says what of a client it shows"
    )


async def test_who_has_no_grant_finds_nothing_of_the_client(app: FastAPI, shop: Shop) -> None:
    granted = await shop.grant(users=[(shop.friend_id, "edit")])
    assert granted.status_code == 200, granted.text
    wrong = []
    for route in routes(app):
        name = route[2]["operationId"]
        if name in NO_CLIENT:
            continue
        answer = await ask(app, shop, shop.stranger, route)
        expected = 404 if name in CLIENT else 403 if name in MANAGERS else 200
        betrayed = [] if name in MANAGERS else shop.betrays(answer)
        if answer.status_code != expected or betrayed:
            wrong.append((name, answer.status_code, betrayed, answer.text[:300]))
        if name in LISTS:
            narrowed = await shop.stranger.get(
                route[1].removeprefix("/api/v1"), params={"instance_id": shop.one("instance_id")}
            )
            wrong += [(name, each) for each in shop.betrays(narrowed)]
    assert not wrong, "\n".join(map(str, wrong))
    kept = await shop.stranger.delete(f"/amc/workflows/{shop.one('workflow_id')}")
    assert (kept.status_code, shop.betrays(kept)) == (409, []), kept.text
    home = (await shop.stranger.get("/amc/home")).json()
    assert home["success_7d"] == {"succeeded": 0, "failed": 0}


async def test_what_is_hidden_is_not_counted_either(shop: Shop) -> None:
    """Neither a workflow's runs nor a connection's clients."""
    path = f"/amc/workflows/{shop.one('workflow_id')}"
    for granted in (False, True):
        if granted:
            await shop.grant(users=[(shop.friend_id, "read")])
        for who, count in (
            (shop.client, 1),
            (shop.friend, 1),
            (shop.stranger, 0 if granted else 1),
        ):
            shown = (await who.get(path)).json()
            [listed] = (await who.get("/amc/workflows")).json()["items"]
            [connection] = (await who.get("/amc/connections")).json()["items"]
            assert [shown["runs"], listed["runs"], connection["instances"]] == [count] * 3
            assert (shown["last_run_at"] is None) is (count == 0)
            assert shown["last_run_at"] == listed["last_run_at"]


async def test_who_has_the_grant_finds_it_all(app: FastAPI, shop: Shop) -> None:
    """The counterpart: the same calls find the client, so that the test above could fail."""
    await shop.grant(users=[(shop.friend_id, "edit")])
    for route in routes(app):
        method, path, operation = route
        name = operation["operationId"]
        if method == "GET" and name in CLIENT:
            query = {"keys": "campaign"} if name == "compare_runs" else {}
            answer = await ask(app, shop, shop.friend, route)
            if query:
                both = {"left": shop.one("run_id"), "right": shop.one("run_id")}
                answer = await shop.friend.get(path.removeprefix("/api/v1"), params=both | query)
            assert answer.status_code == 200, (name, answer.text)
        if name in LISTS:
            answer = await ask(app, shop, shop.friend, route)
            assert shop.betrays(answer), name
    answers = [
        await ask(app, shop, shop.friend, route)
        for route in routes(app)
        if route[2]["operationId"] in {"ask_run", "make_schedule", "save_amc_mapping"}
    ]
    assert sorted(each.status_code for each in answers) == [200, 201, 202]


REACH = {"read": (403, 403), "run": (202, 403), "edit": (202, 200)}
"""What asking for a run and saving the mapping answer."""


@pytest.mark.parametrize("level", REACH)
@pytest.mark.parametrize("by", ["user", "role"])
async def test_a_grant_goes_as_far_as_it_says(
    app: FastAPI, shop: Shop, level: str, by: str
) -> None:
    asked, mapped = REACH[level]
    users = [(shop.friend_id, level)] if by == "user" else []
    roles = [(system_role_id("organiser"), level)] if by == "role" else []
    granted = await shop.grant(users=users, roles=roles)
    assert granted.status_code == 200, granted.text
    by_name = {route[2]["operationId"]: route for route in routes(app)}
    expected = {
        "show_amc_instance": 200, "read_rows": 200, "show_amc_mapping": 200, "show_schedule": 200,
        "ask_run": asked, "export_result": 200 if asked == 202 else 403,
        "run_schedule_once_more": 422 if asked == 202 else 403, "save_amc_mapping": mapped,
        "pause_schedule": mapped, "make_schedule": 201 if mapped == 200 else 403,
        "set_alert": 201 if mapped == 200 else 403,
    }  # fmt: skip
    found = {name: (await ask(app, shop, shop.friend, by_name[name])) for name in expected}
    assert {name: each.status_code for name, each in found.items()} == expected
    hidden = await ask(app, shop, shop.stranger, by_name["show_amc_instance"])
    assert hidden.status_code == (200 if by == "role" else 404)


async def test_grants_are_shown_saved_whole_and_open_again(shop: Shop) -> None:
    path = f"/amc/instances/{shop.one('instance_id')}/grants"
    first = await shop.client.get(path)
    assert (first.json()["users"], first.json()["roles"], first.headers["etag"]) == ([], [], '"0"')
    role = system_role_id("auditor")
    saved = await shop.grant(users=[(shop.friend_id, "run")], roles=[(role, "read")])
    assert saved.json() == (await shop.client.get(path)).json()
    [user], [named] = saved.json()["users"], saved.json()["roles"]
    assert (user["display_name"], user["level"]) == ("Test Person", "run")
    assert (named["name"], named["level"]) == ("auditor", "read")
    late = await shop.client.put(path, json={"users": [], "roles": []}, headers={"if-match": '"0"'})
    assert late.status_code == 412
    shown = f"/amc/instances/{shop.one('instance_id')}"
    assert (await shop.stranger.get(shown)).status_code == 404
    assert (await shop.grant()).status_code == 200
    assert (await shop.stranger.get(shown)).status_code == 200


async def test_nobody_unknown_is_granted_a_client(shop: Shop) -> None:
    outsider = await shop.door.person(new_email("out"))
    buyer = await shop.door.person(new_email("buyer"))
    context = system_context(shop.tenant_id)
    async with shop.door.database.transaction(context) as session:
        await add_member(
            session, context, user_id=buyer, role_names=("participant",), now=utc_now()
        )
    for users, roles in (
        ([(outsider, "read")], []),
        ([(buyer, "read")], []),
        ([], [(new_id(), "read")]),
        ([(shop.friend_id, "read"), (shop.friend_id, "edit")], []),
        ([(shop.friend_id, "own")], []),
    ):
        assert (await shop.grant(users=users, roles=roles)).status_code == 422
    assert (await shop.stranger.get(f"/amc/instances/{shop.one('instance_id')}")).is_success


async def test_an_application_without_managing_has_no_grant(shop: Shop) -> None:
    application = (await shop.client.post("/applications", json={"name": "App"})).json()
    paths = ("/amc/instances", f"/amc/runs/{shop.one('run_id')}")
    await shop.grant(users=[(shop.friend_id, "edit")])
    for scopes, status in ((["amc:read", "amc:run"], 404), (["amc:read", "amc:manage"], 200)):
        body = {"name": scopes[-1], "application_id": application["id"], "scopes": scopes}
        key = await shop.client.post("/api-keys", json=body)
        assert key.is_success, key.text
        program = shop.door.browser()
        program.headers["x-api-key"] = key.json()["key"]
        listed, shown = [await program.get(path) for path in paths]
        assert (bool(shop.betrays(listed)), shown.status_code) == (status == 200, status)
