"""Keeps a set of processes running, and leaves nothing behind."""

import asyncio
import graphlib
import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from metatron.kernel.process.child import Child
from metatron.kernel.process.last_resort import LastResort
from metatron.kernel.process.on_demand import OnDemand
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.running import Running

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_SAME_REQUEST_SECONDS = 1.0


class Supervisor:
    """Starts children in order, restarts those that crash, ends all in reverse order.

    An asynchronous context manager, to be entered in the main thread. Ctrl-C, SIGTERM and SIGHUP
    cancel the body, end the children and leave the context without an exception; `stopped_by` then
    names the signal. A second signal kills instead of waiting.
    """

    def __init__(self, logs: Path, progress: Progress) -> None:
        """Keep the words of the children in `logs`; report on `progress`."""
        self.stopped_by: signal.Signals | None = None
        self._logs = logs
        self._progress = progress
        self._running: dict[str, Running] = {}
        self._body: asyncio.Task[object] | None = None
        self._stopping = False
        self._hurry = False
        self._told_at = 0.0
        self._last_resort = LastResort()
        self._already_cancelled = 0
        self._heeded: list[signal.Signals] = []

    async def __aenter__(self) -> Self:
        self._body = asyncio.current_task()
        self._already_cancelled = self._body.cancelling() if self._body is not None else 0
        self._heeded = [number for number in _SIGNALS if not _is_nohup(number)]
        for number in self._heeded:
            asyncio.get_running_loop().add_signal_handler(number, self._told, number)
        self._last_resort.post()
        return self

    async def start(self, *children: Child) -> None:
        """Start children, each as soon as those it depends on are ready; return when all are.

        Raises `ProcessError` when one does not come up; the others are left to the context's end.
        `depends_on` may name children of this and of earlier calls.
        """
        order = graphlib.TopologicalSorter({c.name: c.depends_on for c in children})
        order.prepare()
        for child in children:
            assert child.name not in self._running, f"two children are called {child.name}"
            kind = Running if child.wakes_on is None else OnDemand
            self._running[child.name] = kind(child, self._logs, self._say, self._last_resort.tell)
        unknown = {need for c in children for need in c.depends_on} - self._running.keys()
        assert not unknown, f"depends_on names no child: {sorted(unknown)}"
        starts = [asyncio.create_task(self._start(child)) for child in children]
        try:
            await asyncio.gather(*starts)
        finally:
            for start in starts:
                start.cancel()
            await asyncio.gather(*starts, return_exceptions=True)

    async def _start(self, child: Child) -> None:
        for need in child.depends_on:
            await self._running[need].ready.wait()
        with self._progress.step(child.name):
            await self._running[child.name].start()

    async def restart(self, name: str) -> None:
        """End one child and start it anew; raises `ProcessError` when it does not come up."""
        with self._progress.step(f"{name} again"):
            await self._running[name].restart()

    async def wait(self) -> None:
        """Wait until a signal ends the context."""
        await asyncio.Event().wait()

    def pids(self) -> dict[str, int | None]:
        """Return the process id of every child by name, None while it is down."""
        return {name: running.pid for name, running in self._running.items()}

    def restarts(self) -> dict[str, int]:
        """Return how often every child was restarted."""
        return {name: running.restarts for name, running in self._running.items()}

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._stopping = True
        # A signal at the very end of the body still has its cancellation to deliver.
        late = self.stopped_by is not None and kind is None
        stops = asyncio.create_task(self._stop_all())
        while not stops.done():
            try:
                await asyncio.wait({stops})
            except asyncio.CancelledError:
                if late:
                    late = False
                    self._forgive()
                    continue
                # Somebody cancels us from outside: the children still have to end, only faster.
                self._hurry = True
        self._last_resort.dismiss()
        for number in self._heeded:
            asyncio.get_running_loop().remove_signal_handler(number)
        stops.result()
        return self.stopped_by is not None and kind is asyncio.CancelledError and self._forgive()

    def _forgive(self) -> bool:
        """Take our own cancellation back; tell whether it was the only one."""
        assert self._body is not None
        return self._body.uncancel() <= self._already_cancelled

    async def _stop_all(self) -> None:
        stopped = {name: asyncio.Event() for name in self._running}

        async def stop(running: Running) -> None:
            for other in self._running.values():
                if running.child.name in other.child.depends_on:
                    await stopped[other.child.name].wait()
            try:
                await running.stop(at_once=lambda: self._hurry)
            finally:
                stopped[running.child.name].set()

        ends = [stop(running) for running in self._running.values()]
        for ended in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended

    def _told(self, number: signal.Signals) -> None:
        now = asyncio.get_running_loop().time()
        if self.stopped_by is not None:
            # A terminal or `timeout` may send one request twice, once more to the whole group.
            self._hurry = now - self._told_at > _SAME_REQUEST_SECONDS
            return
        self.stopped_by = number
        self._told_at = now
        if self._body is not None and not self._stopping:
            self._progress.note(f"{number.name}: stopping")
            self._body.cancel()

    def _say(self, line: str) -> None:
        # What children say about losing each other while all are being ended is no news.
        if not self._stopping:
            self._progress.note(line)


def _is_nohup(number: signal.Signals) -> bool:
    # A hang-up ignored by the caller (nohup) stays ignored. An ignored interrupt does not: a shell
    # ignores it for every background job, and Ctrl-C has to reach us there as well.
    return number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN
