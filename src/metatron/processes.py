"""The composition root: which modules there are and which of them form which process."""

import asyncio
import importlib
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from metatron.kernel.database.database import Database
from metatron.kernel.database.migrations import applied_revisions, at_heads, upgrade
from metatron.kernel.database.session import create_engine
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.events.scheduler import Scheduler
from metatron.kernel.http.application import create_application
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.logs import configure_logs
from metatron.platform.audit.sealer import Sealer

KERNEL_MIGRATIONS = Path(__file__).parent / "kernel" / "migrations"

MODULE_NAMES = (
    "platform.tenancy",
    "platform.identity",
    "platform.gateway",
    "platform.audit",
    "platform.notifications",
    "platform.ledger",
    "platform.payments",
    "apps.campaigns",
)


def all_modules() -> tuple[Module, ...]:
    """Return every module's manifest, dependencies first."""
    return tuple(importlib.import_module(f"metatron.{name}.module").MODULE for name in MODULE_NAMES)


def migration_folders() -> list[Path]:
    """Return the migration folders, the kernel's first."""
    return [KERNEL_MIGRATIONS, *(m.migrations for m in all_modules() if m.migrations)]


async def migrate(settings: Settings) -> None:
    """Bring the home database to every module's newest revision, in one transaction."""
    engine = _owner_engine(settings)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, migration_folders())
    await engine.dispose()


async def migrated(settings: Settings) -> bool:
    """Tell whether the home database is at every module's newest revision."""
    engine = _owner_engine(settings)
    async with engine.connect() as connection:
        applied = await connection.run_sync(applied_revisions)
    await engine.dispose()
    return at_heads(applied, migration_folders())


def _owner_engine(settings: Settings) -> AsyncEngine:
    return create_engine(settings.database_owner_url.get_secret_value(), size=1)


@dataclass(slots=True)
class Runtime:
    """What a process shares with its modules at start."""

    settings: Settings
    database: Database
    registry: Registry
    modules: tuple[Module, ...]
    app: FastAPI | None = None


async def start(settings: Settings, app: FastAPI | None = None) -> Runtime:
    """Open the database and let every module prepare itself."""
    database = await Database.open(settings)
    modules = all_modules()
    runtime = Runtime(settings, database, Registry(modules), modules, app)
    if app is not None:
        app.state.database, app.state.runtime = database, runtime
    for module in modules:
        for hook in module.startup:
            outcome: Any = hook(runtime)
            if inspect.isawaitable(outcome):
                await outcome
    return runtime


def web_application(settings: Settings | None = None) -> FastAPI:
    """Return the web process's application; granian calls this as a factory."""
    settings = settings or Settings()
    configure_logs(settings.log_level, process="web")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runtime = await start(settings, app)
        yield
        await runtime.database.close()

    return create_application(settings, all_modules(), lifespan)


async def work(settings: Settings) -> None:
    """Run worker, relay, scheduler and sealer until cancelled."""
    configure_logs(settings.log_level, process="worker")
    runtime = await start(settings)
    database = runtime.database
    relay = Relay(database.system, runtime.registry)
    runner = Runner(database, runtime.registry)
    scheduler = Scheduler(database.system, runtime.registry.schedules)
    sealer = Sealer(database.outboxes, settings.data_dir)
    tasks = [asyncio.create_task(part.run()) for part in (relay, runner, scheduler, sealer)]
    try:
        await asyncio.gather(*tasks)
    finally:
        runner.stop()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
        await database.close()
