"""Login with Amazon: the consent page's address, and the two calls of the token endpoint."""

import asyncio
import base64
import hashlib
import random
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import orjson

from metatron.apps.amc.amazon.errors import (
    AmazonUnavailable,
    AnswerUnreadable,
    GrantEnded,
    SignInRefused,
    Throttled,
)
from metatron.apps.amc.amazon.places import Places
from metatron.apps.amc.amazon.wire import NEVER_SENT, retry_after_seconds

SCOPE = "advertising::campaign_management"
REFRESH_ATTEMPTS = 3
EXCHANGE_ATTEMPTS, EXCHANGE_PATIENCE_SECONDS = 4, 5.0
"""A person waits for it, before a page."""
NOT_TAKEN = "503"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave; `lasts_seconds` counts from the answer."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts_seconds: int


@dataclass(frozen=True, slots=True)
class Proof:
    """PKCE (RFC 7636, S256): the verifier stays here, the challenge goes to the consent page."""

    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """Return the base64url SHA-256 of the verifier."""
        raw = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_proof() -> Proof:
    """Return a proof nobody can guess."""
    return Proof(secrets.token_urlsafe(64))


class Login:
    """The client that this installation has registered with Amazon."""

    def __init__(
        self, http: httpx.AsyncClient, places: Places, client_id: str, client_secret: str
    ) -> None:
        """Prepare; nothing is sent."""
        self._http, self._places = http, places
        self._client_id, self._secret = client_id, client_secret

    def consent_url(self, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Return where a person says yes or no."""
        query = {
            "client_id": self._client_id,
            "scope": SCOPE,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._places.consent}?{urlencode(query)}"

    async def exchange(self, code: str, *, redirect_uri: str, proof: Proof) -> Tokens:
        """Return the tokens for a code, which is good once.

        It is sent again, for a few seconds, only where Amazon has not taken it: on 429, on 503 and
        where nothing was sent.

        Raises:
            GrantEnded: the code is wrong, used or too old.
            SignInRefused: our client is not right.
            Throttled: the code was not taken, and Amazon wants a longer wait.
            AmazonUnavailable: no answer; the code may be used up.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": proof.verifier,
        }
        ends_at = asyncio.get_running_loop().time() + EXCHANGE_PATIENCE_SECONDS
        for attempt in range(1, EXCHANGE_ATTEMPTS):
            try:
                return await self._ask(form)
            except (Throttled, AmazonUnavailable) as error:
                pause = random.uniform(0, 0.25 * 2**attempt)  # noqa: S311 - no secret
                if isinstance(error, Throttled):
                    pause += error.retry_after_seconds
                elif error.was_sent and error.reason != NOT_TAKEN:
                    raise
                if asyncio.get_running_loop().time() + pause > ends_at:
                    raise
                await asyncio.sleep(pause)
        return await self._ask(form)

    async def refresh(self, refresh_token: str) -> Tokens:
        """Return a new access token, and the refresh token that is good from now on.

        Raises:
            GrantEnded: it was revoked: no further attempt helps.
            SignInRefused: our client is not right.
            Throttled, AmazonUnavailable: not now.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        for attempt in range(1, REFRESH_ATTEMPTS):
            try:
                return await self._ask(form)
            except AmazonUnavailable:
                await asyncio.sleep(random.uniform(0, 0.5 * 2**attempt))  # noqa: S311 - no secret
        return await self._ask(form)

    async def _ask(self, form: dict[str, str]) -> Tokens:
        body = form | {"client_id": self._client_id, "client_secret": self._secret}
        try:
            answer = await self._http.post(self._places.token, data=body)
        except httpx.HTTPError as error:
            # Without its cause, which holds the form.
            sent = not isinstance(error, NEVER_SENT)
            raise AmazonUnavailable(type(error).__name__, was_sent=sent) from None
        if answer.status_code == 429:
            raise Throttled(retry_after_seconds(answer.headers.get("retry-after")))
        if answer.status_code >= 500:
            raise AmazonUnavailable(str(answer.status_code))
        try:
            told = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            raise AnswerUnreadable("Login with Amazon answered no JSON object")
        if answer.status_code != 200:
            error_name = str(told.get("error") or answer.status_code)
            raise (
                GrantEnded("The sign-in at Amazon has ended")
                if (error_name == "invalid_grant")
                else SignInRefused(error_name)
            )
        try:
            lasts = int(told["expires_in"])
            refresh = told.get("refresh_token") or form["refresh_token"]
            return Tokens(str(told["access_token"]), str(refresh), lasts)
        except (KeyError, TypeError, ValueError):
            raise AnswerUnreadable("Login with Amazon gave no tokens") from None
