"""Whether a child serves: by a connection that is taken, or by an answer that is a success."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx

from metatron.kernel.process.failures import ProcessError

LONGEST_WAIT_SECONDS = 60.0
_PAUSE_SECONDS = 0.05
Ready = Callable[[], Awaitable[None]]


def accepts(port: int, host: str = "127.0.0.1") -> Ready:
    """Return a wait until something takes connections on the port."""

    async def attempt() -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return True
        return False

    return _until(attempt, f"nothing listens on port {port}")


def answers(url: str) -> Ready:
    """Return a wait until `url` answers 200."""

    async def attempt() -> bool:
        async with httpx.AsyncClient(timeout=2.0) as client:
            with contextlib.suppress(httpx.HTTPError):
                return (await client.get(url)).status_code == httpx.codes.OK
        return False

    return _until(attempt, f"{url} does not answer")


def _until(attempt: Callable[[], Awaitable[bool]], cause: str) -> Ready:
    async def wait() -> None:
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                while True:
                    if await attempt():
                        return
                    await asyncio.sleep(_PAUSE_SECONDS)
        except TimeoutError:
            raise ProcessError(cause, "see its log in the data folder, below logs") from None

    return wait
