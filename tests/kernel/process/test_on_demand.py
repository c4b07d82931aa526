"""A child that sleeps until somebody calls, and is there again for whoever calls after its end."""

import asyncio
import io
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from metatron.kernel.process.child import Child, python
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.supervisor import Supervisor
from tests.kernel.process.waiting import is_gone, until

# Answers its own number; "end" ends it in good order.
SERVER = """
import os, socket, sys
listening = socket.socket(fileno=int(sys.argv[1]))
listening.setblocking(True)
while True:
    caller, _ = listening.accept()
    said = caller.recv(100)
    caller.sendall(str(os.getpid()).encode())
    caller.close()
    if said == b"end":
        sys.exit(0)
"""


def ask(port: int, word: bytes = b"who") -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as caller:
        caller.sendall(word)
        return int(caller.recv(100) or 0)


def run(folder: Path, use: Callable[[Supervisor, int], Awaitable[None]]) -> str:
    out = io.StringIO()

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            command = python("-c", SERVER, str(listening.fileno()))
            child = Child("sleepy", command, wakes_on=listening, stop_seconds=2.0)
            async with Supervisor(folder / "logs", Progress(out)) as supervisor:
                await supervisor.start(child)
                await use(supervisor, listening.getsockname()[1])

    asyncio.run(main())
    return out.getvalue()


def test_it_starts_with_the_first_call(folder: Path) -> None:
    pids: list[int] = []

    async def use(supervisor: Supervisor, port: int) -> None:
        assert supervisor.pids() == {"sleepy": None}
        pids.append(await asyncio.to_thread(ask, port))
        assert supervisor.pids() == {"sleepy": pids[0]}
        assert await asyncio.to_thread(ask, port) == pids[0]

    run(folder, use)
    assert is_gone(pids[0])


def test_killed_it_answers_whoever_calls_next(folder: Path) -> None:
    async def use(supervisor: Supervisor, port: int) -> None:
        first = await asyncio.to_thread(ask, port)
        os.kill(first, signal.SIGKILL)
        # A caller whom it has taken while it dies is lost with it.
        while not is_gone(first):  # noqa: ASYNC110
            await asyncio.sleep(0)
        # Called at once, before anybody has noticed: the call waits, for the socket is held here.
        second = await asyncio.to_thread(ask, port)
        assert second not in {0, first}
        assert supervisor.restarts() == {"sleepy": 1}

    assert "sleepy was ended by signal 9" in run(folder, use)


def test_ended_in_good_order_it_sleeps_without_a_word(folder: Path) -> None:
    async def use(supervisor: Supervisor, port: int) -> None:
        first = await asyncio.to_thread(ask, port, b"end")
        await asyncio.to_thread(until, lambda: is_gone(first), "the end")
        for _ in range(100):
            if supervisor.pids() == {"sleepy": None}:
                break
            await asyncio.sleep(0.02)
        assert supervisor.pids() == {"sleepy": None}
        assert await asyncio.to_thread(ask, port) not in {0, first}
        assert supervisor.restarts() == {"sleepy": 0}

    assert "sleepy ended" not in run(folder, use)


def test_nobody_calls_nobody_comes(folder: Path) -> None:
    async def use(supervisor: Supervisor, _port: int) -> None:
        await asyncio.sleep(0.3)
        assert supervisor.pids() == {"sleepy": None}

    began = time.monotonic()
    run(folder, use)
    assert time.monotonic() - began < 10
