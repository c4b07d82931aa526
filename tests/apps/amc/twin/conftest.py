"""A local AMC of each test's own, and somebody signed in to it."""

import functools
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from metatron.apps.amc.twin.app import at_work, create_app
from metatron.apps.amc.twin.engine import Job, Result, RunFailed
from metatron.apps.amc.twin.settings import TwinSettings

BASE = "http://amc.test"
BACK = "http://app.test/back"
SCOPE = "advertising::campaign_management"
REPORTING = "/amc/reporting/amclocal0001"


class Idle:
    """An engine that runs nothing: these tests are about what is said before and after a run."""

    def run(self, job: Job) -> Result:
        raise RunFailed(f"not run: {job.sql}")

    def sources(self, sql: str) -> frozenset[str]:
        return frozenset({"dsp_impressions"}) if "dsp_impressions" in sql else frozenset()


@dataclass
class Visitor:
    """One client of the local AMC."""

    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)
    client_id: str = "cid"
    secret: str = "secret"
    chaos_key: str = "key"
    profile_id: int = zlib.crc32(b"ENTITY1LOCALUS")

    async def code(self, user: str = "amzn1.account.ANNA", **more: str) -> dict[str, str]:
        """What comes back to the client's address after consent."""
        query = {
            "client_id": self.client_id, "scope": SCOPE, "response_type": "code",
            "redirect_uri": BACK, **more,
        }  # fmt: skip
        answer = await self.http.post("/ap/oa", params=query, data={"user_id": user})
        assert answer.status_code == 302, answer.text
        told = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in told.items()}

    async def token(self, **form: str) -> httpx.Response:
        known = {
            "client_id": self.client_id, "client_secret": self.secret, "redirect_uri": BACK,
        }  # fmt: skip
        return await self.http.post("/auth/o2/token", data=known | form)

    async def sign_in(self, account: str = "ENTITY1LOCALUS") -> dict[str, Any]:
        code = (await self.code())["code"]
        answer = (await self.token(grant_type="authorization_code", code=code)).json()
        market = {"ENTITY1LOCALUS": "ATVPDKIKX0DER", "ENTITY2LOCALDE": "A1PA6795UKMFR9"}
        self.headers = {
            "Authorization": f"Bearer {answer['access_token']}",
            "Amazon-Advertising-API-ClientId": self.client_id,
            "Amazon-Advertising-API-AdvertiserId": account,
            "Amazon-Advertising-API-MarketplaceId": market[account],
        }
        return dict(answer)

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = self.headers | more.pop("headers", {})
        return await self.http.request(method, path, headers=headers, **more)

    async def chaos(self, *rules: dict[str, Any], **more: Any) -> None:
        answer = await self.http.put(
            "/chaos", json={"rules": list(rules), **more}, headers={"x-chaos-key": self.chaos_key}
        )
        assert answer.status_code == 200, answer.text


@functools.cache
def composed() -> FastAPI:
    """The routes, looked through once for all tests; the books are each test's own."""
    return create_app(TwinSettings(Path("/nowhere"), BASE, "key", "link"), Idle())


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    settings = TwinSettings(
        tmp_path, BASE, chaos_key="key", link_secret="link", client_id="cid",
        client_secret="secret", redirect_uris=(BACK,),
    )  # fmt: skip
    app = composed()
    async with (
        at_work(app, settings, Idle()),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client,
    ):
        yield Visitor(client)


@pytest.fixture
async def signed_in(visitor: Visitor) -> Visitor:
    await visitor.sign_in()
    return visitor
