"""Signs in for `metatron amc conformance`, and has questions asked or exchanges recorded."""

import os
from dataclasses import dataclass, field

import httpx
import orjson

from metatron.apps.amc.amazon.cassettes import Exchange, Recorder
from metatron.apps.amc.amazon.client import AmcClient, Scope
from metatron.apps.amc.amazon.conformance import Asker, Reply
from metatron.apps.amc.amazon.login import Login, Tokens
from metatron.apps.amc.amazon.pacing import TokenBucket
from metatron.apps.amc.amazon.places import AMAZON, Places, stand_in
from metatron.apps.amc.amazon.whole_exchanges import play
from metatron.apps.amc.amazon.wire import Wire, open_http

LOOK_SECONDS = 2.0
"""Between two looks at a run."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask, and as whom."""

    scope: Scope
    places: Places
    client_id: str
    secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    @staticmethod
    def of(scope: Scope, client_id: str, *, base_url: str, region: str) -> "Target | None":
        """Return the target, with its secrets from the environment; None where something lacks."""
        amazon = next((each for name, each in AMAZON.items() if name == region), None)
        places = stand_in(base_url.rstrip("/")) if base_url else amazon
        secret, token = (
            os.environ.get(name, "") for name in ("AMC_CLIENT_SECRET", "AMC_REFRESH_TOKEN")
        )
        if places is None or not secret or not token:
            return None
        return Target(scope, places, client_id, secret, token)


class _Bearer:
    """The token of one sign-in, renewed when Amazon does not take it any more."""

    def __init__(self, login: Login, tokens: Tokens) -> None:
        self._login, self._tokens = login, tokens

    async def token(self) -> str:
        return self._tokens.access

    async def renewed(self, refused: str) -> str:
        if refused == self._tokens.access:
            self._tokens = await self._login.refresh(self._tokens.refresh)
        return self._tokens.access


async def ask(target: Target) -> list[Reply]:
    """Ask all questions.

    Raises:
        AmazonError: the sign-in failed.
    """
    async with open_http() as http:
        wire = await _wire(http, target)
        return await Asker(wire, target.scope, look_seconds=LOOK_SECONDS).replies()


async def exchanges(target: Target) -> list[Exchange]:
    """Have whole exchanges, and return them as they may be kept.

    Raises:
        AmazonError: the sign-in failed, or a call that must succeed.
    """
    async with open_http() as http:
        recorder = Recorder()
        recorder.listen(http)
        client = AmcClient(await _wire(http, target), target.scope)
        await play(client, recorder.begin, look_seconds=LOOK_SECONDS)
        return recorder.exchanges


async def _wire(http: httpx.AsyncClient, target: Target) -> Wire:
    login = Login(http, target.places, target.client_id, target.secret)
    bearer = _Bearer(login, await login.refresh(target.refresh_token))
    return Wire(http, target.places.api, target.client_id, bearer, TokenBucket())


def differences(replies: list[Reply], others: dict[str, str]) -> list[str]:
    """Return a line for each question that another side, by its report, answers otherwise."""
    own = {each.name: each.answer for each in replies}
    return [
        f"{name}: {own.get(name, 'not asked')} here, {others.get(name, 'not asked')} there"
        for name in sorted(own.keys() | others.keys())
        if own.get(name) != others.get(name)
    ]


def answers_in(report: bytes) -> dict[str, str]:
    """Return the answers by name of what `--json` printed; raises `ValueError`."""
    try:
        told = orjson.loads(report)["replies"]
        return {str(each["name"]): str(each["answer"]) for each in told}
    except (KeyError, TypeError) as error:
        raise ValueError("it is no report of answers") from error
