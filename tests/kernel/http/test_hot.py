"""A hot route is answered before the framework, and means the same."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.responses import Response

from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import requires
from metatron.kernel.http.hot import (
    FLAG_FORM,
    ID_FORM,
    LIMIT_FORM,
    HotRequest,
    hot,
    no_query,
    plain_json,
    plain_json_below,
    plain_query,
    plain_uuid,
    read_body,
)
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Key
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.gateway.limits import RateLimiter
from tests.doorkeeper import application, client_of
from tests.kernel.http.conftest import Note, writer

__all__ = ["writer"]
router = Router()


async def _answer(exchange: HotRequest) -> tuple[int, bytes]:
    if UUID(exchange.path_value).int == 0:
        raise NotFound
    return 200, b'{"by": "the hot way"}'


async def _take(exchange: HotRequest) -> tuple[int, bytes]:
    body = await exchange.body(Note)
    return 201, b'{"words": "%s"}' % body.words.encode()


@router.get("/things/{thing_id}")
@requires("notes:read", raises=(NotFound,))
@hot(_answer, when=plain_uuid)
async def read_thing(thing_id: UUID) -> Response:
    return Response(b'{"by": "the ordinary way"}', media_type="application/json")


@router.post("/things", status_code=201)
@requires("notes:write")
@hot(_take, when=plain_json)
async def add_thing(body: Note) -> dict[str, str]:
    return {"words": f"ordinary {body.words}"}


async def _part(exchange: HotRequest) -> tuple[int, bytes]:
    raw = await exchange.raw()
    keyed, body = exchange.keyed(raw), read_body(Note, raw)
    words = f"{exchange.path_value} {body.words} {keyed.key} {keyed.digest.hex()}"
    return 201, b'{"words": "%s"}' % words.encode()


@router.post("/things/{thing_id}/parts", status_code=201)
@requires("notes:write", idempotency="own")
@hot(_part, when=plain_json_below)
async def add_part(thing_id: UUID, body: Note, key: Key) -> dict[str, str]:
    return {"words": f"{thing_id} {body.words} {key.key} {key.digest.hex()}", "by": "ordinary"}


@pytest.fixture
def app(settings: Settings, database: Database, writer: object) -> FastAPI:
    app = application(settings, database, [Module("test", "Test", routers=(router,))])
    app.state.gate.known["writer"] = writer
    return app


async def test_the_hot_way_is_taken(app: FastAPI) -> None:
    thing = "/api/v1/things/" + str(UUID(int=7))
    async with client_of(app, "writer") as client:
        answer = await client.get(thing)
        assert (answer.status_code, answer.json()) == (200, {"by": "the hot way"})
        assert answer.headers["content-type"] == "application/json"
        assert "content-security-policy" in answer.headers
        added = await client.post("/api/v1/things", json={"words": "x"})
        assert (added.status_code, added.json()) == (201, {"words": "x"})
        keyed = await client.post(
            "/api/v1/things", json={"words": "x"}, headers={"Idempotency-Key": "k"}
        )
        assert keyed.json() == {"words": "ordinary x"}


async def test_limits_hold_on_the_hot_way(app: FastAPI) -> None:
    app.state.limiter = RateLimiter(Settings(rate_limits={"person": (2, 100)}))
    async with client_of(app, "writer") as client:
        answers = [await client.get("/api/v1/things/" + str(UUID(int=7))) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]


async def test_the_hot_way_refuses_alike(app: FastAPI) -> None:
    thing = "/api/v1/things/" + str(UUID(int=0))
    async with client_of(app, "writer") as client:
        answer = await client.get(thing)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await client.get("/api/v1/things/none")).status_code == 422
        wrong = await client.post("/api/v1/things", json={"words": 5})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "body.words")
        big = await client.post("/api/v1/things", content=b" " * 2_000_000)
        assert (big.status_code, big.json()["code"]) == (413, "body_too_large")
        assert (await client.delete(thing)).status_code == 405
    async with client_of(app) as client:
        assert (await client.get(thing)).status_code == 401


async def test_a_hot_route_that_keeps_its_own_answers_takes_keys(app: FastAPI) -> None:
    thing, key = UUID(int=7), {"Idempotency-Key": "one"}
    path, given = f"/api/v1/things/{thing}/parts", b'{"words": "x"}'
    json = {"Content-Type": "application/json"}
    async with client_of(app, "writer") as client:
        hot_way = await client.post(path, content=given, headers=json | key)
        spelled = json | {"Content-Type": "application/json; charset=latin-1"}
        ordinary = await client.post(path, content=given, headers=spelled | key)
        keyless = await client.post(path, content=given, headers=json)
        wrong = await client.post(path, content=given, headers=json | {"Idempotency-Key": "\x7f"})
        elsewhere = await client.post("/api/v1/things/none/parts", content=given, headers=key)
    assert "by" not in hot_way.json()
    assert ordinary.json()["by"] == "ordinary"
    # The same request has the same digest on both ways.
    assert hot_way.json()["words"] == ordinary.json()["words"]
    assert keyless.json()["code"] == "idempotency_key_required"
    assert wrong.json()["errors"][0]["code"] == "invalid_key"
    assert elsewhere.status_code == 422


TAKES = plain_query("of", of=ID_FORM, limit=LIMIT_FORM, count=FLAG_FORM)
_ID = str(UUID(int=7))


@pytest.mark.parametrize(
    ("query", "is_plain"),
    [
        (f"of={_ID}", True),
        (f"of={_ID}&limit=200", True),
        (f"limit=20&of={_ID}&count=true", True),
        ("", False),
        ("limit=20", False),
        (f"of={_ID}&of={_ID}", False),
        (f"of={_ID}&", False),
        (f"&of={_ID}", False),
        (f"of={_ID}&limit=0", False),
        (f"of={_ID}&limit=201", False),
        (f"of={_ID}&limit=2%30", False),
        (f"of={_ID}&count=1", False),
        (f"of={_ID}&count", False),
        (f"of={_ID}&other=1", False),
        (f"of={_ID};limit=3", False),
        (f"OF={_ID}", False),
        ("of=7", False),
        (f"of={_ID}\xff", False),
    ],
)
def test_which_queries_are_plain(query: str, *, is_plain: bool) -> None:
    assert bool(TAKES({"query_string": query.encode("latin-1")}, "")) is is_plain


def test_a_query_of_nothing_is_plain_where_nothing_is_needed() -> None:
    assert plain_query(limit=LIMIT_FORM)({"query_string": b""}, "")
    assert no_query({"query_string": b""}, "")
    assert not no_query({"query_string": b"a=1"}, "")
