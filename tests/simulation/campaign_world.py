"""An organisation with its jobs, its provider and a clock that all three share.

Messages are handed to handlers by the real runner, so that its marks hold; here is only decided
when, how often, and at which statement the worker dies. The clock is held: a step takes half a
second of it, whatever the machine needs.
"""

import hashlib
import random
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy.exc import DBAPIError

from metatron.apps.campaigns.machine.messages import TELL
from metatron.apps.campaigns.module import MODULE as CAMPAIGNS
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import Busy
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.platform.ledger.module import MODULE as LEDGER
from metatron.platform.payments.module import MODULE as PAYMENTS
from metatron.platform.payments.overdue import take_up_overdue
from metatron.platform.payments.sandbox_adapter import SandboxAdapter
from tests.apps.campaigns.clocked import ClockedStage
from tests.platform.payments.provider_process import ProviderProcess
from tests.simulation.fuse import Crashed, Fuse
from tests.simulation.held_clock import BEGINS_AT, HeldClock
from tests.simulation.wire import Wire

LONGEST_TRANSACTION = 25
"""Statements after which a lit fuse may still be burning."""
_DUE = """
select o.tenant_id, o.id, o.kind, o.name, o.arguments, null as trace,
  e.aggregate_id, e.occurred_at, e.payload
from kernel.outbox o left join kernel.event e
  on e.tenant_id = o.tenant_id and e.id = o.id and o.kind = 'event'
where o.tenant_id = $1 and o.run_at <= now() + make_interval(secs => $2)
order by o.run_at, o.id limit 20
"""
TRY_AGAIN = frozenset({"40001", "40P01"})
"""What the runner tries again: a serialisation failure and a deadlock."""


class World(ClockedStage):
    """A stage whose time is the database's, whose worker dies, and whose provider is a process."""

    def __init__(  # noqa: PLR0917 - all that one world is made of
        self, database: Database, provider: ProviderProcess, adapter: SandboxAdapter, wire: Wire,
        chance: random.Random, fuse: Fuse,
    ) -> None:  # fmt: skip
        super().__init__(database)
        self.clock = HeldClock(database)
        self.provider, self.adapter, self.wire = provider, adapter, wire
        self.chance, self.fuse = chance, fuse
        self.registry = Registry([LEDGER, PAYMENTS, CAMPAIGNS])
        self.runner, self.relay = (
            Runner(database, self.registry),
            Relay(database.system, self.registry),
        )
        self.handlers = self.registry.handlers()
        self.queue: list[dict[str, Any]] = []
        self.crashes = self.done = 0
        self.trace: list[str] = []
        self._provider_at = BEGINS_AT
        self.provider.call("POST", "/control/clock/hold", {"at": BEGINS_AT.isoformat()})
        self.look_at_clock()

    @property
    def context(self) -> Context:
        return system_context(self.tenant_id)

    def note(self, what: str) -> None:
        """Write down what happened: two runs of a seed write the same."""
        self.trace.append(what)

    def digest(self) -> str:
        """Return what tells this run's trace from another's."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:12]

    def look_at_clock(self) -> None:
        self.now = self.clock.at + timedelta(seconds=self.offset_seconds)

    async def tick(self) -> None:
        """Let the moment pass that a step takes."""
        await self.clock.tick()
        self.look_at_clock()

    async def pass_time(self, **duration: float) -> None:
        """Set the organisation's clock ahead, and the provider's to the same instant."""
        await self.set_ahead(**duration)
        seconds = (self.now - self._provider_at).total_seconds()
        self._provider_at = self.now
        self.provider.call("POST", "/control/clock/advance", {"seconds": seconds})

    async def relay_due(self, *, dies: bool = False) -> int:
        """Move what is due from the outbox to the queue; dying on the way leaves it in both."""
        rows = await self.database.system.fetch(_DUE, self.tenant_id, self.offset_seconds)
        for row in rows:
            messages = [
                orjson.loads(orjson.dumps(m, default=str)) for m in self.relay._messages(row)
            ]
            self.queue += [each for each in messages if each["handler"] in self.handlers
                           and each["handler"] != TELL]  # fmt: skip
        if not dies:
            await self.database.system.execute(
                "delete from kernel.outbox where tenant_id = $1 and id = any($2::uuid[])",
                self.tenant_id, [row["id"] for row in rows],
            )  # fmt: skip
        return len(rows)

    async def work(self, *, calmly: bool = False) -> None:
        """Handle one message of the queue, any; the worker may die before, in it or after it."""
        if not self.queue:
            return
        number = self.chance.randrange(len(self.queue))
        message = self.queue[number]
        fate = "well" if calmly else self.chance.choices(
            ["well", "dies", "is_cut_off", "forgets"], weights=[80, 8, 4, 8]
        )[0]  # fmt: skip
        is_done = await self._handle(message, fate)
        self.note(f"{message['handler']} {message['id']} {fate} {is_done}")
        if is_done and fate != "forgets":
            del self.queue[number]
            self.done += 1

    async def _handle(self, message: dict[str, Any], fate: str) -> bool:
        """Tell whether the message was handled to its end."""
        handler, blown = self.handlers[message["handler"]], self.fuse.blown
        try:
            if fate in {"dies", "is_cut_off"}:
                with self.fuse.lit(self.chance.randrange(LONGEST_TRANSACTION), fate):
                    await self.runner.deliver(handler, message)
            else:
                await self.runner.deliver(handler, message)
        except Crashed:
            self.crashes += 1
            return False
        except Busy:
            # What died was the flush of a batch: whoever waited for it hears that, and tries again.
            if self.fuse.blown == blown:
                raise
            self.crashes += 1
            return False
        except DBAPIError as error:
            if self.fuse.blown == blown and self._state(error) not in TRY_AGAIN:
                raise
            self.crashes += 1
            return False
        return True

    @staticmethod
    def _state(error: DBAPIError) -> str | None:
        return getattr(error.orig, "sqlstate", None)

    async def sweep(self) -> None:
        """Take up what a worker left that died between its two transactions; a schedule does it."""
        self.note(f"swept {await take_up_overdue(self.database)}")

    async def settle(self) -> None:
        """Run everything that is due, without faults, until only the provider has to answer."""
        await self.tick()
        await self.sweep()
        while await self.relay_due() or self.queue:
            while self.queue:
                await self.work(calmly=True)
