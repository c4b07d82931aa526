"""One call to Amazon: paced, retried where that is safe, renewed once when the token has ended."""

import asyncio
import email.utils
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import orjson
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception
from tenacity.stop import stop_after_attempt, stop_before_delay

from metatron.apps.amc.amazon.errors import (
    AmazonForbade,
    AmazonRefused,
    AmazonUnavailable,
    AnswerUnreadable,
    LostAnswer,
    NotAtAmazon,
    Throttled,
    TokenRefused,
)
from metatron.apps.amc.amazon.pacing import TokenBucket
from metatron.kernel.clock import utc_now
from metatron.kernel.http.trust import authorities

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
MOST_ATTEMPTS = 6
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.5, 30.0
LONGEST_RETRY_AFTER_SECONDS = 3_600.0
LONGEST_DETAILS = 2_000


class Bearer(Protocol):
    """Where a call's access token comes from."""

    async def token(self) -> str:
        """Return the token as it is now."""

    async def renewed(self, refused: str) -> str:
        """Return another one than `refused`, which Amazon does not take any more."""


@dataclass(frozen=True, slots=True)
class AccountHeaders:
    """The AMC account in whose name a call is made."""

    account_id: str
    marketplace_id: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may wait for its turn and for better times, all in all."""

    seconds: float = 20.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def open_http(*, timeout_seconds: float = 30.0) -> httpx.AsyncClient:
    """Return the HTTP client of this process; it and what is below it log no addresses."""
    # They would write whole links, whose signatures let anybody read a result.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        timeout=timeout_seconds, trust_env=False, follow_redirects=False, verify=authorities()
    )


class Wire:
    """Calls to one address under one token."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base: str,
        client_id: str,
        bearer: Bearer,
        bucket: TokenBucket,
        *,
        patience: Patience | None = None,
    ) -> None:
        """Prepare; `base` is the API's address without a trailing slash."""
        self.http = http
        self._base, self._client_id = base, client_id
        self._bearer, self._bucket = bearer, bucket
        self._patience = patience or Patience()

    async def call(
        self,
        method: str,
        path: str,
        *,
        account: AccountHeaders | None = None,
        profile_id: str | None = None,
        media: str = "application/json",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        repeatable: bool = True,
    ) -> dict[str, Any]:
        """Return the answer's document; what comes as an array stands under `items`.

        `profile_id` names whom the Ads API is asked about, `media` what it speaks there.
        Without `repeatable` nothing is sent twice of which Amazon may have seen the first.

        Raises:
            AmazonRefused: and its kinds, 4xx.
            Throttled: the wait would be longer than the caller's patience.
            AmazonUnavailable: no answer in as many attempts as there are.
            LostAnswer: not repeatable, and what became of it is not known.
        """
        headers = {"Amazon-Advertising-API-ClientId": self._client_id, "Accept": media}
        if account is not None:
            headers["Amazon-Advertising-API-AdvertiserId"] = account.account_id
            headers["Amazon-Advertising-API-MarketplaceId"] = account.marketplace_id
        if profile_id is not None:
            headers["Amazon-Advertising-API-Scope"] = profile_id
        content = None
        if body is not None:
            headers["Content-Type"] = media
            content = orjson.dumps(body)
        request = _Request(method, f"{self._base}{path}", headers, dict(query or {}), content)
        ends_at = asyncio.get_running_loop().time() + self._patience.seconds
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: _worth_another(error, repeatable=repeatable)),
            wait=_wait_seconds,
            stop=stop_after_attempt(MOST_ATTEMPTS) | stop_before_delay(self._patience.seconds),
            sleep=self._patience.sleep,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._once(request, ends_at)
        except (AmazonUnavailable, AnswerUnreadable) as error:
            if not repeatable and getattr(error, "was_sent", True):
                raise LostAnswer(str(error)) from None
            raise
        raise AssertionError("retrying ends with an answer or an error")

    async def _once(self, request: "_Request", ends_at: float) -> dict[str, Any]:
        pause = self._bucket.take()
        if asyncio.get_running_loop().time() + pause > ends_at:
            self._bucket.give_back()
            raise Throttled(pause)
        if pause > 0:
            await self._patience.sleep(pause)
        token = await self._bearer.token()
        answer = await self._send(request, token)
        if answer.status_code == 401:
            answer = await self._send(request, await self._bearer.renewed(token))
        if answer.status_code == 429:
            wait_seconds = retry_after_seconds(answer.headers.get("retry-after"))
            self._bucket.refused(wait_seconds)
            raise Throttled(wait_seconds)
        if not answer.is_success:
            raise _error(answer)
        self._bucket.answered()
        return _document(answer)

    async def _send(self, request: "_Request", token: str) -> httpx.Response:
        try:
            return await self.http.request(
                request.method,
                request.url,
                params=request.query,
                content=request.content,
                headers={**request.headers, "Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError as error:
            # Without its cause, which holds the request and with it the token.
            sent = not isinstance(error, NEVER_SENT)
            raise AmazonUnavailable(type(error).__name__, was_sent=sent) from None


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: dict[str, str]
    query: dict[str, str]
    content: bytes | None


def _worth_another(error: BaseException, *, repeatable: bool) -> bool:
    if isinstance(error, Throttled):
        return True
    return isinstance(error, AmazonUnavailable) and (repeatable or not error.was_sent)


def _wait_seconds(state: RetryCallState) -> float:
    """Full jitter; after a Retry-After, that and some more, so that not all come back at once."""
    ceiling = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2**state.attempt_number)
    jitter = random.uniform(0.0, ceiling)  # noqa: S311 - no secret
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, Throttled):
        return error.retry_after_seconds + min(jitter, 1.0 + error.retry_after_seconds / 4)
    return jitter


def retry_after_seconds(header: str | None) -> float:
    """Read Retry-After, seconds or a date; one second when it is missing or cannot be read."""
    if header is None:
        return 1.0
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(header)
            seconds = (until - utc_now()).total_seconds()
        except (ValueError, TypeError):
            return 1.0
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)


def _error(answer: httpx.Response) -> Exception:
    status = answer.status_code
    if status >= 500:
        return AmazonUnavailable(str(status))
    if status < 400:
        return AnswerUnreadable(f"Amazon answered {status}")
    try:
        told = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        told = None
    told = told if isinstance(told, dict) else {}
    code = str(told.get("code") or answer.reason_phrase)
    details = str(told.get("details") or told.get("message") or "no details")[:LONGEST_DETAILS]
    kinds: dict[int, type[AmazonRefused]] = {
        401: TokenRefused, 403: AmazonForbade, 404: NotAtAmazon, 410: NotAtAmazon,
    }  # fmt: skip
    return kinds.get(status, AmazonRefused)(status, code, details)


def _document(answer: httpx.Response) -> dict[str, Any]:
    if not answer.content:
        return {}
    try:
        told = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        raise AnswerUnreadable("Amazon's answer is no JSON") from None
    if isinstance(told, list):
        return {"items": told}
    if not isinstance(told, dict):
        raise AnswerUnreadable("Amazon's answer is no object")
    return told
