"""One child under supervision: start, keep, stop."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from metatron.kernel.process.backoff import Backoff
from metatron.kernel.process.child import Child
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.output import Output

type GroupChange = Callable[[str, int], None]


class Running:
    """Holds the process of one child and replaces it when it ends uncalled."""

    def __init__(
        self, child: Child, logs: Path, say: Callable[[str], None], group_changed: GroupChange
    ) -> None:
        """Describe; nothing runs yet. `group_changed` hears `+` or `-` and a process group."""
        self.child = child
        self.ready = asyncio.Event()
        self.restarts = 0
        self._output = Output(child.name, logs, say, loud=child.loud)
        self._say = say
        self._group_changed = group_changed
        self._backoff = Backoff()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._group: int | None = None
        self._started_at = 0.0

    @property
    def pid(self) -> int | None:
        """Return the process id, None while nothing runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start for the first time and return when ready.

        Raises `ProcessError` when the child ends before it is ready, with its last words.
        """
        await self._spawn()
        if not await self._becomes_ready():
            raise ProcessError(
                f"{self.child.name} {self._ending()} before it was ready: "
                f"{self._output.last_line or 'it said nothing'}",
                f"read {self._output.file}",
            )
        self.ready.set()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.child.name}")

    async def stop(self, *, at_once: Callable[[], bool]) -> None:
        """End the process within its bound, then by force; `at_once` asks whether to skip ahead."""
        await self._end(at_once)
        self._output.close()

    async def restart(self) -> None:
        """End the process and start it as if for the first time; raises what `start` raises."""
        await self._end(lambda: False)
        await self.start()

    async def _end(self, at_once: Callable[[], bool]) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self.ready.clear()
        if self.pid is not None and self._process is not None:
            self._signal(self.child.stop_signal)
            loop = asyncio.get_running_loop()
            end = loop.time() + self.child.stop_seconds
            while self.pid is not None and loop.time() < end and not at_once():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), timeout=0.1)
            if self.pid is not None:
                self._say(f"{self.child.name} did not end by itself and is killed")
        await self._clear()

    async def _spawn(self) -> None:
        if self.child.before_start is not None:
            await asyncio.to_thread(self.child.before_start)
        self._started_at = asyncio.get_running_loop().time()
        # A pipe of our own: until Python 3.12.4 asyncio's would hide the end of a process whose
        # children still hold it open.
        reading, writing = os.pipe()
        try:
            # From the loop's own thread: the parent-death signal is tied to the thread that forks.
            self._process = await asyncio.create_subprocess_exec(
                *self.child.command.launched(),
                env=dict(self.child.command.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
                pass_fds=self._handed(),
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._group = self._process.pid
        self._group_changed("+", self._group)
        self._reader = asyncio.create_task(self._output.follow(reading))

    def _handed(self) -> tuple[int, ...]:
        """Return the open descriptors that the process is given."""
        return ()

    async def _becomes_ready(self) -> bool:
        assert self._process is not None
        if self.child.ready is None:
            return self._process.returncode is None
        ended = asyncio.create_task(self._process.wait())
        ready = asyncio.ensure_future(self.child.ready())
        try:
            await asyncio.wait({ended, ready}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done() and not ended.done():
                ready.result()
                return True
        finally:
            ended.cancel()
            ready.cancel()
            await asyncio.gather(ended, ready, return_exceptions=True)
        if self._reader is not None:
            await asyncio.wait({self._reader}, timeout=1.0)
        return False

    async def _keep(self) -> None:
        assert self._process is not None
        loop = asyncio.get_running_loop()
        while True:
            await self._process.wait()
            self.ready.clear()
            pause_seconds = self._backoff.delay_seconds(loop.time() - self._started_at)
            self._say(f"{self.child.name} {self._ending()}; again in {pause_seconds:.1f} s")
            await self._clear()
            await asyncio.sleep(pause_seconds)
            await self._restart()

    async def _restart(self) -> None:
        try:
            await self._spawn()
            back = await self._becomes_ready()
        except (ProcessError, OSError) as error:
            self._say(f"{self.child.name} does not come back: {error}")
            self._signal(signal.SIGKILL)
            return
        if back:
            self.restarts += 1
            self.ready.set()
            self._say(f"{self.child.name} is back")

    async def _clear(self) -> None:
        """Kill what is left of the process group and take in its last words."""
        # Once only: the number of a group that is gone may become somebody else's.
        if self._group is not None and self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
            await self._process.wait()
            self._group_changed("-", self._group)
            self._group = None
        if self._reader is not None:
            await asyncio.wait({self._reader}, timeout=1.0)
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _ending(self) -> str:
        status = None if self._process is None else self._process.returncode
        if status is None:
            return "ended"
        if status < 0:
            return f"was ended by signal {-status} ({signal.strsignal(-status)})"
        return f"ended with status {status}"
