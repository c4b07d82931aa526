"""Calls between services: what is repeated, what is not, and when nobody is asked any more."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.breaker import Breaker
from metatron.kernel.http.peers import MOST_TRIES, Credential, Peer, ServiceUnavailable

Answer = Callable[[httpx.Request], httpx.Response]
TOKEN = "/api/v1/auth/service-token"


class OtherSide(httpx.AsyncBaseTransport):
    """A service on the wire, as far as the client can tell."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.tokens = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if request.url.path == TOKEN:
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"token-{self.tokens}"})
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)


def _says(status: int, **body: Any) -> Answer:
    return lambda _request: httpx.Response(status, json=body)


def _fails(kind: type[httpx.TransportError]) -> Answer:
    def fail(request: httpx.Request) -> httpx.Response:
        raise kind("gone", request=request)

    return fail


def _peer(other: OtherSide, **options: Any) -> Peer:
    credential = Credential("id", "secret")
    return Peer("auth", "http://auth.test", credential, transport=other, **options)


async def test_a_call_carries_a_token_and_the_token_is_used_again() -> None:
    other = OtherSide(_says(200, user_id="1"))
    peer = _peer(other)
    for _ in range(2):
        assert await peer.post("/auth/services/people", {}, repeatable=True) == {"user_id": "1"}
    assert other.tokens == 1
    assert {request.headers["authorization"] for request in other.asked} == {"Bearer token-1"}
    await peer.close()


async def test_a_token_that_no_longer_holds_is_replaced_once() -> None:
    other = OtherSide(_says(401), _says(200))
    await _peer(other).post("/x", {}, repeatable=False)
    assert [request.headers["authorization"] for request in other.asked] == [
        "Bearer token-1", "Bearer token-2",
    ]  # fmt: skip
    refusing = OtherSide(_says(401))
    with pytest.raises(ServiceUnavailable):
        await _peer(refusing).post("/x", {}, repeatable=True)
    assert len(refusing.asked) == 2


@pytest.mark.parametrize("away", [_says(503), _fails(httpx.ReadError), _fails(httpx.ReadTimeout)])
async def test_only_what_may_be_repeated_is_sent_again(away: Answer) -> None:
    repeated = OtherSide(away, _says(200, done=True))
    assert await _peer(repeated).post("/x", {}, repeatable=True) == {"done": True}
    once = OtherSide(away, _says(200, done=True))
    with pytest.raises(ServiceUnavailable):
        await _peer(once).post("/x", {}, repeatable=False)
    assert len(once.asked) == 1


async def test_without_a_connection_nothing_was_sent_and_all_is_tried_again() -> None:
    other = OtherSide(_fails(httpx.ConnectError), _says(200, done=True))
    assert await _peer(other).post("/x", {}, repeatable=False) == {"done": True}
    nobody = OtherSide(_fails(httpx.ConnectError))
    with pytest.raises(ServiceUnavailable):
        await _peer(nobody).post("/x", {}, repeatable=False)
    assert len(nobody.asked) == MOST_TRIES


async def test_a_wrong_input_is_the_callers_own_and_no_failure() -> None:
    fault = {"field": "body.email", "code": "invalid", "hint": "Give an address."}
    other = OtherSide(_says(422, detail="Not an address.", errors=[fault]))
    breaker = Breaker(most_failures=1)
    with pytest.raises(InvalidInput) as refused:
        await _peer(other, breaker=breaker).post("/x", {}, repeatable=True)
    assert refused.value.errors[0].field == "body.email"
    assert breaker.refused_for() == 0


async def test_a_call_ends_in_time() -> None:
    class Silent(OtherSide):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(60)
            return await super().handle_async_request(request)

    breaker = Breaker(most_failures=1)
    with pytest.raises(ServiceUnavailable):
        await _peer(Silent(_says(200)), seconds=0.05, breaker=breaker).post(
            "/x", {}, repeatable=True
        )
    assert breaker.refused_for() > 0


async def test_an_open_breaker_asks_nobody() -> None:
    other = OtherSide(_fails(httpx.ReadError))
    peer = _peer(other, breaker=Breaker(most_failures=2))
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            await peer.post("/x", {}, repeatable=False)
    with pytest.raises(ServiceUnavailable) as refused:
        await peer.post("/x", {}, repeatable=False)
    assert len(other.asked) == 2
    assert int(refused.value.headers["Retry-After"]) > 0


def test_a_breaker_lets_one_call_try_after_its_rest() -> None:
    clock = [0.0]
    breaker = Breaker(most_failures=2, rest_seconds=10, clock=lambda: clock[0])
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.refused_for() == 0, "failures count in a row only"
    breaker.failed()
    assert breaker.refused_for() == 10
    clock[0] = 11.0
    assert breaker.refused_for() == 0
    assert breaker.refused_for() > 0, "one tries, the others wait"
    breaker.failed()
    assert breaker.refused_for() == 10
    clock[0] = 22.0
    assert breaker.refused_for() == 0
    breaker.given_up()
    assert breaker.refused_for() == 0, "who gave up leaves the try to another"
    breaker.succeeded()
    assert breaker.refused_for() == 0
    assert breaker.refused_for() == 0
