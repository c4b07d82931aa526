"""Every process takes up a new configuration within seconds: told by NOTIFY, and looking itself."""

import asyncio
from contextlib import suppress
from typing import Any

from metatron.kernel.database.lost import outlived
from metatron.kernel.settings import Settings
from metatron.platform.console.changeable import Value, put_in_force, started_with
from metatron.platform.console.configuration import CHANNEL, newest

LOOK_SECONDS = 30.0
"""Between two looks without a notice: behind a pooler none may come."""


class Configuration:
    """What this process was started with, and the version in force in it."""

    def __init__(self, settings: Settings, pool: Any) -> None:
        """Take note of the settings, which are changed in place."""
        self._settings, self._pool = settings, pool
        self.started: dict[str, Value] = started_with(settings)
        self.version = 0
        self._woken = asyncio.Event()

    def wake(self, _payload: str = "") -> None:
        """Look soon: something has changed, or may have."""
        self._woken.set()

    async def take_up(self) -> None:
        """Put the newest version in force."""
        version, chosen = await newest(self._pool)
        if version != self.version:
            put_in_force(self._settings, self.started, chosen)
            self.version = version

    async def follow(self, *, look_seconds: float = LOOK_SECONDS) -> None:
        """Take up each new version until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(look_seconds):
                    await self._woken.wait()
            self._woken.clear()
            with outlived("configuration_waits"):
                await self.take_up()


async def follow_configuration(runtime: Any) -> None:
    """Put what was chosen in force before the process serves, and follow what comes (a hook)."""
    settings = runtime.settings
    configuration = Configuration(settings, runtime.database.system)
    # A database behind its migrations makes the process unready, it does not keep it from starting.
    with outlived("configuration_waits"):
        await configuration.take_up()
    deaf = await runtime.database.listener.hear(
        {CHANNEL: configuration.wake}, lost=configuration.wake
    )
    runtime.run(configuration.follow())
    runtime.closing.append(deaf)
    if runtime.app is not None:
        runtime.app.state.configuration = configuration
