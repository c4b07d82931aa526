"""An organisation connected to a local AMC, and its worker, stepped by the tests."""

import asyncio
import dataclasses
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
from sqlalchemy import select, text

from metatron.apps.amc.connections import signing_in, syncing
from metatron.apps.amc.connections.events import ConnectionMoved
from metatron.apps.amc.connections.site import prepare as prepare_connections
from metatron.apps.amc.destinations.site import prepare as prepare_destinations
from metatron.apps.amc.module import MODULE
from metatron.apps.amc.permissions import EDIT, MANAGE, READ, RUN
from metatron.apps.amc.runs import asking, following, site
from metatron.apps.amc.runs.sources import Query
from metatron.apps.amc.runs.tables import Run
from metatron.apps.amc.runs.windows import Explicit
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user
from metatron.platform.notifications.module import MODULE as NOTIFICATIONS
from metatron.platform.tenancy.interface import create_organisation
from metatron.processes import Runtime
from tests.support.amazon import LocalAmc
from tests.support.people import new_email

RIGHTS = frozenset({READ, RUN, EDIT, MANAGE})
REACH = (
    "SELECT campaign, COUNT(DISTINCT user_id) AS reach\nFROM dsp_impressions\n"
    "WHERE campaign <> '{}'\nGROUP BY campaign"
)
MONTH = Explicit(start="2026-08-01T00:00:00", end="2026-09-01T00:00:00")
FAST = site.Tempo(
    stand_in_tick=timedelta(milliseconds=100),
    stand_in_settle=timedelta(milliseconds=300),
    stay=timedelta(),
)
_DUE = """
with due as (
  delete from kernel.outbox o where tenant_id = $1 and id in (
    select id from kernel.outbox where tenant_id = $1 and run_at <= now()
    order by run_at, id limit 50 for update skip locked)
  returning o.id, o.kind, o.name, o.arguments, o.run_at)
select d.id, d.kind, d.name, d.arguments, e.aggregate_id, e.occurred_at, e.payload from due d
left join kernel.event e on e.tenant_id = $1 and e.id = d.id and d.kind = 'event'
order by d.run_at, d.id
"""
_UNDER_WAY = "('queued', 'submitting', 'pending', 'running')"


@contextmanager
def prepared(settings: Settings, database: Database, amazon_url: str, secret: str) -> Iterator[Any]:
    """The start-up hooks of AMC, pointed at a local AMC."""
    told = settings.model_copy(
        update={
            "amazon_stand_in_url": amazon_url,
            "amazon_stand_in_secret": type(settings.secret_keys)(secret),
            "webhooks_to_private_addresses": True,
            "destinations_to_private_addresses": True,
        }
    )
    runtime = Runtime(told, database, Registry((MODULE, NOTIFICATIONS)), (MODULE, NOTIFICATIONS))
    prepare_connections(runtime)
    site.prepare(runtime)
    prepare_destinations(runtime)
    set_tempo(FAST)
    yield runtime


def set_tempo(tempo: site.Tempo) -> None:
    site._site = dataclasses.replace(site.site(), tempo=tempo)


@dataclasses.dataclass
class Stage:
    """One organisation with all instances of the local AMC."""

    database: Database
    runtime: Runtime
    amazon: LocalAmc
    owner: Context
    instances: dict[str, UUID] = dataclasses.field(default_factory=dict)
    killed: list[str] = dataclasses.field(default_factory=list)

    @property
    def tenant_id(self) -> UUID:
        return self.owner.tenant_id

    @property
    def instance_id(self) -> UUID:
        return self.instances["amclocal0001"]

    async def connect(self) -> None:
        async with self.database.transaction(self.owner) as session:
            started = await signing_in.connect(
                session, self.owner, name="Amazon", region="na", now=utc_now()
            )
        back = await self.amazon.consent(started.authorization_url)
        connection_id = await signing_in.complete(
            self.database, self.owner, code=back["code"], state=back["state"], now=utc_now()
        )
        await syncing.sync(self.database, self.owner, connection_id=connection_id, now=utc_now())
        async with self.database.transaction(self.owner) as session:
            rows = await session.execute(
                text("select amc_instance_id, id from amc.instance where tenant_id = :t"),
                {"t": self.tenant_id},
            )
            self.instances = {row.amc_instance_id: row.id for row in rows}

    def script(self, name: str, **script: Any) -> str:
        """Lay down what a query brings back; returns the query."""
        folder = self.amazon.folder / "scripts"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(script))
        return REACH.format(f"script:{name}")

    async def ask(self, sql: str = REACH.format("none"), **more: Any) -> UUID:
        parameters = more.pop("parameters", [])
        wish = asking.Wish(
            more.pop("instance_id", self.instance_id), Query(sql, parameters, "REMOVE_ROWS"),
            more.pop("rule", MONTH), **more,
        )  # fmt: skip
        async with self.database.transaction(self.owner) as session:
            run = await asking.ask(session, self.owner, wish=wish, now=utc_now())
        return run.id

    async def run(self, run_id: UUID) -> Run:
        async with self.database.transaction(self.owner) as session:
            query = select(Run).where(Run.tenant_id == self.tenant_id, Run.id == run_id)
            return (await session.execute(query)).scalar_one()

    async def states(self) -> dict[str, int]:
        async with self.database.transaction(self.owner) as session:
            rows = await session.execute(
                text("select state, count(*) n from amc.run where tenant_id = :t group by 1"),
                {"t": self.tenant_id},
            )
            return {row.state: row.n for row in rows}

    async def change(self, statement: str, **values: Any) -> Any:
        """Do something to the rows behind everybody's back."""
        async with self.database.transaction(self.owner) as session:
            return await session.execute(text(statement), {"t": self.tenant_id, **values})

    async def alone(self) -> None:
        """Cancel what other tests left waiting: it would have its share of the account."""
        left = await self.database.system.fetch(
            f"select distinct tenant_id from amc.run where state in {_UNDER_WAY}"
        )
        for row in left:
            async with self.database.transaction(system_context(row["tenant_id"])) as session:
                await session.execute(
                    text(
                        "update amc.run set state = 'cancelled', finished_at = now()"
                        f" where tenant_id = :t and state in {_UNDER_WAY}"
                    ),
                    {"t": row["tenant_id"]},
                )

    async def step(self) -> int:
        """Run what is due now, as the worker would; returns how many jobs."""
        rows = await self.database.system.fetch(_DUE, self.tenant_id)
        messages = [message for row in rows for message in self._messages(row)]
        runner = Runner(self.database, self.runtime.registry)
        handlers = self.runtime.registry.handlers()
        count = 0
        for message in messages:
            if message["handler"] in handlers and message["handler"].startswith("amc."):
                await runner.deliver(handlers[message["handler"]], message)
                count += 1
        return count

    async def again(self, job: str, **arguments: Any) -> None:
        """Deliver a job once more, as the queue does when its worker died."""
        async with self.database.transaction(self.owner) as session:
            await enqueue(session, self.owner, job, **arguments)

    async def waiting(self, job: str) -> int:
        """How many of a job wait, due or not."""
        count = await self.database.system.fetchval(
            "select count(*) from kernel.outbox where tenant_id = $1 and name = $2",
            self.tenant_id, job,
        )  # fmt: skip
        return int(count)

    async def look(self) -> None:
        """Take a look out of turn, and nothing else."""
        async with self.database.transaction(self.owner) as session:
            row = await session.execute(
                text("select tick_id from amc.turn where tenant_id = :t and instance_id = :i"),
                {"t": self.tenant_id, "i": self.instance_id},
            )
            tick_id = row.scalar_one()
        await following.follow(
            self.database, self.owner, instance_id=self.instance_id, tick_id=tick_id,
            now=utc_now(),
        )  # fmt: skip

    async def look_at_accounts(self) -> None:
        """Compare accounts and instances with Amazon's, as every night."""
        row = await self.change("select id from amc.connection where tenant_id = :t")
        await syncing.sync(self.database, self.owner, connection_id=row.scalar_one(), now=utc_now())

    async def tell_healthy(self, connection_id: UUID) -> None:
        event = ConnectionMoved(aggregate_id=connection_id, from_state="broken", to_state="healthy")
        async with self.database.transaction(self.owner) as session:
            await publish(session, self.owner, event, now=utc_now())

    def _messages(self, row: Any) -> list[dict[str, Any]]:
        message = {"tenant_id": str(self.tenant_id), "id": str(row["id"]), "kind": row["kind"]}
        if row["kind"] == "job":
            arguments = orjson.loads(row["arguments"] or "{}")
            return [message | {"handler": row["name"], "arguments": arguments}]
        event = {
            "name": row["name"],
            "aggregate_id": str(row["aggregate_id"]),
            "occurred_at": row["occurred_at"].isoformat(),
            "payload": orjson.loads(row["payload"]),
        }
        return [
            message | {"handler": each.subscriber, "event": event}
            for each in self.runtime.registry.subscriptions.get(row["name"], [])
        ]

    async def until(
        self, done: Callable[[dict[str, int]], bool], *, seconds: float = 30.0
    ) -> dict[str, int]:
        """Step until the runs' states are as wanted."""
        end = time.monotonic() + seconds
        while True:
            await self.step()
            states = await self.states()
            if done(states):
                return states
            assert time.monotonic() < end, states
            await asyncio.sleep(0.05)

    async def ended(self, run_id: UUID, *, seconds: float = 30.0) -> Run:
        end = time.monotonic() + seconds
        while True:
            await self.step()
            run = await self.run(run_id)
            if run.state in {"succeeded", "failed", "cancelled"}:
                return run
            assert time.monotonic() < end, (run.state, run.state_reason)
            await asyncio.sleep(0.05)

    def executions(self) -> list[dict[str, Any]]:
        """What stands in Amazon's books of this organisation's instance."""
        rows = self.amazon.change(
            "select execution_id, status, request from execution order by number"
        )
        return [{"id": one, "status": two, **json.loads(three)} for one, two, three in rows]

    def executions_of(self, run: Run) -> list[dict[str, Any]]:
        return [each for each in self.executions() if run.marker in each["workflow"]["sqlQuery"]]

    def job(self, run: Run) -> dict[str, Any]:
        """What the engine was given for a run."""
        path = self.amazon.folder / "jobs" / f"{run.amc_execution_id}.json"
        told: dict[str, Any] = json.loads(path.read_text())
        return told


async def a_member(database: Database) -> Context:
    """The owner of a new organisation: what goes on in somebody's name asks for their rights."""
    async with database.transaction(system_context()) as session:
        user_id = await ensure_user(
            session, email=new_email("owner"), display_name="Owner", verified=True, now=utc_now()
        )
    made = await create_organisation(
        database, name="Org", slug=None, owner_user_id=user_id, is_sandbox=False,
        actor=system_context(),
    )  # fmt: skip
    return Context(made.id, "user", user_id, RIGHTS, request_id="test")


@asynccontextmanager
async def organisation(
    database: Database, runtime: Runtime, amazon: LocalAmc, owner: Context | None = None
) -> AsyncIterator[Stage]:
    owner = owner or Context(new_id(), "user", new_id(), RIGHTS, request_id="test")
    made = Stage(database, runtime, amazon, owner)
    await made.connect()
    yield made


def wait_for(url: str, seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/health/live", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


def results_folder() -> Path:
    return site.site().results
