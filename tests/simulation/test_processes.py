# ruff: noqa: ASYNC110 - it waits for other processes; the seed must be seen
"""Real processes killed at random while commands run: nothing lost, nothing twice.

The seed is printed; METATRON_SIMULATION_SEED repeats the choices (not the timing of the machine).
"""

import asyncio
import contextlib
import io
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy.ext.asyncio import create_async_engine

from metatron.kernel.database.migrations import upgrade
from metatron.kernel.ids import new_id
from metatron.kernel.process import orphans
from metatron.kernel.process.child import Child
from metatron.kernel.process.command import Command
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.progress import Progress
from metatron.kernel.process.readiness import answers
from metatron.kernel.process.supervisor import Supervisor
from metatron.processes import KERNEL_MIGRATIONS
from tests.platform.payments.provider_process import free_port
from tests.simulation.workload import MARKS

ROOT = Path(__file__).parents[2]
KILLING_SECONDS = 7.0
LONGEST_KILLING_SECONDS = 20.0
SETTLING_SECONDS = 30.0
ENOUGH_COMMANDS = 30
ALLOWED = {201, 409, 503, 504}
"""Done; in flight; the database is away; too late. A 500 would be a bug."""


@dataclass
class World:
    """Everything that runs, and what the clients were told."""

    server: EmbeddedPostgres
    supervisor: Supervisor
    chance: random.Random
    url: str
    tenants: list[str]
    told: dict[UUID, UUID] = field(default_factory=dict)
    tenant_of: dict[UUID, str] = field(default_factory=dict)
    statuses: Counter[int | str] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    closing: asyncio.Event = field(default_factory=asyncio.Event)


def _children(port: int, environment: dict[str, str]) -> list[Child]:
    def run(*arguments: str) -> Command:
        argv = (sys.executable, "-m", "tests.simulation.workload", *arguments)
        return Command(argv=argv, env=environment)

    ready = answers(f"http://127.0.0.1:{port}/api/v1/openapi.json")
    return [
        Child("web", run("web", str(port)), ready=ready, depends_on=("database",)),
        Child("relay", run("relay"), depends_on=("database",)),
        Child("worker-1", run("worker"), depends_on=("database",)),
        Child("worker-2", run("worker"), depends_on=("database",)),
    ]


async def _client(world: World, seed: int) -> None:
    """Give commands until told to end; ask again until each is answered."""
    chance = random.Random(seed)
    async with httpx.AsyncClient(base_url=world.url, timeout=3) as http:
        while not world.closing.is_set():
            command, tenant = new_id(), chance.choice(world.tenants)
            world.tenant_of[command] = tenant
            await _insist(world, http, command, tenant)
            if chance.random() < 0.3:
                await _insist(world, http, command, tenant)
            await asyncio.sleep(chance.random() * 0.03)


async def _insist(world: World, http: httpx.AsyncClient, command: UUID, tenant: str) -> None:
    headers = {"authorization": f"Bearer {tenant}", "idempotency-key": str(command)}
    while True:
        try:
            answer = await http.post("/api/v1/commands", json={"id": str(command)}, headers=headers)
        except httpx.HTTPError as error:
            world.statuses[type(error).__name__] += 1
            await asyncio.sleep(0.1)
            continue
        world.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            event_id = UUID(answer.json()["event_id"])
            if world.told.setdefault(command, event_id) != event_id:
                world.contradictions.append(f"{command}: {world.told[command]}, then {event_id}")
            return
        await asyncio.sleep(0.1)


def _enough(world: World, seconds: float) -> bool:
    said = len(world.told) >= ENOUGH_COMMANDS and len(world.killed) == 5
    return seconds > LONGEST_KILLING_SECONDS or (seconds > KILLING_SECONDS and said)


async def _kill_at_random(world: World) -> None:
    begun = time.monotonic()
    # Each is hit at least once, the rest falls as it may.
    victims = ["web", "relay", "worker-1", "worker-2", "database"]
    world.chance.shuffle(victims)
    while not _enough(world, time.monotonic() - begun):
        answered = len(world.told)
        await asyncio.sleep(world.chance.uniform(0.2, 0.9))
        with contextlib.suppress(TimeoutError):  # a busy machine gets time to answer in between
            async with asyncio.timeout(3):
                while len(world.told) < answered + 5:
                    await asyncio.sleep(0.02)
        name = victims.pop() if victims else world.chance.choice(["web", "relay", "worker-1"])
        if name == "database":
            pid = orphans.recorded_pid(world.server.cluster)
        else:
            pid = world.supervisor._running[name].pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                world.killed[name] += 1


async def _settled(world: World) -> bool:
    dsn = world.server.dsn("metatron_system")
    try:
        connection = await asyncpg.connect(dsn, timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    try:
        busy = await connection.fetchval(
            "select exists (select from kernel.outbox) or exists (select from jobs.pgqueuer)"
        )
        return not busy
    finally:
        await connection.close()


async def _facts(server: EmbeddedPostgres) -> tuple[list[Any], list[Any], list[Any]]:
    connection = await asyncpg.connect(server.dsn("metatron_system"))
    try:
        done = await connection.fetch(
            "select tenant_id, aggregate_id, id from kernel.event"
            " where name = 'kernel.command_done.v1'"
        )
        marks = await connection.fetch(
            "select tenant_id, aggregate_id, payload->>'by' as by, count(*) as times"
            " from kernel.event where name = 'kernel.mark_left.v1' group by 1, 2, 3"
        )
        left = await connection.fetch("select entrypoint, status, attempts from jobs.pgqueuer")
        return done, marks, left
    finally:
        await connection.close()


async def _simulate(folder: Path, seed: int) -> None:
    server = EmbeddedPostgres(folder / "data")
    server.prepare()
    port, tenants = free_port(), [str(new_id()) for _ in range(3)]
    try:
        async with Supervisor(folder / "logs", Progress(io.StringIO())) as supervisor:
            await supervisor.start(server.child())
            await server.ensure_roles()
            await _migrate(server.dsn("metatron_owner"))
            environment = dict(os.environ) | {
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "METATRON_DATABASE_URL": server.dsn("metatron_app"),
                "METATRON_DATABASE_SYSTEM_URL": server.dsn("metatron_system"),
                "METATRON_DATA_DIR": str(folder),
                "METATRON_REQUEST_SECONDS": "2",
                "SIMULATION_TENANTS": ",".join(tenants),
            }
            await supervisor.start(*_children(port, environment))
            world = World(
                server, supervisor, random.Random(seed), f"http://127.0.0.1:{port}", tenants
            )
            clients = [asyncio.create_task(_client(world, seed + n)) for n in range(4)]
            await _kill_at_random(world)
            world.closing.set()
            async with asyncio.timeout(SETTLING_SECONDS):
                await asyncio.gather(*clients)
                while not await _settled(world):
                    await asyncio.sleep(0.2)
            _judge(world, *await _facts(server))
    finally:
        server.release()


async def _migrate(dsn: str) -> None:
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, [KERNEL_MIGRATIONS])
    await engine.dispose()


def _judge(world: World, done: list[Any], marks: list[Any], left: list[Any]) -> None:
    print("killed", dict(world.killed), "answers", dict(world.statuses))
    assert not world.contradictions
    assert len(world.told) >= ENOUGH_COMMANDS, "the simulation was too short to say anything"
    assert set(world.killed) == {"web", "relay", "worker-1", "worker-2", "database"}
    codes = {status for status in world.statuses if isinstance(status, int)}
    assert codes <= ALLOWED, world.statuses
    assert set(world.tenant_of) == set(world.told), "every command was answered in the end"
    assert Counter((str(row["tenant_id"]), row["aggregate_id"], row["id"]) for row in done) == {
        (world.tenant_of[command], command, event): 1 for command, event in world.told.items()
    }, "each command has the one event its client was told of"
    assert {
        (str(row["tenant_id"]), row["aggregate_id"], row["by"]): row["times"] for row in marks
    } == {(world.tenant_of[command], command, by): 1 for command in world.told for by in MARKS}
    assert left == []


def test_processes_killed_at_random(tmp_path: Path) -> None:
    seed = int(os.environ.get("METATRON_SIMULATION_SEED", random.randrange(10**9)))
    print(f"METATRON_SIMULATION_SEED={seed}")
    asyncio.run(_simulate(tmp_path, seed))
