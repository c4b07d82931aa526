"""The door to Redis, which may be away at any moment: then it says so at once.

The client library is imported here and only when a door is opened, so a process without
`METATRON_REDIS_URL` never loads it.
"""

import asyncio
import contextlib
import importlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import structlog

from metatron.kernel.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = structlog.get_logger(__name__)
LONGEST_SECONDS = 0.25
"""A command that takes longer finds Redis away: whoever waits for an answer waits no longer."""
RETRY_SECONDS = 0.5
Command = Callable[["Redis"], Awaitable[Any]]


class RedisAway(Exception):
    """Redis refuses, hangs or answers with an error; nothing may depend on it."""


class RedisClientMissing(RuntimeError):
    """`METATRON_REDIS_URL` is set and the client library is not installed: `metatron[redis]`."""


class RedisDoor:
    """Sends commands while Redis answers; once it does not, one task asks until it does again."""

    def __init__(self, url: str) -> None:
        """Prepare; nothing is connected yet."""
        from redis.asyncio import Redis  # noqa: PLC0415
        from redis.asyncio.retry import Retry  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import RedisError, ResponseError  # noqa: PLC0415

        self._errors: tuple[type[Exception], ...] = (RedisError, OSError, TimeoutError)
        self.refusals: type[Exception] = ResponseError
        self._client: Redis = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=LONGEST_SECONDS,
            socket_timeout=None,
        )
        self._watch: asyncio.Task[None] | None = None
        self.meetings = 1
        """How often it was met anew: what was known of it before may hold no longer."""

    @property
    def is_away(self) -> bool:
        """Whether commands are refused at once."""
        return self._watch is not None

    async def send(self, command: Command, *, seconds: float = LONGEST_SECONDS) -> Any:
        """Return what a command answers.

        Raises:
            RedisAway: it did not answer within `seconds`, or had not before.
        """
        if self._watch is not None:
            raise RedisAway
        try:
            async with asyncio.timeout(seconds):
                return await command(self._client)
        except self._errors as error:
            self._fell(error)
            raise RedisAway from error

    def _fell(self, error: Exception) -> None:
        if self._watch is None:
            log.warning("redis_is_away", error=f"{type(error).__name__}: {error}")
            self._watch = asyncio.get_running_loop().create_task(self._until_back())

    async def _until_back(self) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    await self._client.ping()
            except self._errors:
                continue
            self._watch = None
            self.meetings += 1
            log.info("redis_is_back")
            return

    async def close(self) -> None:
        """Ask no more, close the connections."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        await self._client.aclose()


def preload_redis(settings: Settings) -> None:
    """Load the client, if it is wanted, before workers fork off: its 25 MB are theirs together."""
    if settings.redis_url is not None:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module("redis.asyncio")


def open_redis(settings: Settings) -> RedisDoor | None:
    """Return the door to the Redis that is configured, None without one."""
    if settings.redis_url is None or not settings.redis_url.get_secret_value():
        return None
    try:
        return RedisDoor(settings.redis_url.get_secret_value())
    except ModuleNotFoundError as error:
        raise RedisClientMissing("install metatron[redis]") from error
