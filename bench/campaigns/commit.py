"""Commits over HTTP to one campaign through the whole suite, as `bin/up` starts it.

Web workers, gateway, events, worker, relay and the sandbox provider run as they do for everybody:
what a commit sets off (instruction, capture, webhook, mails) competes with it for the machine.
"""

import asyncio
import statistics
import sys
import time
from datetime import timedelta
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import text

from bench._report import Result
from bench._running import Suite, running
from bench.campaigns.cost import Cost, since, spent
from bench.campaigns.members import Load, Member, flat_out, in_one_moment, steadily
from metatron.apps.campaigns.gathering import review
from metatron.apps.campaigns.gathering.joining import join_campaign
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.permissions import PERMISSIONS
from metatron.apps.campaigns.rules import drafts, tenant_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import Settings
from metatron.platform.identity.interface import ensure_user, issue_sign_in_link
from metatron.platform.payments.providers import configure_from
from metatron.platform.tenancy.interface import prepare, tenant_by_slug
from metatron.platform.tenancy.site import prepare_site
from metatron.processes import all_modules

MEMBERS = 200
GOAL_PER_SECOND, GOAL_P99_MS = 200, 250.0
PROXIED = {"METATRON_TRUSTED_PROXIES": "127.0.0.1"}
_WAITING = """
select (select count(*) from kernel.outbox where run_at <= now())
  + (select count(*) from jobs.pgqueuer
     where status in ('queued', 'picked') and execute_after <= now())
"""
MOST_LOOKS, QUIET_LOOKS = 1_200, 4
_BOOKS = text("""
select count(*), coalesce(sum(units), 0) from campaigns.commitment where campaign_id = :id
""")


def measure(seconds: int, rounds: int, *, only_steady: bool) -> list[Result]:
    """Measure commits at the goal's rate and, unless that is all, in one moment and flat out."""
    with running(PROXIED) as suite:
        return asyncio.run(_measure(suite, seconds, rounds, only_steady=only_steady))


async def _measure(suite: Suite, seconds: int, rounds: int, *, only_steady: bool) -> list[Result]:
    prepare(all_modules())
    server = EmbeddedPostgres(suite.data)
    settings = Settings(
        database_url=SecretStr(server.dsn("metatron_app")),
        database_system_url=SecretStr(server.dsn("metatron_system")),
        public_url=suite.base_url,
        secret_keys=SecretStr((suite.data / "secrets" / "secret-keys").read_text().strip()),
        payments_secret=SecretStr("never used: this process asks no provider"),
        payments_webhook_secrets=SecretStr("nor does it hear one"),
    )
    prepare_site(settings)  # facts of a tenant tell whether payments are real
    configure_from(settings)  # a campaign names the provider that will hold its money
    database = await Database.open(settings)
    facts = await tenant_by_slug(database, "demo")
    assert facts is not None
    campaign = await _live(database, facts.id)
    tokens = await _sign_in(suite, database, settings, campaign)
    members = [Member(suite.base_url, token, campaign.id) for token in tokens]
    await _calm(database, members)
    await flat_out(members, seconds=2)  # statements are prepared, plans are made
    found: dict[str, list[Load]] = {"steady": [], "moment": [], "flat": []}
    costs: list[Cost] = []
    for _ in range(rounds):
        await _calm(database, members)
        before = spent(suite.pid)
        found["steady"].append(await steadily(members, per_second=GOAL_PER_SECOND, seconds=seconds))
        _say("steady", found)
        behind = await _calm(database, members)
        commits = len(found["steady"][-1].seconds)
        costs.append(Cost(since(before, spent(suite.pid)), commits, behind))
        _say_cost(costs[-1])
        if only_steady:
            continue
        found["moment"].append(await in_one_moment(members))
        _say("moment", found)
        await _calm(database, members)
        found["flat"].append(await flat_out(members, seconds=seconds))
        _say("flat", found)
    for member in members:
        member.close()
    loads = [load for kind in found.values() for load in kind]
    wrong = [body for load in loads for body in load.bodies]
    if wrong:
        sys.exit(f"{len(wrong)} commits were not accepted: {wrong[0]!r}")
    await _demand_sound(database, campaign)
    await database.close()
    return _results(found) + _cost_results(costs)


async def _live(database: Database, tenant_id: UUID) -> Campaign:
    """Return a live campaign that takes any number of commitments of one unit."""
    held = frozenset(permission.name for permission in PERMISSIONS)
    people = [Context(tenant_id, "user", new_id(), held) for _ in range(2)]
    async with database.transaction(people[0]) as session:
        now = await session_now(session)
        await tenant_settings.change_settings(
            session, people[0], changes={"second_person_review": True}, now=now
        )
        fields = {
            "title": "A busy campaign", "summary": "Measured.", "sku": "M-1",
            "product_name": "Measure", "product_description": "One metre.",
            "picture_url": "/pictures/measure.png", "goal_units": 1_000_000,
            "cap_units": 2_000_000, "unit_price_minor": 2_000, "min_units": 1,
            "max_units": 100_000, "delivery_strategy": "supplier_direct",
            "supplier_name": "Works", "supplier_unit_price_minor": 1_500,
            "supplier_id": people[0].actor_id, "deadline_at": now + timedelta(days=7),
        }  # fmt: skip
        created = await drafts.create_campaign(session, people[0], fields=fields, now=now)
    async with database.transaction(people[0]) as session:
        await review.submit(session, people[0], campaign_id=created.id, now=now)
    async with database.transaction(people[1]) as session:
        campaign: Campaign = await review.approve(
            session, people[1], campaign_id=created.id, now=now
        )
        return campaign


async def _sign_in(
    suite: Suite, database: Database, settings: Settings, campaign: Campaign
) -> list[str]:
    """Make the members and sign them in, each from an address of their own."""
    tokens = []
    for number in range(MEMBERS):
        email = f"member-{number}@bench.example"
        async with database.transaction(system_context()) as session:
            user_id = await ensure_user(
                session, email=email, display_name="Member", verified=True, now=utc_now()
            )
        await join_campaign(
            database, Context(campaign.tenant_id, "user", user_id), campaign_id=campaign.id,
            organisation="demo",
        )  # fmt: skip
        link = await issue_sign_in_link(database, email=email, settings=settings, now=utc_now())
        place = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250 + 1}"}
        async with httpx.AsyncClient(base_url=suite.base_url, headers=place) as client:
            given = {"token": link.partition("token=")[2]}
            entered = await client.post("/api/v1/auth/verify-magic-link", json=given)
            bearer = {
                "Authorization": f"Bearer {entered.raise_for_status().json()['access_token']}"
            }
            wanted = {"tenant_id": str(campaign.tenant_id)}
            there = await client.post("/api/v1/auth/switch", json=wanted, headers=bearer)
            tokens.append(there.raise_for_status().json()["access_token"])
    return tokens


async def _calm(database: Database, members: list[Member]) -> float:
    """Wait until what earlier commits set off is done, then connect everybody anew.

    Returns the seconds it took.
    """
    quiet, begun, done = 0, time.monotonic(), time.monotonic()
    for _ in range(MOST_LOOKS):
        waiting = await database.system.fetchval(_WAITING)
        quiet = quiet + 1 if waiting == 0 else 0
        if waiting:
            done = time.monotonic()
        if quiet >= QUIET_LOOKS:
            break
        await asyncio.sleep(0.25)
    else:
        print("what earlier commits set off is not done yet", file=sys.stderr)
    for member in members:
        await member.connect()
    return done - begun


async def _demand_sound(database: Database, campaign: Campaign) -> None:
    context = system_context(campaign.tenant_id)
    async with database.transaction(context) as session:
        # One snapshot: what the last commits set off is still under way.
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        placed = (await session.execute(_BOOKS, {"id": campaign.id})).one()
        broken = await check_invariants(session, context)
    if broken:
        sys.exit(f"the books are not sound: {broken[:5]}")
    print(f"{placed[0]} commitments placed, the books are sound", file=sys.stderr)


def _say(name: str, found: dict[str, list[Load]]) -> None:
    load = found[name][-1]
    print(
        f"{name:<7} {load.per_second:7.1f}/s  p50 {load.quantile(0.5) * 1e3:7.1f} ms"
        f"  p90 {load.quantile(0.9) * 1e3:7.1f} ms  p99 {load.quantile(0.99) * 1e3:7.1f} ms"
        f"  {load.statuses}",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def _say_cost(cost: Cost) -> None:
    parts = "  ".join(f"{kind} {cost.milliseconds_each(kind):.2f}" for kind in cost.seconds)
    print(
        f"        processor ms a commit: {parts}; all done {cost.behind_seconds:.1f} s later",
        file=sys.stderr, flush=True,
    )  # fmt: skip


def _cost_results(costs: list[Cost]) -> list[Result]:
    """Processor time is what a loaded machine can be compared by; it has no goal of its own."""
    middle = {
        kind: statistics.median(cost.milliseconds_each(kind) for cost in costs)
        for kind in costs[0].seconds
    }
    behind = statistics.median(cost.behind_seconds for cost in costs)
    figures = {**middle, "all processes": sum(middle.values())}
    return [
        *(
            Result(f"processor of a commit: {kind}", "ms", round(took, 2), 0.0, 0.0, 0.0, met=True)
            for kind, took in figures.items()
        ),
        Result("all done after the last answer", "s", round(behind, 1), 0.0, 0.0, 0.0, met=True),
    ]


def _results(found: dict[str, list[Load]]) -> list[Result]:
    at_rate = f"commits over HTTP, {MEMBERS} members, {GOAL_PER_SECOND}/s asked"
    moment = f"{MEMBERS} members in one moment"
    flat = f"{MEMBERS} members flat out"
    steady = [
        _rate(f"{at_rate}: rate", found["steady"], 0.98 * GOAL_PER_SECOND),
        _took(f"{at_rate}: p50", found["steady"], 0.5),
        _took(f"{at_rate}: p99", found["steady"], 0.99),
    ]
    if not found["flat"]:
        return steady
    return [
        *steady,
        _took(f"{moment}: p99", found["moment"], 0.99),
        _rate(f"{flat}: rate", found["flat"], GOAL_PER_SECOND),
        _took(f"{flat}: p99", found["flat"], 0.99),
    ]


def _rate(name: str, loads: list[Load], goal: float) -> Result:
    ours = statistics.median(load.per_second for load in loads)
    return Result(name, "1/s", round(ours, 1), goal, round(ours / goal, 3), 1.0, ours >= goal)


def _took(name: str, loads: list[Load], part: float) -> Result:
    ours = statistics.median(load.quantile(part) for load in loads) * 1e3
    ratio = round(GOAL_P99_MS / ours, 3)
    return Result(name, "ms", round(ours, 1), GOAL_P99_MS, ratio, 1.0, ours <= GOAL_P99_MS)
