"""Views of lists over the API: of one person in one organisation, no more than one looks at."""

import asyncio
from typing import Any

import httpx
import pytest

from metatron.platform.records import views
from tests.support.people import Door, new_email

PATH = "/saved-views"
VIEW = {"list_name": "campaigns", "name": "Mine", "search": {"state": "live", "sort": "-title"}}


async def _member(door: Door, *, beside: Any = None) -> tuple[httpx.AsyncClient, Any]:
    tenant = beside or await door.organisation()
    return await door.signed_in(new_email(), tenant.id, ("organiser",)), tenant


async def _views(client: httpx.AsyncClient, name: str = "campaigns") -> list[dict[str, Any]]:
    answer = await client.get(PATH, params={"list": name})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_view_is_kept_found_elsewhere_and_forgotten(door: Door) -> None:
    tenant, email = await door.organisation(), new_email()
    client = await door.signed_in(email, tenant.id, ("organiser",))
    saved = await client.post(PATH, json=VIEW)
    assert saved.status_code == 201, saved.text
    assert saved.json() == VIEW | {"id": saved.json()["id"]}
    assert await _views(client) == [saved.json()]
    assert await _views(client, "members") == []
    elsewhere = await door.signed_in(email, tenant.id, ("organiser",))
    assert await _views(elsewhere) == [saved.json()]
    assert (await elsewhere.delete(f"{PATH}/{saved.json()['id']}")).status_code == 204
    assert await _views(client) == []
    gone = await client.delete(f"{PATH}/{saved.json()['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "saved_view_not_found")


async def test_a_name_that_is_taken_makes_room(door: Door) -> None:
    client, _ = await _member(door)
    first = (await client.post(PATH, json=VIEW)).json()
    second = (await client.post(PATH, json=VIEW | {"name": "MINE", "search": {}})).json()
    assert second == first | {"name": "MINE", "search": {}}
    assert await _views(client) == [second]
    other = (await client.post(PATH, json=VIEW | {"name": "Other"})).json()
    assert await _views(client) == [second, other]


async def test_nobody_sees_or_forgets_another_ones(door: Door) -> None:
    client, tenant = await _member(door)
    saved = (await client.post(PATH, json=VIEW)).json()
    colleague, _ = await _member(door, beside=tenant)
    assert await _views(colleague) == []
    assert (await colleague.delete(f"{PATH}/{saved['id']}")).status_code == 404
    assert (await colleague.post(PATH, json=VIEW)).json()["id"] != saved["id"]
    assert await _views(client) == [saved]


async def test_views_stay_in_their_organisation(door: Door) -> None:
    email, one, two = new_email(), await door.organisation(), await door.organisation()
    here = await door.signed_in(email, one.id, ("organiser",))
    saved = (await here.post(PATH, json=VIEW)).json()
    there = await door.signed_in(email, two.id, ("organiser",))
    assert await _views(there) == []
    assert (await there.delete(f"{PATH}/{saved['id']}")).status_code == 404


async def test_fifty_are_enough(door: Door) -> None:
    client, _ = await _member(door)
    for number in range(50):
        answer = await client.post(PATH, json=VIEW | {"name": f"View {number}"})
        assert answer.status_code == 201
    full = await client.post(PATH, json=VIEW)
    assert (full.status_code, full.json()["code"]) == (409, "too_many_saved_views")
    assert (await client.post(PATH, json=VIEW | {"name": "view 7"})).status_code == 201
    assert (await client.post(PATH, json=VIEW | {"list_name": "members"})).status_code == 201
    assert len(await _views(client)) == 50


async def test_fifty_are_enough_for_many_at_once(door: Door) -> None:
    client, _ = await _member(door)
    for number in range(45):
        assert (await client.post(PATH, json=VIEW | {"name": f"{number}"})).status_code == 201
    answers = await asyncio.gather(
        *(client.post(PATH, json=VIEW | {"name": f"at once {n}"}) for n in range(20))
    )
    assert sorted(each.status_code for each in answers) == [201] * 5 + [409] * 15
    assert len(await _views(client)) == 50


async def test_lists_of_any_name_hold_only_so_much(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody signed in could fill the disk: a list needs but a name to have fifty more."""
    monkeypatch.setattr(views, "MOST_IN_ALL", 5)
    client, tenant = await _member(door)
    for number in range(5):
        assert (await client.post(PATH, json=VIEW | {"list_name": f"l{number}"})).status_code == 201
    full = await client.post(PATH, json=VIEW | {"list_name": "l5"})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_saved_views")
    assert (await client.post(PATH, json=VIEW | {"list_name": "l3"})).status_code == 201
    colleague, _ = await _member(door, beside=tenant)
    assert (await colleague.post(PATH, json=VIEW)).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "   "}, {"name": "x" * 61}, {"name": "a\x00b"},
        {"list_name": "No Such"}, {"search": {"A B": "x"}}, {"search": {"a": "x" * 10_001}},
        {"search": {f"k{'x' * n}": "" for n in range(21)}}, {"search": {"a": 1}}, {"more": True},
        {"search": {"a": "x" * 6_000, "b": "x" * 6_000}},
    ],
)  # fmt: skip
async def test_what_is_no_view_is_refused(door: Door, wrong: dict[str, Any]) -> None:
    client, _ = await _member(door)
    assert (await client.post(PATH, json=VIEW | wrong)).status_code in {400, 422}
    assert await _views(client) == []


async def test_a_hundred_columns_of_long_names_fit(door: Door) -> None:
    client, _ = await _member(door)
    columns = ",".join(
        f"new_to_brand_purchases_of_promoted_products_over_14_days_{n}" for n in range(100)
    )
    wide = VIEW | {"list_name": "amc.rows", "search": {"columns": columns, "sort": "-a"}}
    assert (await client.post(PATH, json=wide)).status_code == 201
    [kept] = (await client.get(PATH, params={"list": "amc.rows"})).json()["items"]
    assert kept["search"] == wide["search"]


async def test_strangers_and_lists_without_a_name(door: Door) -> None:
    stranger = door.browser()
    assert (await stranger.get(PATH, params={"list": "campaigns"})).status_code == 401
    assert (await stranger.post(PATH, json=VIEW)).status_code == 401
    client, _ = await _member(door)
    assert (await client.get(PATH)).status_code == 422
