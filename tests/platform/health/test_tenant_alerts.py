"""What single tenants ask and get: counted, shown, and an alert when it goes wrong."""

from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry.tenant_traffic import observe_tenant, put_back, take_tallies
from metatron.platform.health.tenant_alerts import look_at_tenants
from metatron.platform.health.tenant_traffic import write_traffic
from metatron.platform.tenancy.interface import create_organisation, prepare
from metatron.platform.tenancy.site import prepare_site, site
from metatron.processes import all_modules
from tests.support.people import Door, new_email, running


@pytest.fixture
async def home(committed_database: tuple[Settings, Database]) -> Database:
    settings, database = committed_database
    prepare(all_modules())
    prepare_site(settings)
    return database


async def _tenant(database: Database, environment: str = "production") -> UUID:
    made = await create_organisation(
        database,
        name="Bright Brands",
        slug=None,
        owner_user_id=new_id(),
        environment=environment,
        actor=system_context(),
    )
    return made.id


async def _traffic(
    database: Database, tenant_id: UUID, minutes_ago: int, requests: int, *, errors: int = 0,
    seconds: float = 1.0,
) -> None:  # fmt: skip
    await database.system.execute(
        "insert into health.tenant_traffic values ($1,"
        " date_trunc('minute', now()) - make_interval(mins => $2), $3, $4, $5)",
        tenant_id, minutes_ago, requests, errors, seconds,
    )  # fmt: skip


async def _wait(database: Database, minutes: int) -> None:
    await database.system.execute(
        "update health.tenant_watch set breached_at = breached_at - make_interval(mins => $1),"
        " calm_at = calm_at - make_interval(mins => $1)",
        minutes,
    )


async def _alerts(database: Database) -> list[tuple[str, UUID, bool]]:
    rows = await database.system.fetch(
        "select rule, tenant_id, resolved_at is null as firing from health.alert order by rule, id"
    )
    return [(row["rule"], UUID(str(row["tenant_id"])), row["firing"]) for row in rows]


async def _told(database: Database) -> list[str]:
    rows = await database.system.fetch(
        "select name from kernel.event where name like 'health.alert%' and tenant_id = $1"
        " order by position",
        PLATFORM_TENANT_ID,
    )
    return [row["name"] for row in rows]


async def test_errors_and_slow_answers_of_one_tenant(home: Database) -> None:
    failing, well, slow = [await _tenant(home) for _ in range(3)]
    await _traffic(home, failing, 1, 100, errors=6)
    await _traffic(home, well, 1, 100, errors=4)
    await _traffic(home, slow, 1, 20, seconds=41)
    await look_at_tenants(home)
    assert await _alerts(home) == [], "a peak is no alert"
    await _wait(home, 5)
    for _ in range(2):
        await look_at_tenants(home)
    firing = [("tenant_errors", failing, True), ("tenant_response", slow, True)]
    assert await _alerts(home) == firing
    shown = await home.system.fetchrow(
        "select value, seen_at from health.alert_rule where name = 'tenant_errors'"
    )
    assert (shown["value"], shown["seen_at"] is not None) == (6, True)
    # It gets better; the other one stays as it is.
    await home.system.execute(
        "update health.tenant_traffic set errors = 0 where tenant_id = $1", failing
    )
    await look_at_tenants(home)
    await _wait(home, 5)
    await look_at_tenants(home)
    assert await _alerts(home) == [("tenant_errors", failing, False), firing[1]]
    assert await _told(home) == [
        "health.alert_fired.v1", "health.alert_fired.v1", "health.alert_resolved.v1",
    ]  # fmt: skip
    assert await home.system.fetchval("select count(*) from health.tenant_watch") == 0


async def test_whoever_looks_after_a_tenant_is_told_by_mail(home: Database) -> None:
    quiet, other, account = await _tenant(home), await _tenant(home), new_id()
    await home.system.execute(
        "insert into tenancy.client_account (id, name, created_at) values ($1, 'Bright', now())",
        account,
    )
    await home.system.execute(
        "update tenancy.tenant set account_id = $2 where id = $1", quiet, account
    )
    grants = {
        "all": ("all", []), "account": ("accounts", [account]), "tenant": ("tenants", [quiet]),
        "other": ("tenants", [other]),
    }  # fmt: skip
    for name, (scope, subjects) in grants.items():
        operator_id = new_id()
        await home.system.execute(
            "insert into tenancy.operator (id, email, display_name, state, created_at)"
            " values ($1, $2, $2, 'active', now())",
            operator_id, f"{name}@example.com",
        )  # fmt: skip
        await home.system.execute(
            "insert into tenancy.operator_grant values ($1, $2, $3, $4, 'status', 'read')",
            new_id(), operator_id, scope, subjects,
        )  # fmt: skip
    await _traffic(home, quiet, 61, 60)
    await look_at_tenants(home)
    rows = await home.system.fetch(
        "select arguments ->> 'sealed_to' as sealed from kernel.outbox"
        " where name = 'tenancy.send_mail'"
    )
    told = {site().box.open(row["sealed"].encode()) for row in rows}
    assert told == {"all@example.com", "account@example.com", "tenant@example.com"}


async def test_who_is_under_maintenance_raises_nothing(home: Database) -> None:
    """Everybody is answered 503 there, and then nobody asks: both as it was meant."""
    failing, silent = await _tenant(home), await _tenant(home)
    await _traffic(home, failing, 1, 100, errors=100)
    await _traffic(home, silent, 61, 60)
    await home.system.execute("update tenancy.tenant set maintenance_note = 'A larger disk'")
    await look_at_tenants(home)
    await _wait(home, 5)
    await look_at_tenants(home)
    assert await _alerts(home) == []


async def test_few_requests_say_nothing(home: Database) -> None:
    tenant = await _tenant(home)
    await _traffic(home, tenant, 1, 19, errors=19, seconds=900)
    await look_at_tenants(home)
    await _wait(home, 5)
    await look_at_tenants(home)
    assert await _alerts(home) == []


async def test_silence_after_steady_use(home: Database) -> None:
    steady, seldom, busy = [await _tenant(home) for _ in range(3)]
    staging = await _tenant(home, "staging")
    for tenant, ago, requests in (
        (steady, 61, 60), (seldom, 61, 59), (busy, 61, 60), (busy, 1, 1), (staging, 61, 60),
    ):  # fmt: skip
        await _traffic(home, tenant, ago, requests)
    await look_at_tenants(home)
    assert await _alerts(home) == [("tenant_silence", steady, True)]
    await _traffic(home, steady, 0, 1)
    await look_at_tenants(home)
    assert await _alerts(home) == [("tenant_silence", steady, False)]


async def test_an_alert_about_a_tenant_that_is_gone_ends(home: Database) -> None:
    tenant = await _tenant(home)
    await _traffic(home, tenant, 61, 60)
    await look_at_tenants(home)
    assert [firing for _, _, firing in await _alerts(home)] == [True]
    await home.system.execute("update tenancy.tenant set deleted_at = now()")
    await look_at_tenants(home)
    assert [firing for _, _, firing in await _alerts(home)] == [False]


async def test_what_was_counted_is_written_once_or_kept(home: Database) -> None:
    take_tallies()
    one, other = new_id(), new_id()
    for status in (200, 404, 500):
        observe_tenant(one, status, 0.5)
    observe_tenant(other, 200, 0.25)
    taken = take_tallies()
    assert take_tallies() == {}
    put_back(taken)
    observe_tenant(one, 200, 0.5)
    assert await write_traffic(home.system) == 2
    assert await write_traffic(home.system) == 0
    rows = await home.system.fetch("select * from health.tenant_traffic")
    found = {UUID(str(r["tenant_id"])): (r["requests"], r["errors"], r["seconds"]) for r in rows}
    assert found == {one: (4, 1, 2.0), other: (1, 0, 0.25)}


@pytest.fixture
async def app(settings: Settings, database: Database) -> FastAPI:
    async with running(settings, database) as application:
        yield application


async def test_requests_count_for_their_tenant(
    app: FastAPI, settings: Settings, database: Database
) -> None:
    door = Door(app, settings, database)
    tenant = await door.organisation()
    client: httpx.AsyncClient = await door.signed_in(new_email(), tenant.id, ("organiser",))
    await write_traffic(database.system)
    for path in ("/members", "/applications", "/organisation"):
        await client.get(path)
    await write_traffic(database.system)
    seen = await database.system.fetchval(
        "select sum(requests)::int from health.tenant_traffic where tenant_id = $1", tenant.id
    )
    await door.close()
    assert seen >= 3
