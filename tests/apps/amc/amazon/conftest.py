"""Clients of a real local AMC, with a token of their own."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from metatron.apps.amc.amazon.client import AmcClient, Scope
from metatron.apps.amc.amazon.identifiers import AmcAccountId, AmcInstanceId
from metatron.apps.amc.amazon.login import Login, Tokens, new_proof
from metatron.apps.amc.amazon.pacing import TokenBucket
from metatron.apps.amc.amazon.places import stand_in
from metatron.apps.amc.amazon.wire import Patience, Wire, open_http
from tests.support.amazon import BACK, CLIENT_ID, SECRET, LocalAmc, local_amc

SCOPE = Scope(AmcAccountId("ENTITY1LOCALUS"), "ATVPDKIKX0DER", AmcInstanceId("amclocal0001"))


@pytest.fixture(scope="session")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAmc]:
    with local_amc(tmp_path_factory.mktemp("local-amc")) as running:
        yield running


@dataclass
class Holder:
    """A token that can be renewed, and how often it was."""

    login: Login
    tokens: Tokens
    renewals: int = 0

    async def token(self) -> str:
        return self.tokens.access

    async def renewed(self, refused: str) -> str:
        assert refused == self.tokens.access
        self.renewals += 1
        self.tokens = await self.login.refresh(self.tokens.refresh)
        return self.tokens.access


@dataclass
class Caller:
    """Somebody signed in, with what they sent and how long they waited."""

    amazon: LocalAmc
    http: httpx.AsyncClient
    holder: Holder
    sent: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def client(
        self,
        base: str | None = None,
        *,
        seconds: float = 1_000.0,
        bucket: TokenBucket | None = None,
    ) -> AmcClient:
        """A client that notes its waits instead of waiting."""

        async def sleep(wait_seconds: float) -> None:
            self.slept.append(wait_seconds)

        wire = Wire(
            self.http, base or self.amazon.url, CLIENT_ID, self.holder, bucket or TokenBucket(),
            patience=Patience(seconds, sleep),
        )  # fmt: skip
        return AmcClient(wire, SCOPE)


@pytest.fixture
async def caller(amazon: LocalAmc) -> AsyncIterator[Caller]:
    amazon.chaos(clock_offset_seconds=0)
    http = open_http(timeout_seconds=10)
    login, proof = Login(http, stand_in(amazon.url), CLIENT_ID, SECRET), new_proof()
    url = login.consent_url(redirect_uri=BACK, state="s", challenge=proof.challenge)
    code = (await amazon.consent(url))["code"]
    tokens = await login.exchange(code, redirect_uri=BACK, proof=proof)
    made = Caller(amazon, http, Holder(login, tokens))

    async def note(request: httpx.Request) -> None:
        made.sent.append(f"{request.method} {request.url.path}")

    http.event_hooks["request"].append(note)
    yield made
    amazon.chaos(clock_offset_seconds=0)
    await http.aclose()
