"""Members and a record's timeline: by either way the same answer."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from tests.platform.tenancy.test_hot_applications import FastAPI, client_of, ordinary, site

__all__ = ["site"]


async def _both(site: FastAPI, paths: Sequence[str]) -> None:
    async with client_of(site, "owner") as client:
        hot = [await client.get(path) for path in paths]
        with ordinary(site):
            slow = [await client.get(path) for path in paths]
    for path, one, other in zip(paths, hot, slow, strict=True):
        assert one.status_code == other.status_code, path
        assert one.content == other.content, path
        left_out = {"x-request-id", "date", "ratelimit-remaining", "ratelimit-reset"}
        for answer in (one, other):
            for name in left_out:
                answer.headers.pop(name, None)
        assert dict(one.headers) == dict(other.headers), path


@pytest.mark.parametrize(
    "query", ["", "?limit=1", "?sort=-name&count=true", "?exact=true&count=true"]
)
async def test_members(site: FastAPI, query: str) -> None:
    await _both(site, [f"/api/v1/members{query}"])


async def test_a_timeline(site: FastAPI) -> None:
    async with client_of(site, "owner") as client:
        made = (await client.post("/api/v1/applications", json={"name": "n"})).json()
    path = f"/api/v1/events?aggregate_id={made['id']}"
    async with client_of(site, "owner") as client:
        assert len((await client.get(path)).json()["items"]) == 1
    await _both(site, [path, f"{path}&limit=1", f"/api/v1/events?aggregate_id={uuid4()}"])


async def test_who_may_not_see_members_or_a_timeline(site: FastAPI) -> None:
    async with client_of(site, "lesser") as client:
        for path in ("/api/v1/members", f"/api/v1/events?aggregate_id={uuid4()}"):
            assert (await client.get(path)).status_code == 403
