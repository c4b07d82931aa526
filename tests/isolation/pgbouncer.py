"""Debian's pgbouncer in transaction mode, in front of the run's server."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
from pydantic import SecretStr

from metatron.kernel.process.accounts import server_account
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.server_roles import APPLICATION
from tests.platform.payments.provider_process import free_port

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
_READY_SECONDS = 15.0
_SETTINGS = """\
[databases]
* = host={sockets}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 500
query_wait_timeout = 60
logfile = {log}
ignore_startup_parameters = extra_float_digits
"""


@dataclass(frozen=True)
class Pooler:
    """A running one."""

    port: int

    def address(self, direct: SecretStr) -> str:
        """The address of the same role and database, through the pooler."""
        parts = urlsplit(direct.get_secret_value())
        return f"postgresql://{parts.username}:{parts.password}@127.0.0.1:{self.port}{parts.path}"

    async def bindings(self, direct: SecretStr, servers: int) -> dict[int, str]:
        """The tenant that each of the pooler's connections is left bound to, by its server's pid.

        As many transactions as there are connections are held open, so each answers for itself.
        """
        found: dict[int, str] = {}
        held = [
            await asyncpg.connect(self.address(direct), statement_cache_size=0)
            for _ in range(servers)
        ]
        try:
            for connection in held:
                await connection.execute("begin")
                row = await connection.fetchrow(
                    "select pg_backend_pid() as pid, current_setting('app.tenant_id', true) as t,"
                    " (select count(*) from pg_locks where pid = pg_backend_pid()"
                    "  and locktype = 'advisory') as locks"
                )
                assert row["locks"] == 0
                found[row["pid"]] = row["t"] or ""
        finally:
            for connection in held:
                await connection.close()
        return found


@contextmanager
def pgbouncer(server: EmbeddedPostgres, folder: Path, *, servers: int) -> Iterator[Pooler]:
    """Run one of at most `servers` connections to each database."""
    assert PROGRAM, "pgbouncer is missing: apt-get install pgbouncer"
    port, users, log = free_port(), folder / "users", folder / "pgbouncer.log"
    parts = urlsplit(server.dsn(APPLICATION))
    users.write_text(f'"{parts.username}" "{parts.password}"\n')
    log.touch()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        _SETTINGS.format(
            sockets=server.socket_directory, port=port, users=users, log=log, servers=servers
        )
    )
    argv = [PROGRAM, str(settings)]
    account = server_account(lambda _: None)
    options: dict[str, int] = {}
    if account is not None:
        # It refuses to run as root, and its files lie where others may not look.
        place = Path(tempfile.mkdtemp(prefix="metatron-pgbouncer-"))
        for file in (settings, users, log):
            moved = place / file.name
            moved.write_text(file.read_text().replace(str(folder), str(place)))
            os.chown(moved, account.user_id, account.group_id)
        os.chown(place, account.user_id, account.group_id)
        argv = [PROGRAM, str(place / settings.name)]
        options = {"user": account.user_id, "group": account.group_id}
    process = subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        _wait(process, port)
        yield Pooler(port)
    finally:
        process.terminate()
        process.wait(20)
        if account is not None:
            shutil.rmtree(place)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + _READY_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "pgbouncer ended at once"
        assert time.monotonic() < ends, "pgbouncer does not answer"
        time.sleep(0.05)
