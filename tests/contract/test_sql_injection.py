"""SQL in every text of AMC, by the document: never read, whatever it would come to.

Of two texts that differ only in whether they would be true, the answers are the same; none that
would sleep does; nobody else's rows change.
"""

import time
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from tests.isolation.realms import Realm, furnish
from tests.support.people import Door

from .test_hostile_input import IS_THOROUGH, SEED
from .text_places import Place, all_places, send

AMC = "/api/v1/amc/"
SLEEP_SECONDS = 4
PAIRS = (
    ("zz' or '1'='1", "zz' or '1'='2"), ("zz') or ('1'='1", "zz') or ('1'='2"),
    ('zz" or "1"="1', 'zz" or "1"="2'), ("zz' or 1=1 --", "zz' or 1=2 --"),
    ("1 or 1=1", "1 or 1=2"), ("zz\\' or 1=1 --", "zz\\' or 1=2 --"),
    ("zz'||(select 1)||'", "zz'||(select 2)||'"), ("$$ or 1=1 --", "$$ or 1=2 --"),
    ("zz}}' or 1=1 --", "zz}}' or 1=2 --"), ("%' or 1=1 or 'a' like '", "%' or 1=2 or 'a' like '"),
)  # fmt: skip
DOING = (
    f"zz'||pg_sleep({SLEEP_SECONDS})||'", f"1; select pg_sleep({SLEEP_SECONDS}) --",
    f"zz') or exists(select pg_sleep({SLEEP_SECONDS})) --",
    "zz'; update amc.workflow set name = 'owned'; --", "zz'; drop table amc.run cascade; --",
    "zz'; select set_config('app.tenant_id', '', true); --",
    "zz'; copy (select 1) to '/tmp/amc-injected'; --", "read_text('/etc/passwd')",
    "zz' union select text from read_text('/etc/passwd') --",
    "* * * * *; select pg_sleep(4)", "$(sleep 4)", "{{ 7*7 }}", "zz' at time zone (select 'x') --",
)  # fmt: skip
HELD = (
    "amc.workflow", "amc.run", "amc.schedule", "amc.collection", "amc.board", "amc.alert",
    "amc.destination", "amc.mapping", "amc.asin", "amc.ad_campaign", "amc.instance",
)  # fmt: skip


@pytest.fixture(scope="module")
async def victim(door: Door) -> Realm:
    """An organisation that may be spoilt."""
    return await furnish(door, f"s{uuid4().hex[:8]}")


@pytest.fixture(scope="module")
async def neighbour(door: Door) -> Realm:
    return await furnish(door, f"n{uuid4().hex[:8]}")


def _comparable(answer: httpx.Response, text: str) -> Any:
    """The answer without the text itself, and without what is new in each."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.status_code, answer.text.replace(text, "TEXT")
    told = answer.json()
    if isinstance(told, dict):
        told.pop("request_id", None)
    return answer.status_code, repr(told).replace(repr(text)[1:-1], "TEXT").replace(text, "TEXT")


async def test_of_two_texts_neither_is_true(app: FastAPI, victim: Realm) -> None:
    """In all that is read: each text of each query and path, by the seed."""
    wrong, asked = [], 0
    for number, place in enumerate(all_places(app.openapi(), victim, AMC)):
        if place.method != "GET":
            continue
        pairs = PAIRS if IS_THOROUGH else [PAIRS[(number + SEED + n) % len(PAIRS)] for n in (0, 5)]
        for one, other in pairs:
            first, second = await send(victim, place, one), await send(victim, place, other)
            asked += 1
            same = _comparable(first, one) == _comparable(second, other)
            if first.status_code >= 500 or not same:
                wrong.append((place.route, place.field, one, first.text[:200], second.text[:200]))
    assert asked > 150
    assert not wrong, f"seed {SEED}: {len(wrong)}\n" + "\n".join(map(str, wrong[:40]))


async def test_what_would_do_something_does_nothing(
    app: FastAPI, victim: Realm, neighbour: Realm
) -> None:
    """In all that is read or written."""
    before, wrong, asked = await _held(neighbour), [], 0
    for number, place in enumerate(all_places(app.openapi(), victim, AMC)):
        texts = DOING if IS_THOROUGH else [DOING[(number + SEED + n) % len(DOING)] for n in (0, 5)]
        for text in texts:
            begun = time.monotonic()
            answer = await send(victim, place, text)
            asked += 1
            slept = time.monotonic() - begun > SLEEP_SECONDS
            if answer.status_code >= 500 or slept or "root:" in answer.text:
                wrong.append((place.route, place.kind, place.field, text, answer.text[:200]))
    assert asked > 900
    assert not wrong, f"seed {SEED}: {len(wrong)}\n" + "\n".join(map(str, wrong[:40]))
    assert await _held(neighbour) == before


async def _held(realm: Realm) -> dict[str, str]:
    picture = await realm.picture()
    return {table: told for table, told in picture.items() if table.split(":")[1] in HELD}


async def test_results_are_asked_with_values_only(victim: Realm) -> None:
    """In filters, sorts and keys of a kept result: in the place of a value and of a name."""
    run, asked = f"/amc/runs/{victim.one('run_id')}", 0
    whole = (await victim.client.get(f"{run}/rows")).json()["total"]
    assert whole == 1
    for number, (one, other) in enumerate(PAIRS):
        if not IS_THOROUGH and (number + SEED) % 3:
            continue
        found = []
        for text in (one, other):
            for filters in ([["campaign", "=", text]], [["campaign", "starts", text]]):
                answer = await victim.client.get(f"{run}/rows", params={"filter": _json(filters)})
                assert answer.status_code == 200, answer.text
                found.append(answer.json()["filtered"])
            for params in (
                {"filter": _json([[text, "=", "x"]])}, {"filter": _json([["campaign", text, "x"]])},
                {"sort": text},
            ):  # fmt: skip
                answer = await victim.client.get(f"{run}/rows", params=params)
                assert answer.status_code == 422, (params, answer.text)
            answer = await victim.client.post(
                f"{run}/pivot",
                json={"rows": [text], "columns": [], "measures": [
                    {"column": text, "aggregate": "count"}
                ]},
            )  # fmt: skip
            assert answer.status_code == 422, answer.text
        assert set(found) == {0}
        asked += 1
    assert asked >= 3


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def test_each_room_is_among_the_places(app: FastAPI, victim: Realm) -> None:
    """What came last is covered as what came first: nobody keeps a list of fields."""
    places: list[Place] = list(all_places(app.openapi(), victim, AMC))
    found = {(each.route, each.field) for each in places}
    for wanted in (
        ("make_collection", "name"), ("make_collection", "segments.from"),
        ("make_collection", "values.*"), ("change_board", "measures.0.column"),
        ("make_destination", "settings.folder"), ("make_destination", "settings.host"),
        ("set_alert", "condition.column"), ("set_alert", "channels.0.url"),
        ("save_amc_mapping", "brands.0.asins.0"), ("import_amc_asins", "file_name"),
        ("make_schedule", "kind.expression"), ("read_rows", "filter"), ("read_rows", "sort"),
        ("read_rows", "run_id"), ("list_deliveries", "cursor"), ("compare_runs", "keys"),
        ("ask_run", "values.x"), ("pivot_result", "measures.0.column"),
    ):  # fmt: skip
        assert wanted in found, sorted(field for route, field in found if route == wanted[0])
