"""Calls of one service to another: a token of 60 seconds, time limits, safe repeats, a breaker."""

import asyncio
import math
import random
import time
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from metatron.kernel.errors import Busy, DomainError, FieldError, InvalidInput
from metatron.kernel.http.breaker import Breaker
from metatron.kernel.http.trust import authorities
from metatron.kernel.telemetry.trace_parent import current_trace

CALL_SECONDS = 30.0
CONNECT_SECONDS = 2.0
MOST_TRIES = 3
TOKEN_KEPT_SECONDS = 40.0
"""Of the 60 a token holds: what is left is for the call and for clocks that differ."""
_AWAY = frozenset({502, 503, 504})


class ServiceUnavailable(Busy):
    """Another of our services does not answer, or refuses us."""

    code = "service_unavailable"
    title = "A part of the platform cannot be reached just now"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a service buys its tokens with."""

    client_id: str
    client_secret: str


class Peer:
    """The other service: `name` is the audience of our tokens for it.

    Calls to it never go on longer than `seconds`, repeats included.
    """

    def __init__(
        self,
        name: str,
        url: str,
        credential: Credential,
        *,
        seconds: float = CALL_SECONDS,
        breaker: Breaker | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet. Tokens are bought at the service itself: it is `auth`."""
        self._name, self._credential, self._seconds = name, credential, seconds
        self._breaker = breaker or Breaker()
        self._client = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/api/v1",
            timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
            verify=authorities(),
            transport=transport,
        )
        self._token, self._token_until = "", 0.0
        self._buying = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, path: str, body: dict[str, Any], *, repeatable: bool) -> Any:
        """Call `path` and return its answer, read from JSON.

        Without `repeatable` a call is made anew only when no connection was had: what may have
        arrived is not sent twice.

        Raises:
            ServiceUnavailable: no answer in time, or the breaker is open.
            DomainError: what the other side refused, with its status, code and fields.
        """
        left = self._breaker.refused_for()
        if left:
            raise ServiceUnavailable(retry_after_seconds=math.ceil(left))
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._tried(path, body, repeatable=repeatable)
        except (TimeoutError, httpx.HTTPError) as error:
            self._breaker.failed()
            raise ServiceUnavailable from error
        except BaseException:
            self._breaker.given_up()
            raise
        if answer.status_code in _AWAY:
            self._breaker.failed()
            raise ServiceUnavailable
        self._breaker.succeeded()
        if answer.is_success:
            return orjson.loads(answer.content or b"null")
        raise _refusal(answer)

    async def _tried(self, path: str, body: dict[str, Any], *, repeatable: bool) -> httpx.Response:
        for turn in range(1, MOST_TRIES + 1):
            try:
                answer = await self._once(path, body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if turn == MOST_TRIES:
                    raise
            except httpx.TransportError:
                if turn == MOST_TRIES or not repeatable:
                    raise
            else:
                if answer.status_code not in _AWAY or turn == MOST_TRIES or not repeatable:
                    return answer
            await asyncio.sleep(random.uniform(0.5, 1.0) * 0.2 * 2**turn)  # noqa: S311
        raise AssertionError("the last turn returns or raises")

    async def _once(self, path: str, body: dict[str, Any]) -> httpx.Response:
        answer = await self._sent(path, body)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            # The keys may have been rotated: one fresh token tells.
            self._token_until = 0.0
            answer = await self._sent(path, body)
        return answer

    async def _sent(self, path: str, body: dict[str, Any]) -> httpx.Response:
        token = await self._bearer()
        headers = {"authorization": f"Bearer {token}"}
        if trace := current_trace():
            headers["traceparent"] = trace
        return await self._client.post(path, json=body, headers=headers)

    async def _bearer(self) -> str:
        async with self._buying:
            if time.monotonic() >= self._token_until:
                asked = time.monotonic()
                answer = await self._client.post(
                    "/auth/service-token",
                    json={
                        "client_id": self._credential.client_id,
                        "client_secret": self._credential.client_secret,
                        "audience": self._name,
                    },
                )
                answer.raise_for_status()
                self._token = str(orjson.loads(answer.content)["access_token"])
                self._token_until = asked + TOKEN_KEPT_SECONDS
            return self._token


def _refusal(answer: httpx.Response) -> DomainError:
    """Return the other side's refusal: a wrong input is the caller's, the rest is between us."""
    if answer.status_code == InvalidInput.status:
        try:
            told = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            return ServiceUnavailable()
        fields = tuple(
            FieldError(str(each["field"]), str(each["code"]), str(each["hint"]))
            for each in told.get("errors", ())
        )
        return InvalidInput(str(told.get("detail", "")), errors=fields)
    return ServiceUnavailable(f"The service answered {answer.status_code}.")
