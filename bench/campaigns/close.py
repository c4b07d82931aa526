"""The closing of a large campaign: allocation, a return to everybody, release and fee; refunds.

The jobs are the real ones, in a process of their own which is killed once in the middle of each
half and started again. "Refunded" ends with the instruction of every refund; the provider's calls
and the sending of mails are not part of it.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy import text

from bench._report import Result
from bench._running import ROOT
from bench.campaigns.build import Builder
from bench.campaigns.worker import INDEX, settings_of
from metatron.apps.campaigns.money.bulk_refunds import BULK_JOB, Bulk
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.platform.payments.providers import configure_from
from metatron.processes import migrate

GOAL_SECONDS_PER_100_000 = 120.0
RETURNED_MINOR = 10
_COUNTS = text("""
select (select count(*) from campaigns.commitment where campaign_id = :id and state = 'released'),
  (select count(*) from campaigns.refund where campaign_id = :id)
""")
_ALLOCATED = text("""
select count(*) from campaigns.commitment where campaign_id = :id and state = 'allocated'
""")


@dataclass(slots=True)
class Stand:
    """The measured database and the organisation in it."""

    database: Database
    tenant_id: UUID
    command: list[str]

    async def counts(self, campaign: Campaign) -> tuple[int, int]:
        """Return how many commitments are released, and how many refunds there are."""
        async with self.database.transaction(system_context(self.tenant_id)) as session:
            row = (await session.execute(_COUNTS, {"id": campaign.id})).one()
        return int(row[0]), int(row[1])

    async def allocated(self, campaign: Campaign) -> int:
        """Return how many commitments have their units."""
        async with self.database.transaction(system_context(self.tenant_id)) as session:
            found = await session.execute(_ALLOCATED, {"id": campaign.id})
            return int(found.scalar_one())

    async def work(self, is_half: Callable[[], Awaitable[bool]]) -> float:
        """Run the worker to its end, killed once when half is done; returns the seconds."""
        begun = time.monotonic()
        process = subprocess.Popen(self.command, cwd=ROOT)  # noqa: ASYNC220 - polled below
        while process.poll() is None and not await is_half():  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(0.5)
        if process.poll() is not None:
            sys.exit("the worker ended before it could be killed: give more commitments")
        process.kill()
        process.wait()
        if subprocess.run(self.command, cwd=ROOT, check=False).returncode:  # noqa: ASYNC221
            sys.exit("the worker failed")
        return time.monotonic() - begun


def measure(count: int) -> list[Result]:
    """Build two campaigns of `count` commitments and close both."""
    with tempfile.TemporaryDirectory(prefix="metatron-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = EmbeddedPostgres(folder)
        server.prepare()
        try:
            server.start()
            return asyncio.run(_measure(server, folder, count))
        finally:
            server.stop()
            server.release()


async def _measure(server: EmbeddedPostgres, folder: Path, count: int) -> list[Result]:
    await server.ensure_roles()
    app, system, owner = (server.dsn(f"metatron_{role}") for role in ("app", "system", "owner"))
    settings = settings_of(app, system, owner, folder)
    configure_from(settings)  # a campaign names the provider that will hold its money
    await migrate(settings)
    await _index(owner)
    database = await Database.open(settings)
    tenant_id = new_id()
    command = [sys.executable, "-m", "bench.campaigns.worker", app, system, owner, name_of(folder),
               str(tenant_id)]  # fmt: skip
    stand = Stand(database, tenant_id, command)
    closing = await _release(stand, count)
    refunding = await _refund(stand, count)
    async with database.transaction(system_context(tenant_id)) as session:
        broken = await check_invariants(session, system_context(tenant_id))
    await database.close()
    if broken:
        sys.exit(f"the books are not sound: {broken[:5]}")
    goal = GOAL_SECONDS_PER_100_000 * count / 100_000
    sums = {"allocated, a part returned, released with fee": sum(closing.values())}
    figures = {**closing, **sums, "refunded in full, instructed": refunding}
    return [
        Result(f"{name}: {count}", "s", round(took, 2), goal, round(goal / took, 2), 1.0,
               took <= goal)
        for name, took in figures.items()
    ]  # fmt: skip


async def _index(owner: str) -> None:
    connection = await asyncpg.connect(owner)
    await connection.execute(INDEX)
    await connection.close()


def name_of(folder: Path) -> str:
    """Return the folder's path as an argument."""
    return str(folder)


async def _release(stand: Stand, count: int) -> dict[str, float]:
    builder = Builder(stand.database, stand.tenant_id)
    campaign = await builder.live(count)
    await builder.close(campaign)
    _say("built")
    took = {}
    begun = time.monotonic()
    await builder.accept(campaign)
    accepted = time.monotonic() - begun

    async def half_allocated() -> bool:
        return await stand.allocated(campaign) >= count // 2

    took["allocated"] = accepted + await stand.work(half_allocated)
    _say(f"allocated in {took['allocated']:.1f} s")
    context = system_context(stand.tenant_id)
    async with stand.database.transaction(context) as session:
        bulk = Bulk(RETURNED_MINOR, "supplier_unable", "The price is lower.")
        await enqueue(
            session, context, BULK_JOB, campaign_id=campaign.id, after=None,
            bulk={"amount_per_unit_minor": RETURNED_MINOR, "reason_code": bulk.reason_code,
                  "reason": bulk.reason},
            until=builder.now.isoformat(), approval_id=new_id(), requested_by=None,
        )  # fmt: skip

    async def half_returned() -> bool:
        return (await stand.counts(campaign))[1] >= count // 2

    took["a part returned to each"] = await stand.work(half_returned)
    _say(f"returned in {took['a part returned to each']:.1f} s")
    await builder.deliver(campaign)

    async def half_released() -> bool:
        return (await stand.counts(campaign))[0] >= count // 2

    took["released with fee"] = await stand.work(half_released)
    _say(f"released in {took['released with fee']:.1f} s")
    _demand(await stand.counts(campaign) == (count, count), "every commitment released")
    return took


async def _refund(stand: Stand, count: int) -> float:
    builder = Builder(stand.database, stand.tenant_id)
    campaign = await builder.live(count)
    await builder.close(campaign)
    await builder.decline(campaign)
    _say("built")

    async def half_refunded() -> bool:
        return (await stand.counts(campaign))[1] >= count // 2

    took = await stand.work(half_refunded)
    _say(f"refunds instructed in {took:.1f} s")
    _demand(await stand.counts(campaign) == (0, count), "every commitment refunded")
    return took


def _demand(holds: bool, what: str) -> None:
    if not holds:
        sys.exit(f"not {what}")


def _say(what: str) -> None:
    print(what, file=sys.stderr)
