"""Refusals of the edge: sizes, times, methods, JSON; headers on every answer."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.router import Placement, TenantRouter
from metatron.kernel.http.application import create_application
from metatron.kernel.http.edge import HEADERS
from metatron.kernel.settings import Settings
from metatron.processes import all_modules
from tests.doorkeeper import client_of
from tests.kernel.http.conftest import notes_of

MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "errors"}
METHODS = {"get", "post", "put", "patch", "delete"}


def is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert set(document) >= MEMBERS
    assert (document["status"], document["code"]) == (status, code)
    assert document["request_id"] == answer.headers["x-request-id"]
    for name in HEADERS:
        assert name in answer.headers, name
    assert answer.headers["cache-control"] == "no-store"


async def chunks(size: int, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


async def test_a_body_that_is_too_large(app: FastAPI, database: Database, writer: Context) -> None:
    async with client_of(app, "writer") as client:
        for key in ({}, {"Idempotency-Key": "big"}):
            answer = await client.post("/api/v1/notes", content=b"x" * 2_001, headers=key)
            is_problem(answer, 413, "body_too_large")
            chunked = await client.post("/api/v1/notes", content=chunks(100, 1_000), headers=key)
            assert "content-length" not in chunked.request.headers
            is_problem(chunked, 413, "body_too_large")
        lying = await client.post(
            "/api/v1/notes", content=chunks(100, 1_000), headers={"content-length": "10"}
        )
        assert lying.status_code in {400, 413, 422}
        is_problem(await client.post("/api/v1/small", content=b" " * 101), 413, "body_too_large")
        assert (await client.post("/api/v1/small", json={"words": "x"})).status_code == 200
    assert await notes_of(database, writer) == []


async def test_an_answer_that_takes_too_long(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        is_problem(await client.get("/api/v1/slow?seconds=30"), 504, "timeout")
        quick = await client.get("/api/v1/slow?seconds=0")
        assert quick.status_code == 200


async def test_a_write_that_takes_too_long_rolls_back(
    app: FastAPI, database: Database, writer: Context
) -> None:
    async with client_of(app, "writer") as client:
        answer = await client.post("/api/v1/notes", json={"words": "late", "seconds": 30})
        is_problem(answer, 504, "timeout")
    assert await notes_of(database, writer) == []


async def test_what_is_not_there(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        is_problem(await client.get("/api/v1/nowhere"), 404, "not_found")
        slashed = await client.get("/api/v1/notes/")
        is_problem(slashed, 404, "not_found")
        assert slashed.json()["detail"] == "No address of the API ends in a slash: leave it out."
        answer = await client.delete("/api/v1/notes")
        is_problem(answer, 405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}
        is_problem(await client.request("BREW", "/api/v1/notes"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"", b"null", b"[]", b'{"words": 1}', b'{"words": "x", }', b"\xff\xfe", b'"text"',
        b'{"words": "' + b"x" * 201 + b'"}', b"{" * 1_500, b'{"words": NaN}',
    ],
)  # fmt: skip
async def test_json_that_cannot_be_used(app: FastAPI, body: bytes) -> None:
    async with client_of(app, "writer") as client:
        headers = {"content-type": "application/json"}
        answer = await client.post("/api/v1/notes", content=body, headers=headers)
        assert answer.status_code in {400, 422}, answer.text
        is_problem(answer, answer.status_code, answer.json()["code"])
        assert b"Traceback" not in answer.content


async def test_a_field_error_names_its_place_and_keeps_the_input(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        answer = await client.post("/api/v1/notes", json={"words": 41_999})
        is_problem(answer, 422, "invalid_input")
        (found,) = answer.json()["errors"]
        assert found["field"] == "body.words"
        assert "41999" not in answer.text


async def test_characters_the_database_cannot_hold(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        answer = await client.post("/api/v1/notes", json={"words": "nul \x00"})
        is_problem(answer, 422, "invalid_input")
        [told] = answer.json()["errors"]
        assert (told["field"], told["code"]) == ("body.words", "not_text")
        surrogate = b'{"words": "\\ud800"}'
        headers = {"content-type": "application/json"}
        answer = await client.post("/api/v1/notes", content=surrogate, headers=headers)
        is_problem(answer, 422, "invalid_input")
        assert answer.json()["errors"][0]["field"] == "body.words"
        pair = b'{"words": "\\ud83e\\udd86 \\\\u0000"}'
        answer = await client.post("/api/v1/notes", content=pair, headers=headers)
        assert answer.is_success, answer.text


async def test_a_bug_is_answered_without_its_cause(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        answer = await client.post("/api/v1/breaks")
        is_problem(answer, 500, "internal_error")
        assert b"secret" not in answer.content
        assert b"Zero" not in answer.content


async def test_who_may_not(app: FastAPI) -> None:
    async with client_of(app) as client:
        is_problem(await client.post("/api/v1/notes", json={"words": "x"}), 401, "unauthenticated")


async def test_request_ids(app: FastAPI) -> None:
    async with client_of(app) as client:
        mine = await client.get("/api/v1/slow?seconds=0", headers={"x-request-id": "abc-12345"})
        assert mine.headers["x-request-id"] == "abc-12345"
        for bad in ("short", "x" * 65, "has space", "new\x0bline", "<script>alert</script>"):
            answer = await client.get("/api/v1/slow?seconds=0", headers={"x-request-id": bad})
            assert answer.headers["x-request-id"] != bad


async def test_headers_of_security(app: FastAPI, settings: Settings, database: Database) -> None:
    async with client_of(app) as client:
        answer = await client.get("/api/v1/slow?seconds=0")
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert (
            "unsafe-inline" not in answer.headers["content-security-policy"].split("style-src")[0]
        )
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers
        # Whatever says nothing else is for nobody to keep, below /api/ or not.
        for path in ("/api/v1/slow?seconds=0", "/health/detailed", "/.well-known/nothing"):
            assert (await client.get(path)).headers["cache-control"] == "no-store"
    secure = settings.model_copy(update={"public_url": "https://metatron.test"})
    async with client_of(create_application(secure, [])) as client:
        answer = await client.get("/nowhere")
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_cors_knows_its_origins(settings: Settings) -> None:
    named = settings.model_copy(update={"cors_origins": ("https://shop.test",)})
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}
    async with client_of(create_application(named, [])) as client:
        good = await client.options("/api/v1/x", headers={"origin": "https://shop.test", **asked})
        assert good.headers["access-control-allow-origin"] == "https://shop.test"
        bad = await client.options("/api/v1/x", headers={"origin": "https://evil.test", **asked})
        assert "access-control-allow-origin" not in bad.headers
        assert bad.status_code == 400
    async with client_of(create_application(settings, [])) as client:
        none = await client.get("/api/v1/x", headers={"origin": "https://shop.test"})
        assert "access-control-allow-origin" not in none.headers


async def test_cors_lets_a_named_origin_do_what_the_document_offers(settings: Settings) -> None:
    """Each method and header of the document, each header an answer carries."""
    named = settings.model_copy(update={"cors_origins": ("https://shop.test",)})
    application = create_application(named, all_modules())
    paths = application.openapi()["paths"]
    first = {
        method.upper(): path for path, item in paths.items() for method in item if method in METHODS
    }
    assert set(first) >= {"GET", "POST", "PUT", "PATCH", "DELETE"}
    headers = {
        parameter["name"].lower()
        for item in paths.values()
        for method, operation in item.items()
        if method in METHODS
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    } | {"if-none-match", "last-event-id", "x-admin-key", "authorization", "x-api-key"}
    async with client_of(application) as client:
        for method, path in first.items():
            asked = {
                "origin": "https://shop.test",
                "access-control-request-method": method,
                "access-control-request-headers": ",".join(sorted(headers)),
            }
            answer = await client.options(path, headers=asked)
            assert answer.status_code == 200, (method, path, answer.text)
            assert method in answer.headers["access-control-allow-methods"]
        told = await client.get("/api/v1/x", headers={"origin": "https://shop.test"})
    exposed = set(told.headers["access-control-expose-headers"].lower().split(", "))
    assert exposed >= {
        "etag", "retry-after", "x-request-id", "location", "idempotent-replayed", "deprecation",
        "sunset", "link", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset",
        "ratelimit-policy", "content-disposition",
    }  # fmt: skip


async def test_pages(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        ids = [
            (await client.post("/api/v1/notes", json={"words": str(n)})).headers["location"]
            for n in range(5)
        ]
        assert len(set(ids)) == 5
        seen: list[str] = []
        cursor: str | None = None
        while True:
            query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/api/v1/notes", params=query)).json()
            seen += [item["words"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == ["0", "1", "2", "3", "4"]
        for wrong in ("%%%", "e30", "WzFd", "WyJ4Il0x", "WyJub3QgYSB1dWlkIl0", "a" * 5_000):
            answer = await client.get("/api/v1/notes", params={"cursor": wrong})
            is_problem(answer, 422, "invalid_input")


async def test_the_database_away_is_503_with_a_time_to_come_back(
    app: FastAPI, settings: Settings
) -> None:
    gone = "postgresql://metatron_app:x@127.0.0.1:1/none"
    home = await Placement.open(gone, sessions=2, direct=2)

    class Gone:
        router = TenantRouter(home)

        session, direct = Database.session, Database.direct

    app.state.database = Gone()
    async with client_of(app, "writer") as client:
        answers = await asyncio.gather(
            client.post("/api/v1/notes", json={"words": "x"}), client.get("/api/v1/notes")
        )
        for answer in answers:
            is_problem(answer, 503, "database_unavailable")
            assert int(answer.headers["retry-after"]) > 0
    await home.close()
