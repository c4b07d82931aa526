"""The supervisor heals its children and leaves nothing running, however it ends."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from metatron.kernel.process import orphans
from metatron.kernel.process.child import Child, python
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.supervisor import Supervisor
from tests.kernel.process.supervised import SLEEPER
from tests.kernel.process.waiting import is_gone, until

_ROOT = Path(__file__).parents[3]
_HEALING_SECONDS = 30.0


@contextmanager
def _suite(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Yield a running suite and all ids below it: children and the deaf child's own child."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("supervised.py")), str(folder)],
        env=os.environ | {"PYTHONPATH": str(_ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            pids = json.loads(process.stdout.readline())
            grandchild = int((folder / "deaf").read_text())
            yield process, [*pids.values(), grandchild]
        finally:
            process.terminate()
            process.wait(timeout=30)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_HEALING_SECONDS):
        while not true():  # noqa: ASYNC110 - processes and files send no event
            await asyncio.sleep(0.02)


def _supervised(
    folder: Path, use: Callable[[Supervisor], Awaitable[None]], out: io.StringIO | None = None
) -> None:
    async def run() -> None:
        async with Supervisor(folder / "logs", Progress(out or io.StringIO())) as supervisor:
            await use(supervisor)

    asyncio.run(run())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_polite_end_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    with _suite(folder) as (process, pids):
        assert not any(map(is_gone, pids))
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0, said
        assert all(map(is_gone, pids))
    assert f"{number.name}: stopping" in said
    assert "Traceback" not in said
    assert "database system is shut down" in (folder / "logs" / "database.log").read_text()
    assert not EmbeddedPostgres(folder / "data").socket_directory.exists()


def test_killed_supervisor_leaves_nothing(folder: Path) -> None:
    with _suite(folder) as (process, pids):
        process.kill()
        process.wait()
        until(lambda: all(map(is_gone, pids)), "all children are gone")
    cluster = folder / "data" / "postgres"
    until(lambda: not orphans.processes_in(cluster), "the server's processes are gone")
    with _suite(folder) as (process, _):
        assert process.poll() is None


def test_a_killed_warden_is_replaced_and_knows_whom_to_end(folder: Path) -> None:
    with _suite(folder) as (process, pids):
        (first,) = _wardens(process.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: _wardens(process.pid) not in ([], [first]), "another warden is there")
        assert not any(map(is_gone, pids))
        process.kill()
        process.wait()
        until(lambda: all(map(is_gone, pids)), "all children are gone")


def _wardens(parent: int) -> list[int]:
    """Return the ids of a supervisor's living wardens."""
    ids = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    found = [int(each) for each in ids if not is_gone(int(each))]
    return [each for each in found if b"warden.py" in Path(f"/proc/{each}/cmdline").read_bytes()]


def test_second_suite_on_the_folder_is_refused_in_one_line(folder: Path) -> None:
    with _suite(folder) as (process, pids):
        second = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("supervised.py")), str(folder)],
            env=os.environ | {"PYTHONPATH": str(_ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert second.returncode == 1
        assert second.stderr.startswith(f"cause: process {process.pid} already runs")
        assert second.stderr.count("\n") == 1
        assert not any(map(is_gone, pids))


def test_crashed_children_come_back(folder: Path) -> None:
    database = EmbeddedPostgres(folder / "data")
    database.prepare()
    out = io.StringIO()

    def came_back(supervisor: Supervisor, name: str) -> Callable[[], bool]:
        return lambda: supervisor.restarts()[name] == 1

    async def use(supervisor: Supervisor) -> None:
        sleeper = Child("sleeper", python("-c", SLEEPER), depends_on=("database",))
        await supervisor.start(sleeper, database.child())
        await database.ensure_roles()
        for name in ("sleeper", "database"):
            before = supervisor.pids()
            killed = before[name]
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            await _until(came_back(supervisor, name))
            after = supervisor.pids()
            assert after[name] not in {None, killed}
            assert {k: v for k, v in after.items() if k != name} == {
                k: v for k, v in before.items() if k != name
            }
        await database.ensure_roles()

    try:
        _supervised(folder, use, out)
    finally:
        database.release()
    assert "sleeper was ended by signal 9" in out.getvalue()
    assert "database is back" in out.getvalue()


def test_child_that_dies_with_its_own_children_leaves_none(folder: Path) -> None:
    note = folder / "note"
    program = (
        "import pathlib, subprocess, sys, time\n"
        "own = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'a').write(f'{{own.pid}}\\n')\n"
        "time.sleep(600)"
    )

    async def use(supervisor: Supervisor) -> None:
        await supervisor.start(Child("parent", python("-c", program)))
        await _until(lambda: note.exists() and note.read_text().endswith("\n"))
        first = int(note.read_text())
        os.kill(supervisor.pids()["parent"] or 0, signal.SIGKILL)
        await _until(lambda: is_gone(first))
        await _until(lambda: note.read_text().count("\n") > 1)

    _supervised(folder, use)
    # What is killed with its parent's death takes a moment to go.
    asyncio.run(_until(lambda: all(is_gone(int(pid)) for pid in note.read_text().split())))


def test_child_that_never_gets_ready_is_a_failure_with_its_last_words(folder: Path) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    async def use(supervisor: Supervisor) -> None:
        await supervisor.start(
            Child("good", python("-c", SLEEPER)),
            Child(
                "bad",
                python("-c", "print('no luck today\\n----'); raise SystemExit(3)"),
                ready=never,
            ),
        )

    with pytest.raises(ProcessError, match=r"bad ended with status 3 .*: no luck today; remedy:"):
        _supervised(folder, use)
    assert (folder / "logs" / "bad.log").read_text() == "bad | no luck today\nbad | ----\n"


def test_ends_come_in_reverse_order(folder: Path) -> None:
    note = folder / "note"
    program = (
        "import signal, sys, time\n"
        "def leave(*_):\n"
        "    time.sleep(0.1)\n"
        f"    open({str(note)!r}, 'a').write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        f"open({str(note)!r}, 'a').write(sys.argv[1])\n"
        "time.sleep(600)"
    )

    def begun(letter: str) -> Callable[[], Awaitable[None]]:
        return lambda: _until(lambda: note.exists() and letter in note.read_text())

    def child(name: str, *needs: str) -> Child:
        command = python("-c", program, name)
        return Child(name, command, ready=begun(name), depends_on=needs)

    async def use(supervisor: Supervisor) -> None:
        await supervisor.start(child("c", "b"), child("a"), child("b", "a"))

    _supervised(folder, use)
    assert note.read_text() == "abccba"


def test_errors_of_children_reach_the_console(folder: Path) -> None:
    out = io.StringIO()
    program = (
        "import time\n"
        "print('all is well')\n"
        """print('{"level": "error", "event": "no"}', flush=True)\n"""
        "time.sleep(600)"
    )

    async def use(supervisor: Supervisor) -> None:
        await supervisor.start(Child("talker", python("-c", program)))
        await _until(lambda: "talker | {" in out.getvalue())

    _supervised(folder, use, out)
    assert "all is well" not in out.getvalue()
    assert "talker | all is well" in (folder / "logs" / "talker.log").read_text()
