"""A parameter that no route reads is named in the answer, beside the nearest there is."""

import pytest
from fastapi import FastAPI

from metatron.kernel.http.application import create_application
from metatron.kernel.http.routing import Route
from metatron.kernel.http.unread import HEADER, parameters_of, unread
from metatron.kernel.settings import Settings
from metatron.processes import all_modules
from tests.doorkeeper import client_of

KNOWN = frozenset({"account_id", "limit", "cursor", "q"})


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (b"limit=5&account_id=7&q=", None),
        (b"acount_id=7&limit=5", "acount_id (account_id?)"),
        (b"colour=red&colour=blue", "colour"),
        (b"x%0d%0aset-cookie=1", None),
        (b"%C3%A4=1&\xff=2", None),
        (b"&".join(b"zz%d=1" % number for number in range(9)), "zz0, zz1, zz2, zz3, zz4"),
        (b"a" * 61 + b"=1", None),
    ],
)
def test_what_is_not_read_is_named(query: bytes, told: str | None) -> None:
    assert unread(query, KNOWN) == told


def test_every_declared_parameter_is_read() -> None:
    """Also those that a dependency gathers, under the names that the document gives them."""
    app = create_application(Settings(), all_modules())
    paths = app.openapi()["paths"]
    seen = 0
    for route in app.routes:
        if not isinstance(route, Route) or not route.include_in_schema:
            continue
        for method in route.methods:
            declared = paths[route.path][method.lower()].get("parameters", [])
            names = {each["name"] for each in declared if each["in"] == "query"}
            assert names == parameters_of(route.dependant), (method, route.path)
            seen += bool(names)
    assert seen > 50


async def test_an_answer_says_so(app: FastAPI) -> None:
    async with client_of(app, "writer") as client:
        answer = await client.get("/api/v1/notes", params={"limt": 5, "limit": 1})
        assert (answer.status_code, answer.headers[HEADER]) == (200, "limt (limit?)")
        assert HEADER not in (await client.get("/api/v1/notes", params={"limit": 1})).headers
        written = await client.post("/api/v1/notes?dry_run=1", json={"words": "kept"})
        assert (written.status_code, written.headers[HEADER]) == (201, "dry_run")
