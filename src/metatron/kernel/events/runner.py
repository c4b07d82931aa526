"""Runs queued jobs: binds the tenant, makes effects single, retries, keeps dead letters."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.kernel.database.session import session_now
from metatron.kernel.events import bundles, queue
from metatron.kernel.events.courtesy import Courtesy
from metatron.kernel.events.gathering import Gathering, tenant_now
from metatron.kernel.events.jobs import DeliveredEvent, Job, Subscription
from metatron.kernel.events.queue_driver import LastingDriver
from metatron.kernel.events.queue_watch import watched
from metatron.kernel.events.registry import Registry
from metatron.kernel.telemetry.calls import DATABASE, STREAM, Calls, begin_work, observe_pair
from metatron.kernel.telemetry.metrics import observe_job
from metatron.kernel.telemetry.traces import Tracing

log = structlog.get_logger(__name__)

LISTENER_ERRORS: tuple[type[Exception], ...] = (
    *DATABASE_ERRORS,
    RuntimeError,
    # No RuntimeError, though it should be: a probe of the listener got no answer in time.
    FailingListenerError,
)
IN_HAND = 24
"""Entries taken from the queue at a time; twice as many may be begun and not done."""
LONGEST_RETRY_SECONDS = 300.0
AWAITED = 10
"""From this priority on people wait for it: links and codes to sign in."""
PAUSE = timedelta(seconds=30)
"""How long a job of a module that is switched off waits before it is looked at again."""
_MARK = text(
    "insert into kernel.delivery (tenant_id, id, handler) values (:tenant_id, :id, :handler)"
    " on conflict do nothing returning 1"
)


class TenantOfJobDiffers(AssertionError):
    """The tenant in a job's header and in its payload are not the same: our own bug."""


class Runner:
    """The worker's loop over PgQueuer."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        *,
        at_once: int = 8,
        heartbeat_seconds: float = 30.0,
        tracing: Tracing | None = None,
        courtesy: Courtesy | None = None,
    ) -> None:
        """Prepare to run the registry's handlers, twice `at_once` with a connection at a time.

        A job whose worker has not beaten for `heartbeat_seconds` is given to another. `courtesy`
        tells when people wait for late answers: then few are run, but what they wait for.
        """
        self._courtesy = courtesy or Courtesy()
        self._database = database
        self._registry = registry
        self._handlers = registry.handlers()
        self._seats = asyncio.Semaphore(2 * at_once)
        self._gathering = Gathering(
            database,
            self._handlers,
            seats=self._seats,
            alone=self.deliver,
            arguments=_arguments,
        )
        self._heartbeat = timedelta(seconds=heartbeat_seconds)
        self._tracing = tracing
        self._current: PgQueuer | None = None
        self._stopping = False

    async def run(self) -> None:
        """Work until stopped; a lost database is waited for."""
        try:
            await self._work()
        finally:
            await self._gathering.close()

    async def _work(self) -> None:
        while not self._stopping:
            pgq, looks = queue.pgqueuer(LastingDriver(self._database.system))
            self._current = pgq
            for name in self._handlers:
                pgq.entrypoint(name, on_failure="hold")(self.execute)
            loop = pgq.qm.run(
                batch_size=IN_HAND,
                dequeue_timeout=timedelta(seconds=5),
                max_concurrent_tasks=2 * IN_HAND,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=self._heartbeat,
            )
            try:
                await watched(loop, looks, is_stopping=lambda: self._stopping)
            except LISTENER_ERRORS as error:
                log.warning("worker_reconnects", error=type(error).__name__)
            if not self._stopping:
                await asyncio.sleep(0.5)

    def stop(self) -> None:
        """Finish what is running, take nothing new."""
        self._stopping = True
        self._courtesy.stop()
        if self._current is not None:
            self._current.shutdown.set()

    async def execute(self, job: QueuedJob) -> None:
        """Run one queued job; called by PgQueuer."""
        message = orjson.loads(job.payload or b"{}")
        handler = self._handlers[message["handler"]]
        named = {message["tenant_id"], *(each["tenant_id"] for each in message.get("each", ()))}
        if named != {(job.headers or {}).get("tenant_id")}:
            raise TenantOfJobDiffers
        try:
            if await self._registry.is_paused(message["handler"], UUID(message["tenant_id"])):
                await self._put_back(job, message)
                return
            async with self._turn(message["handler"]):
                if "each" in message:
                    await self._deliver_each(handler, message)
                else:
                    await self._deliver(handler, message)
        except Exception as error:
            attempts = job.attempts + message.get("tried", 0)
            if attempts + 1 >= handler.most_attempts:
                log.exception("job_is_dead", handler=message["handler"], job_id=message.get("id"))
                observe_job(message["handler"], "dead")
                raise
            log.warning(
                "job_retries",
                handler=message["handler"],
                attempt=attempts,
                error=f"{type(error).__name__}: {error}",
            )
            observe_job(message["handler"], "retried")
            raise RetryRequested(delay=retry_delay(attempts), reason=str(error)) from error
        observe_job(message["handler"], "done")

    @asynccontextmanager
    async def _turn(self, handler: str) -> AsyncIterator[None]:
        """Run an entry's work when it is due, and count it."""
        awaited = self._registry.priority(handler) >= AWAITED
        async with nullcontext() if awaited else self._courtesy.turn():
            with _counted(handler):
                yield

    async def _deliver_each(self, handler: Job | Subscription, entry: dict[str, Any]) -> None:
        """Deliver the requests of one entry; queue those anew, each by itself, that failed."""
        messages, now = entry["each"], None
        if not handler.transactional and handler.together is None:
            # Once for all of them: they begin at the same moment.
            now = await tenant_now(self._database, system_context(UUID(entry["tenant_id"])))
        outcomes = await asyncio.gather(
            *(self._deliver(handler, message, now) for message in messages), return_exceptions=True
        )
        failed = []
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, Exception):
                log.warning(
                    "job_retries",
                    handler=message["handler"],
                    attempt=0,
                    error=f"{type(outcome).__name__}: {outcome}",
                )
                # What was tried here counts among its attempts.
                failed.append(bundles.alone(message | {"tried": 1}, self._registry))
            elif isinstance(outcome, BaseException):
                raise outcome
        queries = queue.queries(AsyncpgPoolDriver(self._database.system))
        await bundles.put(queries, failed, delay=retry_delay(0))

    async def _put_back(self, job: QueuedJob, message: dict[str, Any]) -> None:
        """Queue the job anew, for it has not failed: its attempts begin again when it runs."""
        queries = queue.queries(AsyncpgPoolDriver(self._database.system))
        await queries.enqueue(
            job.entrypoint,
            job.payload,
            self._registry.priority(message["handler"]),
            PAUSE,
            headers={"tenant_id": message["tenant_id"]},
        )

    def _traced(self, message: dict[str, Any]) -> AbstractContextManager[Any]:
        if self._tracing is None:
            return nullcontext()
        return self._tracing.job(message["handler"], message.get("trace"))

    async def _deliver(
        self, handler: Job | Subscription, message: dict[str, Any], now: datetime | None = None
    ) -> None:
        # A trace is one request's own: with traces each is done by itself.
        if self._tracing is None and self._gathering.takes(handler, message):
            await self._gathering.deliver(message)
            return
        with self._traced(message):
            seat: AbstractAsyncContextManager[None] = self._seats
            async with nullcontext() if handler.waits else seat:
                await self.deliver(handler, message, now)

    async def react(self, reaction: Subscription, message: dict[str, Any]) -> None:
        """Deliver what came over a stream, counted as what comes out of the queue is."""
        async with self._turn(message["handler"]), self._seats:
            with self._traced(message):
                await self.deliver(reaction, message)
        observe_job(message["handler"], "done")

    async def deliver(
        self, handler: Job | Subscription, message: dict[str, Any], now: datetime | None = None
    ) -> None:
        """Run the handler on one message, with its effects single when it is transactional.

        `now` is the instant on the tenant's clock, where the caller knows it already.
        """
        if isinstance(handler, Subscription) and not handler.when(message["event"]["payload"]):
            return
        context = system_context(UUID(message["tenant_id"]), request_id=message["id"])
        arguments = _arguments(message)
        if not handler.transactional:
            now = now or await tenant_now(self._database, context)
            await handler.handler(self._database, context, now=now, **arguments)
            return
        async with self._database.transaction(context) as session:
            now = await session_now(session)
            mark = {
                "tenant_id": context.tenant_id,
                "id": UUID(message["id"]),
                "handler": message["handler"],
            }
            if (await session.execute(_MARK, mark)).first() is None:
                return
            await handler.handler(session, context, now=now, **arguments)


@contextmanager
def _counted(handler: str) -> Iterator[None]:
    """Count one piece of work for the graph of calls: the stream calls the handler's module."""
    module = handler.partition(".")[0]
    statements, began, failed = begin_work(), time.perf_counter(), 1
    try:
        yield
        failed = 0
    finally:
        elapsed = time.perf_counter() - began
        observe_pair(STREAM, module, Calls(1, failed, elapsed))
        observe_pair(module, DATABASE, Calls(statements.count))


def _arguments(message: dict[str, Any]) -> dict[str, Any]:
    if message["kind"] == "job":
        return dict(message["arguments"])
    event = message["event"]
    delivered = DeliveredEvent(
        id=UUID(message["id"]),
        name=event["name"],
        tenant_id=UUID(message["tenant_id"]),
        aggregate_id=UUID(event["aggregate_id"]),
        occurred_at=datetime.fromisoformat(event["occurred_at"]),
        payload=event["payload"],
    )
    return {"event": delivered}


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` failures: doubling from one second, full jitter."""
    ceiling = min(LONGEST_RETRY_SECONDS, 2.0 ** min(attempts, 10))
    return timedelta(seconds=ceiling * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
