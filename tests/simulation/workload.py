"""What the simulated processes do: one command, two subscribers, one job, each leaving a mark.

`python -m tests.simulation.workload web PORT | relay | worker`
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI
from granian import Granian
from granian.constants import Interfaces
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.jobs import DeliveredEvent, Job, Subscription, enqueue
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.http.access import requires
from metatron.kernel.http.application import create_application
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.logs import configure_logs
from tests.doorkeeper import Doorkeeper

MARKS = ("sim.first", "sim.job", "sim.second")


class Done(Event):
    name = "kernel.command_done.v1"


class Marked(Event):
    name = "kernel.mark_left.v1"
    by: str


class Command(BaseModel):
    id: UUID


class Answer(BaseModel):
    event_id: UUID


router = Router()


@router.post("/commands", status_code=201)
@requires("sim:command", idempotency="required")
async def carry_out(body: Command, unit: Unit) -> Answer:
    event = Done(aggregate_id=body.id)
    event_id = await publish(unit.session, unit.context, event, now=unit.now)
    await enqueue(unit.session, unit.context, "sim.job", record=body.id)
    return Answer(event_id=event_id)


def _heard(name: str) -> Callable[..., Awaitable[None]]:
    async def handle(
        session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
    ) -> None:
        mark = Marked(aggregate_id=event.aggregate_id, by=name)
        await publish(session, context, mark, now=now)

    return handle


async def _job(session: AsyncSession, context: Context, *, now: datetime, record: str) -> None:
    await publish(session, context, Marked(aggregate_id=UUID(record), by="sim.job"), now=now)


MODULE = Module(
    "sim",
    "Simulation",
    routers=(router,),
    jobs=(Job("sim.job", _job),),
    subscriptions=tuple(
        Subscription(Done.name, name, _heard(name)) for name in ("sim.first", "sim.second")
    ),
)


def web_application() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = await Database.open(settings)
        yield
        await app.state.database.close()

    settings = Settings()
    configure_logs("WARNING", process="web")
    app = create_application(settings, [MODULE], lifespan)
    app.state.gate = Doorkeeper()
    app.state.gate.known = {
        tenant: Context(UUID(tenant), "user", UUID(tenant), frozenset({"sim:command"}))
        for tenant in os.environ["SIMULATION_TENANTS"].split(",")
    }
    return app


async def _run(part: str) -> None:
    configure_logs("WARNING", process=part)
    database = await Database.open(Settings())
    registry = Registry([MODULE])
    if part == "relay":
        await Relay(database.system, registry).run(sweep_seconds=0.3)
    else:
        await Runner(database, registry, heartbeat_seconds=2.0).run()


def main() -> None:
    part = sys.argv[1]
    if part != "web":
        asyncio.run(_run(part))
        return
    Granian(
        "tests.simulation.workload:web_application",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[2]),
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
