"""What `bin/dev` adds: noticing changes, and starting one child anew."""

import asyncio
import io
import os
from pathlib import Path

from metatron.kernel.process.child import Child, python
from metatron.kernel.process.development import children, port_of, snapshot
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.supervisor import Supervisor
from tests.kernel.process.supervised import SLEEPER
from tests.kernel.process.waiting import is_gone


def test_changed_new_and_removed_sources_are_noticed(folder: Path) -> None:
    (folder / "deep").mkdir()
    source = folder / "deep" / "one.py"
    source.write_text("")
    (folder / "notes.txt").write_text("")
    first = snapshot(folder)
    assert list(first) == [source]
    (folder / "notes.txt").write_text("changed")
    assert snapshot(folder) == first
    os.utime(source, ns=(1, 1))
    changed = snapshot(folder)
    assert changed != first
    source.with_name("two.sql").write_text("")
    assert len(snapshot(folder)) == 2
    source.unlink()
    assert snapshot(folder) != changed


def test_page_is_told_the_port_of_the_suite(folder: Path) -> None:
    assert port_of([]) == "3000"
    assert port_of(["--no-demo", "--port", "4000"]) == "4000"
    assert port_of(["--port=5000"]) == "5000"
    suite, page = children(folder, ["--port", "4000"])
    assert suite.command.argv[-3:] == ("up", "--port", "4000")
    assert page.command.env["METATRON_API"] == "127.0.0.1:4000"


def test_restart_replaces_one_child(folder: Path) -> None:
    async def run() -> None:
        async with Supervisor(folder, Progress(io.StringIO())) as supervisor:
            await supervisor.start(*(Child(name, python("-c", SLEEPER)) for name in ("a", "b")))
            before = supervisor.pids()
            await supervisor.restart("a")
            after = supervisor.pids()
            assert before["a"] is not None
            assert is_gone(before["a"])
            assert after["a"] not in {None, before["a"]}
            assert after["b"] == before["b"]
            assert supervisor.restarts() == {"a": 0, "b": 0}

    asyncio.run(run())
