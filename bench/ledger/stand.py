"""One embedded PostgreSQL that holds our ledger and pgledger, with the same accounts in both."""

import asyncio
import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from pydantic import SecretStr

from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.processes import migrate

ACCOUNTS = 20_000
HOT = 0
SHARD_BASE = 30_000
WORDS = (
    "Lock 25.00 EUR for commitment K7-3QF",
    "Escrow of commitment K7-3QF at the provider",
    "Member confirmed the last step of joining",
)
"""Why, where to and what triggered it, as every transfer of ours tells."""
PEER_SCRIPTS = (
    "vendor/scoville-pgsql-ulid/ulid-to-uuid.sql",
    "vendor/scoville-pgsql-ulid/uuid-to-ulid.sql",
    "pgledger.sql",
)
_OPEN_OURS = """
select count(*) from (select set_config('app.tenant_id', $1, true)) b,
lateral ledger.create_accounts(
    $2::uuid[], array_fill(978, array[cardinality($2)]), array_fill(10, array[cardinality($2)]),
    array_fill('EUR'::text, array[cardinality($2)])) r
where r.status = 'created'
"""
_OPEN_PEER = """
insert into pgledger_accounts (id, name, currency, allow_negative_balance, allow_positive_balance,
    created_at, updated_at)
select 'pgla_' || lpad(n::text, 26, '0'), 'account ' || n, 'EUR', true, true, now(), now()
from unnest($1::bigint[]) n
"""
_COUNTS = {
    "ours": "select count(*) from ledger.transfer",
    "pgledger": "select count(*) from pgledger_transfers",
}
_SIZES = {
    "ours": """select pg_total_relation_size('ledger.transfer')
        + pg_total_relation_size('ledger.entry')""",
    "pgledger": """select pg_total_relation_size('pgledger_transfers')
        + pg_total_relation_size('pgledger_entries')""",
}
_TABLES = {
    "ours": ("ledger.transfer", "ledger.entry", "ledger.account"),
    "pgledger": ("pgledger_transfers", "pgledger_entries", "pgledger_accounts"),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where both ledgers are, and the tenant that ours is used by."""

    server: EmbeddedPostgres
    programs: Path
    scratch: Path
    tenant: str

    def pgbench(self, engine: str, script: str, *, clients: int, seconds: int) -> tuple[float, int]:
        """Run a script; returns its transactions a second and how many there were."""
        file = self.scratch / f"{engine}.sql"
        file.write_text(script)
        role = "metatron_app" if engine == "ours" else "metatron_owner"
        password = (self.server.data_dir / "secrets" / role).read_text().strip()
        out = subprocess.run(
            [
                str(self.programs / "pgbench"), "-n", "-M", "prepared", "-c", str(clients),
                "-j", "1", "-T", str(seconds), "-f", str(file), "-D", f"tenant={self.tenant}",
                "-h", str(self.server.socket_directory), "-U", role, "metatron",
            ],
            check=True, capture_output=True, text=True,
            env=os.environ | {"PGPASSWORD": password},
        )  # fmt: skip
        assert " aborted" not in out.stderr, out.stderr
        done = re.search(r"actually processed: (\d+)", out.stdout)
        assert done, out.stdout + out.stderr
        if done[1] == "0":  # a second may pass while the disk is busy with a checkpoint
            return 0.0, 0
        assert "number of failed transactions: 0 " in out.stdout, out.stdout + out.stderr
        rate = re.search(r"tps = ([\d.]+)", out.stdout)
        assert rate, out.stdout
        return float(rate[1]), int(done[1])

    async def ask(self, sql: str, *arguments: object) -> int:
        """Ask for one number as the owner, who counts within the tenant."""
        connection = await asyncpg.connect(self.server.dsn("postgres", "metatron"))
        try:
            return int(await connection.fetchval(sql, *arguments) or 0)
        finally:
            await connection.close()

    def count(self, engine: str) -> int:
        """Return how many transfers an engine has booked."""
        return asyncio.run(self.ask(_COUNTS[engine]))

    def settle(self) -> None:
        """Write out what earlier rounds left behind, so that none pays for another."""
        asyncio.run(self._execute("checkpoint"))

    def bytes_per_transfer(self, engine: str) -> float:
        """Return what a transfer with its entries and indexes takes, after a vacuum."""
        for table in _TABLES[engine]:
            asyncio.run(self._execute(f"vacuum analyze {table}"))
        return asyncio.run(self.ask(_SIZES[engine])) / self.count(engine)

    def vacuum(self) -> None:
        """Vacuum and analyse both ledgers."""
        for engine, tables in _TABLES.items():
            assert engine in _SIZES
            for table in tables:
                asyncio.run(self._execute(f"vacuum analyze {table}"))

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.server.dsn("postgres", "metatron"))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def ours_id(number: int) -> str:
    """Return our account's id."""
    return f"00000000-0000-7000-8000-{number:012}"


async def _prepare(server: EmbeddedPostgres, peer: Path, tenant: str) -> None:
    settings = Settings(
        database_url=SecretStr(server.dsn("metatron_app")),
        database_system_url=SecretStr(server.dsn("metatron_system")),
        database_owner_url=SecretStr(server.dsn("metatron_owner")),
    )
    await migrate(settings)
    numbers = [*range(ACCOUNTS + 1), *range(SHARD_BASE, SHARD_BASE + 64)]
    owner = await asyncpg.connect(server.dsn("metatron_owner"))
    async with owner.transaction():
        for script in PEER_SCRIPTS:
            await owner.execute((peer / script).read_text())
    await owner.execute(_OPEN_PEER, numbers)
    await owner.close()
    app = await asyncpg.connect(server.dsn("metatron_app"))
    for start in range(0, len(numbers), 10_000):
        ids = [ours_id(number) for number in numbers[start : start + 10_000]]
        assert await app.fetchval(_OPEN_OURS, tenant, ids) == len(ids)
    await app.close()


@contextlib.contextmanager
def stand(peer: Path) -> Iterator[Stand]:
    """Start the server as `bin/up` does (fsync on) and load both ledgers."""
    with tempfile.TemporaryDirectory(prefix="metatron-bench-") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        try:
            asyncio.run(server.ensure_roles())
            tenant = str(new_id())
            asyncio.run(_prepare(server, peer, tenant))
            programs = Path(server.command().argv[0]).parent
            made = Stand(server, programs, Path(folder), tenant)
            made.vacuum()
            yield made
        finally:
            server.stop()
