"""One server a run, a template database named by the migrations' hash, a clone per worker.

Tests commit: each works in tenants of its own, so none sees another's rows. A test of the relay,
of locks or of LISTEN takes `committed_database`, a fresh clone that it has to itself.
"""

import asyncio
import functools
import hashlib
import os
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx._transports.default as transports
import hypothesis
import pytest
import structlog
from pydantic import SecretStr

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.creation import create_database
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.shared_server import run_directory, shared_server
from metatron.kernel.secrets import new_key
from metatron.kernel.settings import RATE_LIMITS, Settings
from metatron.platform.tenancy.interface import prepare
from metatron.processes import all_modules, migrate, migration_folders
from tests.support.bounds import Bounds, Teller
from tests.support.kept_secret import keep_secret
from tests.support.turnstile import Turnstile

# The default renders the locals of every frame, which takes seconds an error.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
)
# How long an example takes tells what else the machine does; what must be quick has its own test.
hypothesis.settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared machine")
# Each client of its own reads the certificates of all authorities, for longer than most calls take.
transports.create_ssl_context = functools.cache(transports.create_ssl_context)


_TURNSTILE = pytest.StashKey[Turnstile]()


def pytest_configure(config: pytest.Config) -> None:
    """Share one turnstile among the workers of a run."""
    with ExitStack() as made:
        if hasattr(config, "workerinput"):
            # A worker has a folder of its own in the run's.
            folder = Path(config.option.basetemp).parent
        else:
            folder = Path(made.enter_context(TemporaryDirectory()))
        config.stash[_TURNSTILE] = Turnstile(folder)
    config.pluginmanager.register(Bounds())
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Teller(config))


# Outermost: what a test waits for here is not of its own time.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run each test among those of other workers, unless one of them measures.

    A test marked `alone` has a bound on real seconds that others beside it would use up.
    """
    turnstile = item.config.stash[_TURNSTILE]
    with ExitStack() as held:
        held.enter_context(turnstile.among_others())
        if item.get_closest_marker("alone") is not None:
            held.enter_context(turnstile.alone())
        return (yield)


@pytest.fixture(scope="session")
def turnstile(request: pytest.FixtureRequest) -> Turnstile:
    """The way to have the machine alone for a measurement."""
    return request.config.stash[_TURNSTILE]


@pytest.fixture(scope="session")
def run_id(request: pytest.FixtureRequest) -> str:
    """One id for all workers of this run."""
    workers = getattr(request.config, "workerinput", {})
    return str(workers.get("testrunuid", f"single-{os.getpid()}"))


@pytest.fixture(scope="session")
def server(run_id: str) -> Iterator[EmbeddedPostgres]:
    """The PostgreSQL server of this run."""
    with shared_server(run_directory(run_id)) as running:
        yield running


def _migrations_hash() -> str:
    digest = hashlib.sha256()
    for folder in migration_folders():
        for file in sorted(folder.glob("*.*")):
            if file.suffix in {".py", ".sql"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


async def _make_template(server: EmbeddedPostgres) -> str:
    name = f"template_{_migrations_hash()}"
    connection = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
    try:
        # One worker makes it, the others wait.
        await connection.execute("select pg_advisory_lock(7120)")
        known = await connection.fetchval("select 1 from pg_database where datname = $1", name)
        if not known:
            await create_database(connection, f"{name}_new")
            await migrate(settings_for(server, f"{name}_new", Path()))
            await connection.execute(f"alter database {name}_new rename to {name}")
    finally:
        await connection.close()
    return name


async def _clone(server: EmbeddedPostgres, template: str) -> str:
    name = f"test_{new_id().hex}"
    connection = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
    try:
        await connection.execute("select pg_advisory_lock(7121)")
        await create_database(connection, name, template=template)
    finally:
        await connection.close()
    return name


@pytest.fixture(scope="session")
def template(server: EmbeddedPostgres) -> str:
    """The name of the migrated template database."""
    return asyncio.run(_make_template(server))


def settings_for(server: EmbeddedPostgres, name: str, folder: Path) -> Settings:
    """Settings of a process on the database `name`."""
    return Settings(
        environment="test",
        data_dir=folder,
        database_url=SecretStr(server.dsn("metatron_app", name)),
        database_system_url=SecretStr(server.dsn("metatron_system", name)),
        database_owner_url=SecretStr(server.dsn("metatron_owner", name)),
        rate_limits=dict.fromkeys(RATE_LIMITS, (1_000_000, 1_000_000)),
        secret_keys=SecretStr(keep_secret("key of secrets", new_key())),
        signing_key_dir=folder / "keys",
        mailbox_dir=folder / "mailbox",
        payments_secret=SecretStr("sandbox-secret"),
        payments_webhook_secrets=SecretStr("whsec-sandbox"),
    )


@pytest.fixture(scope="session")
def settings(
    server: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of this worker's own clone."""
    # As every process does when it starts: rights and limits are told by the modules.
    prepare(all_modules())
    name = asyncio.run(_clone(server, template))
    return settings_for(server, name, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    """All doors of this worker's database."""
    opened = await Database.open(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def committed_database(
    server: EmbeddedPostgres, template: str, tmp_path: Path
) -> AsyncIterator[tuple[Settings, Database]]:
    """A database of the test's own, for what must see every committed row."""
    settings = settings_for(server, await _clone(server, template), tmp_path)
    opened = await Database.open(settings)
    yield settings, opened
    await opened.close()


@pytest.fixture
def tenant() -> Context:
    """The system's context in a tenant of the test's own."""
    return system_context(new_id())
