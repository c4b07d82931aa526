"""A child that starts with the first connection to its socket, which is held open for it here."""

import asyncio
import signal

from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.running import Running


class OnDemand(Running):
    """Sleeps until somebody calls; whoever called while it slept or died is answered later."""

    async def start(self) -> None:
        """Begin to listen; connections are taken from now on."""
        self.ready.set()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.child.name}")

    def _handed(self) -> tuple[int, ...]:
        assert self.child.wakes_on is not None
        return (self.child.wakes_on.fileno(),)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._called()
            try:
                await self._spawn()
                if not await self._becomes_ready():
                    self._signal(signal.SIGKILL)
            except (ProcessError, OSError) as error:
                self._say(f"{self.child.name} does not come up: {error}")
                self._signal(signal.SIGKILL)
            if self._process is not None:
                await self._process.wait()
            pause_seconds = self._pause_seconds(loop.time())
            await self._clear()
            await asyncio.sleep(pause_seconds)

    def _pause_seconds(self, now: float) -> float:
        """Return how long not to heed calls: not at all after an end in good order."""
        if self._process is not None and self._process.returncode == 0:
            return 0.0
        self.restarts += 1
        pause_seconds = self._backoff.delay_seconds(now - self._started_at)
        self._say(f"{self.child.name} {self._ending()}; again when it is called")
        return pause_seconds

    async def _called(self) -> None:
        assert self.child.wakes_on is not None
        called, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self.child.wakes_on, called.set)
        try:
            await called.wait()
        finally:
            loop.remove_reader(self.child.wakes_on)
