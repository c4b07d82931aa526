"""A client that insists: it asks until it is answered, always with the same idempotency key."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import orjson

from bench.night.book import Book
from metatron.kernel.ids import new_id

PATIENCE_SECONDS = 150.0
CALL_SECONDS = 8.0
ASK_TWICE = 0.15
"""Part of the successes that are asked for once more: the answer must be the same."""
_AGAIN = {429, 503, 504}


class Refused(Exception):
    """An answer that no repeat will change: its status and code."""

    def __init__(self, status: int, code: str, what: str) -> None:
        """Keep both."""
        super().__init__(f"{what} answered {status} {code}")
        self.status, self.code = status, code


class NeverAnswered(Exception):
    """Nobody answered for as long as this client waits."""


class Client:
    """One person, and the list of the statuses they were given."""

    def __init__(
        self,
        book: Book,
        base_url: str,
        enter: Callable[[httpx.AsyncClient, str], Awaitable[str]],
        chance: random.Random,
        *,
        tenant_id: str = "",
    ) -> None:
        """Take how to sign in: `enter` returns an access token for the organisation, if any."""
        self._book, self._enter, self._chance = book, enter, chance
        self._tenant_id = tenant_id
        self._http = httpx.AsyncClient(
            base_url=base_url, timeout=CALL_SECONDS, trust_env=False,
            headers={"x-metatron-csrf": "1"},
        )  # fmt: skip
        self._signed_in = False
        self._entrance = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    @property
    def authorization(self) -> str:
        """Return the header of whoever is signed in."""
        return self._http.headers["authorization"]

    async def renew(self) -> None:
        """Sign in anew."""
        self._signed_in = False
        await self.get("/auth/me")

    def switch(self, tenant_id: str) -> None:
        """Work for another organisation from now on."""
        self._tenant_id, self._signed_in = tenant_id, False

    async def get(self, path: str) -> Any:
        """Read."""
        return orjson.loads(await self._insist("GET", path, None, {}))

    async def post(
        self, path: str, body: dict[str, Any], *, method: str = "POST", kept: bool = True
    ) -> Any:
        """Write once, whatever happens to the answers; now and then asks for the answer again.

        Not where the answer is not `kept`: what is good once is refused the second time.

        Raises:
            Refused: it is not allowed, or not possible.
            NeverAnswered: no answer came in time.
        """
        headers = {"idempotency-key": str(new_id())}
        answer = await self._insist(method, path, body, headers)
        if kept and self._chance.random() < ASK_TWICE:
            again = await self._insist(method, path, body, headers)
            self._book.repeats += 1
            if again != answer:
                self._book.finds(f"doubled: {method} {path} was answered in two ways")
        return orjson.loads(answer)

    async def _insist(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> bytes:
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_SECONDS
        while loop.time() < end:
            try:
                if not self._signed_in:
                    await self._sign_in()
                answer = await self._http.request(
                    method, f"/api/v1{path}", json=body, headers=headers
                )
            except (httpx.HTTPError, OSError) as error:
                self._book.statuses[type(error).__name__] += 1
                await asyncio.sleep(self._chance.uniform(0.05, 0.3))
                continue
            self._book.statuses[str(answer.status_code)] += 1
            if answer.is_success:
                return answer.content
            if not self._may_ask_again(answer, f"{method} {path}"):
                raise Refused(answer.status_code, _code_of(answer), f"{method} {path}")
            await asyncio.sleep(self._chance.uniform(0.1, 0.4))
        raise NeverAnswered(f"{method} {path}: no answer in {PATIENCE_SECONDS:.0f} s")

    def _may_ask_again(self, answer: httpx.Response, what: str) -> bool:
        if answer.status_code == 401:
            self._signed_in = False
            return True
        if answer.status_code == 500:
            self._book.finds(f"an internal error: {what}: {answer.text[:300]}")
            return True
        in_flight = answer.status_code == 409 and _code_of(answer) == "idempotency_in_flight"
        return in_flight or answer.status_code in _AGAIN

    async def _sign_in(self) -> None:
        async with self._entrance:
            if self._signed_in:
                return
            token = await self._enter(self._http, self._tenant_id)
            self._http.headers["authorization"] = f"Bearer {token}"
            self._signed_in = True


def _code_of(answer: httpx.Response) -> str:
    try:
        return str(orjson.loads(answer.content).get("code", ""))
    except orjson.JSONDecodeError:
        return answer.text[:80]
