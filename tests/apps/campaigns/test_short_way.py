"""The first page of campaigns and one campaign answer alike by the short and the ordinary way."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.http.application import Application
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.support.people import Door, new_email, running


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


async def test_both_ways_answer_alike(app: FastAPI, settings: Settings, database: Database) -> None:
    assert isinstance(app, Application)
    door = Door(app, settings, database)
    tenant = await door.organisation()
    organiser = await door.signed_in(new_email("organiser"), tenant.id, ("organiser",))
    finance = await door.signed_in(new_email("finance"), tenant.id, ("finance",))
    ids = []
    for number in range(3):
        made = await organiser.post("/campaigns", json={"title": f"Number {number}"})
        assert made.status_code == 201
        ids.append(made.json()["id"])
    paths = [
        "/campaigns", "/campaigns?limit=2", "/campaigns?limit=50", "/campaigns?limit=201",
        f"/campaigns/{ids[0]}", f"/campaigns/{new_id()}", "/campaigns/transition-table",
        "/campaigns/nothing",
    ]  # fmt: skip
    kept, answers = app.hot, []
    assert kept is not None
    taken = [kept.find(_scope(path)) is not None for path in paths]
    assert taken == [True, True, True, False, True, True, False, False]
    try:
        for way in (kept, None):
            app.hot = way
            answers.append(
                [
                    _compared(await client.get(path))
                    for client in (organiser, finance)
                    for path in paths
                ]
            )
    finally:
        app.hot = kept
    assert answers[0] == answers[1]
    statuses = [status for status, _, _ in answers[0][: len(paths)]]
    assert statuses == [200, 200, 200, 422, 200, 404, 200, 422]
    assert answers[0][4][2]["etag"] == '"1"'
    await door.close()


def _scope(path: str) -> dict[str, object]:
    path, _, query = path.partition("?")
    return {
        "type": "http", "method": "GET", "path": f"/api/v1{path}", "headers": [],
        "query_string": query.encode(),
    }  # fmt: skip


def _compared(answer: httpx.Response) -> tuple[int, object, dict[str, str]]:
    body = answer.json()
    if answer.status_code >= 400:
        body.pop("request_id")
    left_out = {"x-request-id", "content-length", "ratelimit-remaining", "ratelimit-reset"}
    headers = {name: value for name, value in answer.headers.items() if name not in left_out}
    return answer.status_code, body, headers
