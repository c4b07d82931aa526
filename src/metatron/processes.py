"""The composition root: which modules there are and which of them form which process."""

import asyncio
import gc
import importlib
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from metatron.kernel.database.database import Database
from metatron.kernel.database.migrations import applied_revisions, at_heads, upgrade
from metatron.kernel.database.service_grants import settle
from metatron.kernel.database.session import create_engine
from metatron.kernel.database.time_signal import follow_time
from metatron.kernel.events.pruner import Pruner, kept_of
from metatron.kernel.events.registry import Registry
from metatron.kernel.http.application import Application, create_application
from metatron.kernel.http.trust import authorities
from metatron.kernel.module import Module
from metatron.kernel.redis_door import RedisDoor, open_redis, preload_redis
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.logs import configure_logs
from metatron.kernel.telemetry.metrics import hand_on_requests
from metatron.kernel.telemetry.traces import Traces, open_tracing
from metatron.services import serves

log = structlog.get_logger(__name__)
KERNEL_MIGRATIONS = Path(__file__).parent / "kernel" / "migrations"

COLLECTOR_THRESHOLDS = (20_000, 20, 20)
"""A request leaves no cycles behind; looking for them every 2,000 objects costs 2 %."""
MODULE_NAMES = (
    "platform.tenancy",
    "platform.identity",
    "platform.gateway",
    "platform.audit",
    "platform.notifications",
    "platform.ledger",
    "platform.payments",
    "platform.approvals",
    "platform.files",
    "platform.records",
    "platform.webhooks",
    "platform.personal_data",
    "platform.backups",
    "platform.health",
    "platform.console",
    "apps.campaigns",
    "apps.amc",
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
        await connection.run_sync(settle)
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
    redis: RedisDoor | None = None
    """The door to Redis, where one is configured."""
    doctor: Any = None
    """Answers for this process's health; the module that watches sets it."""
    loops: list[asyncio.Task[None]] = field(default_factory=list)
    """What start-up hooks let run beside the process; a loop that ends in an error is logged."""
    closing: list[Callable[[], Any]] = field(default_factory=list)
    """What start-up hooks want called when the process ends, newest first; may be awaitable."""

    def run(self, loop: Coroutine[Any, Any, None]) -> None:
        """Let `loop` run until the process closes."""
        task = asyncio.create_task(loop)
        task.add_done_callback(_log_end)
        self.loops.append(task)

    async def close(self) -> None:
        """Call what was left to be called, end the loops, then close the database."""
        for hook in reversed(self.closing):
            outcome: Any = hook()
            if inspect.isawaitable(outcome):
                await outcome
        for task in self.loops:
            task.cancel()
        await asyncio.gather(*self.loops, return_exceptions=True)
        if self.redis is not None:
            await self.redis.close()
        await self.database.close()


def _log_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("loop_ended", loop=task.get_coro(), exc_info=task.exception())


async def start(settings: Settings, app: FastAPI | None = None) -> Runtime:
    """Open the database and let every module prepare itself."""
    database = await Database.open(settings)
    modules = all_modules()
    runtime = Runtime(settings, database, Registry(modules), modules, app, open_redis(settings))
    runtime.run(follow_time(database.system))
    if app is not None:
        app.state.database, app.state.runtime = database, runtime
    for module in modules:
        for hook in module.startup:
            outcome: Any = hook(runtime)
            if inspect.isawaitable(outcome):
                await outcome
    return runtime


_prepared: Application | None = None


def prepare_web(settings: Settings) -> None:
    """Make the application before the workers fork off: they share its memory."""
    global _prepared
    preload_redis(settings)
    authorities()
    _prepared = _make_web(settings)
    _prepared.prepare()


def web_application(settings: Settings | None = None) -> FastAPI:
    """Return the web process's application; granian calls this as a factory."""
    settings = settings or Settings()
    process = settings.service or "web"
    configure_logs(settings.log_level, process=process)
    app = _prepared or _make_web(settings)
    # Not before the fork: it keeps a thread, which a fork would lose.
    tracing = open_tracing(settings, process)
    app.state.tracing = tracing
    if tracing is not None:
        app.hot = None
        app.add_middleware(Traces, tracing=tracing)
    return app


def _make_web(settings: Settings) -> Application:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runtime = await start(settings, app)
        if app.state.tracing is not None:
            runtime.closing.append(app.state.tracing.close)
        # What is there now stays: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTOR_THRESHOLDS)
        yield
        await runtime.close()
        hand_on_requests()

    answers = partial(serves, settings.service) if settings.service else None
    return create_application(settings, all_modules(), lifespan, serves=answers)


async def work(settings: Settings, *, port: int | None = None) -> None:
    """Run worker, relay and scheduler until cancelled; with a port, answer for its health there."""
    # Here, for the queue's library is slow to import and no other process needs it.
    from metatron.kernel.database.stirred import Rounds  # noqa: PLC0415
    from metatron.kernel.events.courtesy import Courtesy  # noqa: PLC0415
    from metatron.kernel.events.relay import Relay  # noqa: PLC0415
    from metatron.kernel.events.runner import Runner  # noqa: PLC0415
    from metatron.kernel.events.scheduler import Scheduler  # noqa: PLC0415
    from metatron.kernel.streams.station import open_station  # noqa: PLC0415

    configure_logs(settings.log_level, process="worker")
    runtime = await start(settings)
    database = runtime.database
    rounds, courtesy = Rounds(database), Courtesy()
    tracing = open_tracing(settings, "worker")
    runner = Runner(database, runtime.registry, tracing=tracing, courtesy=courtesy)
    station = await open_station(runtime, runner)
    relay = Relay(
        database.system,
        runtime.registry,
        rounds.sources,
        courtesy,
        noted=station.noted,
        again=rounds.again,
    )
    pruner = Pruner(database.outboxes, kept_of(runtime.modules))
    scheduler = Scheduler(database.system, runtime.registry.schedules)
    tasks = [asyncio.create_task(part.run()) for part in (relay, runner, scheduler, pruner)]
    tasks += [asyncio.create_task(part.run()) for part in station.parts]
    if port is not None:
        from metatron.worker_health import answer_for_health  # noqa: PLC0415

        tasks.append(asyncio.create_task(answer_for_health(runtime, port)))
    try:
        await asyncio.gather(*tasks)
    finally:
        runner.stop()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
        await runtime.close()
        if tracing is not None:
            await tracing.close()
