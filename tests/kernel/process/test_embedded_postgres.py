"""The embedded server: first start, later starts, crashes, crowded and awkward data folders."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from metatron.kernel.process import orphans
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.server_roles import ROLES
from tests.kernel.process.waiting import until

_SOURCES = Path(__file__).parents[3] / "src"

_RUN_A_SERVER = """
import sys, time
from pathlib import Path
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).start()
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(folder / "data")
    made.start()
    yield made
    made.stop()


def _value(dsn: str, statement: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def _postmaster(server: EmbeddedPostgres) -> int:
    pid = orphans.recorded_pid(server.cluster)
    assert pid is not None
    return pid


def test_roles_own_and_may_what_they_should(server: EmbeddedPostgres) -> None:
    asyncio.run(server.ensure_roles())
    asyncio.run(server.ensure_roles())
    dangerous = (
        "select count(*) from pg_roles where rolname like 'metatron%' "
        "and (rolsuper or rolbypassrls or rolcreaterole or not rolcanlogin "
        "or (rolreplication and rolname <> 'metatron_backup'))"
    )
    assert _value(server.dsn("postgres", "postgres"), dangerous) == 0
    may_create = "select string_agg(rolname, ',') from pg_roles where rolcreatedb and not rolsuper"
    assert _value(server.dsn("postgres", "postgres"), may_create) == "metatron_owner"
    for role in ROLES:
        assert _value(server.dsn(role), "select current_user") == role
    owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'metatron'"
    assert _value(server.dsn("metatron_app"), owner) == "metatron_owner"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        _value(server.dsn("metatron_app"), "create schema mine")
    _value(server.dsn("metatron_owner"), "create schema mine")
    _value(server.dsn("metatron_owner", "postgres"), "create database tenant template metatron")


def test_changed_rights_are_put_back(server: EmbeddedPostgres) -> None:
    asyncio.run(server.ensure_roles())
    superuser = server.dsn("postgres", "postgres")
    _value(superuser, "alter role metatron_app superuser bypassrls password 'other'")
    asyncio.run(server.ensure_roles())
    wrong = "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    assert _value(server.dsn("metatron_app"), wrong) is False


def test_settings_and_privacy(server: EmbeddedPostgres) -> None:
    for name, value in {
        "listen_addresses": "",
        "fsync": "on",
        "jit": "off",
        "max_connections": "800",
        "wal_level": "replica",
        "TimeZone": "UTC",
        "server_version_num": "180",
    }.items():
        shown = _value(server.dsn("postgres", "postgres"), f"select current_setting('{name}')")
        assert str(shown).startswith(value), name
    assert stat.S_IMODE(server.socket_directory.stat().st_mode) == 0o700
    secret_files = list((server.data_dir / "secrets").iterdir())
    assert secret_files
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret_files} == {0o600}
    with pytest.raises(asyncpg.InvalidPasswordError):
        _value(server.dsn("postgres", "postgres").replace(":", ":x", 2), "select 1")


def test_root_becomes_the_server_account_and_others_stay_who_they_are(
    server: EmbeddedPostgres,
) -> None:
    owner = Path(f"/proc/{_postmaster(server)}").stat().st_uid
    assert owner != 0
    assert os.geteuid() in {0, owner}


def test_data_survive_a_stop_and_a_kill(server: EmbeddedPostgres) -> None:
    dsn = server.dsn("postgres", "postgres")
    _value(dsn, "create table kept as select 1 as one")
    server.stop()
    assert not server.is_running()
    assert not orphans.processes_in(server.cluster)
    server.start()
    _value(dsn, "insert into kept values (2)")
    os.kill(_postmaster(server), signal.SIGKILL)
    until(lambda: not server.is_running(), "the killed server is gone")
    server.stop()
    server.start()
    assert _value(dsn, "select sum(one) from kept") == 3


def test_pid_file_of_a_dead_or_foreign_process_does_not_hinder(server: EmbeddedPostgres) -> None:
    pid_file = server.cluster / "postmaster.pid"
    written = pid_file.read_text().splitlines()
    server.stop()
    for stale in ("999999", str(os.getpid())):
        pid_file.write_text("\n".join([stale, *written[1:]]) + "\n")
        if os.geteuid() == 0:
            owner = server.cluster.stat()
            os.chown(pid_file, owner.st_uid, owner.st_gid)
        server.start()
        assert _value(server.dsn("postgres", "postgres"), "select 1") == 1
        server.stop()


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_long_path_even_below_a_closed_folder(folder: Path, *, closed: bool) -> None:
    deep = folder / ("d" * 90) / "with a space" / ("e" * 90) / "data"
    deep.mkdir(parents=True)
    if closed:
        folder.chmod(0o700)
    assert len(str(deep)) > 150
    server = EmbeddedPostgres(deep)
    server.start()
    try:
        asyncio.run(server.ensure_roles())
        assert _value(server.dsn("metatron_owner"), "select 1") == 1
        os.kill(_postmaster(server), signal.SIGKILL)
        server.stop()
        server.start()
        assert _value(server.dsn("metatron_owner"), "select 1") == 1
    finally:
        server.stop()


def test_second_instance_is_refused_in_one_line(server: EmbeddedPostgres) -> None:
    with pytest.raises(ProcessError) as refused:
        EmbeddedPostgres(server.data_dir).start()
    assert f"process {os.getpid()} already runs" in str(refused.value)
    assert "--data DIR" in refused.value.remedy
    assert "\n" not in str(refused.value)
    assert _value(server.dsn("postgres", "postgres"), "select 1") == 1


def test_interrupted_first_start_is_begun_again(folder: Path) -> None:
    half = folder / "data" / "postgres" / "base"
    half.mkdir(parents=True)
    server = EmbeddedPostgres(folder / "data")
    server.start()
    server.stop()
    assert (server.cluster / "PG_VERSION").exists()


def test_unusable_folder_names_cause_and_remedy(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(ProcessError, match=r"cause: the data folder .*; remedy: .*--data DIR"):
        EmbeddedPostgres(folder / "file" / "data").prepare()


def test_foreign_socket_folder_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data")
    server.socket_directory.mkdir(mode=0o777)
    try:
        server.socket_directory.chmod(0o777)
        with pytest.raises(ProcessError, match="belongs to someone else"):
            server.prepare()
    finally:
        server.socket_directory.rmdir()


def test_server_ends_with_its_starter_and_an_orphan_is_stopped(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data")
    starter = subprocess.Popen(
        [sys.executable, "-c", _RUN_A_SERVER, str(folder / "data")],
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
        stdout=subprocess.PIPE,
    )
    with starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"ready\n"
        # A stopped server cannot obey the parent-death signal: it becomes an orphan for a while.
        postmaster = _postmaster(server)
        os.kill(postmaster, signal.SIGSTOP)
        starter.kill()
        starter.wait()
    assert postmaster in orphans.processes_in(server.cluster)
    os.kill(postmaster, signal.SIGCONT)
    server.start()
    try:
        assert _postmaster(server) != postmaster
        assert _value(server.dsn("postgres", "postgres"), "select 1") == 1
    finally:
        server.stop()


def test_orphaned_backends_without_postmaster_are_ended(server: EmbeddedPostgres) -> None:
    leftovers = [pid for pid in orphans.processes_in(server.cluster) if pid != _postmaster(server)]
    assert leftovers
    os.kill(leftovers[0], signal.SIGSTOP)
    os.kill(_postmaster(server), signal.SIGKILL)
    server.stop()
    os.kill(leftovers[0], signal.SIGCONT)
    server.start()
    assert leftovers[0] not in orphans.processes_in(server.cluster)
