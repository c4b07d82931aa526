"""Live, ready, detailed, services and metrics against a real database, there and not there."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import open_pool
from metatron.kernel.database.migrations import heads
from metatron.kernel.settings import Settings
from metatron.platform.health import checks
from metatron.platform.health.checks import Check, Outcome, behind
from metatron.platform.health.doctor import STARTING_SECONDS, Doctor
from metatron.platform.health.instances import beat, running_services
from metatron.platform.health.module import MODULE, doctor_of
from metatron.platform.health.schemas import Detailed, Services, Summary
from metatron.processes import migration_folders
from tests.doorkeeper import application, client_of


@pytest.fixture
async def app(
    committed_database: tuple[Settings, Database], payments_port: int, tmp_path: Path
) -> FastAPI:
    """On a database of its own: the outbox others leave behind would count as a late queue."""
    settings, database = committed_database
    settings = settings.model_copy(
        update={"payments_url": f"http://127.0.0.1:{payments_port}", "data_dir": tmp_path}
    )
    app = application(settings, database, [MODULE])
    app.state.doctor = doctor_of(settings, database.system, heads(migration_folders()))
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    return app


async def test_all_is_well(app: FastAPI) -> None:
    async with client_of(app) as client:
        live = await client.get("/health/live")
        assert (live.status_code, live.json()) == (200, {"status": "healthy"})
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "healthy"})
        summary = Summary.model_validate_json((await client.get("/health")).content)
        assert set(summary.checks.values()) == {"healthy"}
        assert {"database", "migrations", "queue", "payments"} <= set(summary.checks)
        assert (await client.get("/health/detailed")).status_code == 401
        assert (await client.get("/metrics")).status_code == 401
    async with client_of(app, "operator") as client:
        answer = await client.get("/health/detailed")
        detailed = Detailed.model_validate_json(answer.content)
        facts = {finding.name: finding.facts for finding in detailed.findings}
        assert facts["database"]["database_ms"] > 0
        assert facts["migrations"]["missing"] == []


async def test_another_providers_address_is_its_own(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Stripe chosen nobody asks the sandbox how it is."""
    asked: list[tuple[str, str]] = []
    known = checks.reachable_check

    def note(name: str, url: str, default_port: int) -> Check:
        asked.append((name, url))
        return known(name, url, default_port)

    monkeypatch.setattr(checks, "reachable_check", note)
    plain = settings.model_dump(exclude_unset=True)
    stripe = Settings(**plain | {"payments_provider": "stripe"})
    doctor_of(stripe, database.system, [])
    assert dict(asked)["payments"] == "https://api.stripe.com"
    own = Settings(**plain | {"payments_provider": "stripe", "payments_url": "https://pay.example"})
    doctor_of(own, database.system, [])
    assert dict(asked)["payments"] == "https://pay.example"
    doctor_of(settings, database.system, [])
    assert dict(asked)["payments"] == settings.payments_url


@pytest.mark.alone
async def test_the_database_away(app: FastAPI, settings: Settings) -> None:
    """Nothing listens there: ready says 503 within a second, live stays 200, errors count up."""
    dsn = "postgresql://metatron_system:x@127.0.0.1:1/none"
    pool = await open_pool(dsn, size=2)
    app.state.doctor = doctor_of(settings, pool, heads(migration_folders()))
    async with client_of(app, "operator") as client:
        started = time.monotonic()
        ready = await client.get("/health/ready")
        assert time.monotonic() - started < 1
        assert (ready.status_code, ready.json()) == (503, {"status": "unhealthy"})
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health")).status_code == 503
        for expected in (2, 3):
            rows = (await client.post("/health/run")).json()["findings"]
            (row,) = [row for row in rows if row["name"] == "database"]
            assert row["error_count"] == expected
            assert "127.0.0.1" not in str(row)
    await pool.close()


@pytest.mark.alone
async def test_a_database_that_hangs_costs_less_than_a_second(app: FastAPI) -> None:
    async def hang() -> Outcome:
        await asyncio.sleep(60)
        raise AssertionError

    async def lateness() -> float:
        """By how much this machine is late with a sleep, whatever it is that sleeps."""
        begun = time.monotonic()
        await asyncio.sleep(0.5)
        return time.monotonic() - begun - 0.5

    app.state.doctor = Doctor([Check("database", hang, essential=True)])
    async with client_of(app) as client:
        started = time.monotonic()
        late, *answers = await asyncio.gather(
            lateness(), *(client.get("/health/ready") for _ in range(30))
        )
        assert time.monotonic() - started - late < 1
        assert {answer.status_code for answer in answers} == {503}


async def test_answers_are_remembered_for_two_seconds_and_counts_fall_back() -> None:
    asked, state = [], ["unhealthy", "unhealthy", "healthy", "degraded"]

    async def ask() -> Outcome:
        asked.append(1)
        return Outcome(state[len(asked) - 1], {})  # type: ignore[arg-type]

    doctor = Doctor([Check("thing", ask, essential=True)])
    await asyncio.gather(*(doctor.diagnosis() for _ in range(20)))
    assert len(asked) == 1
    counts = [(await doctor.diagnosis(fresh=True)).findings[0].error_count for _ in range(3)]
    assert counts == [2, 0, 0]
    diagnosis = await doctor.diagnosis()
    assert (diagnosis.state, diagnosis.ready) == ("degraded", True)


async def test_a_failing_side_service_degrades_only(app: FastAPI, settings: Settings) -> None:
    async def refuse() -> Outcome:
        raise ConnectionRefusedError

    app.state.doctor = Doctor([Check("mail", refuse)])
    app.state.doctor.started -= STARTING_SECONDS
    async with client_of(app) as client:
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "degraded"})


async def test_what_starts_beside_is_not_known_yet_rather_than_failing() -> None:
    states: list[Any] = ["unhealthy", "healthy", "unhealthy"]

    async def ask() -> Outcome:
        return Outcome(states.pop(0), {})

    async def absent() -> Outcome:
        raise ConnectionRefusedError

    side = Doctor([Check("payments", ask)])
    told = [(await side.diagnosis(fresh=True)).state for _ in range(3)]
    # Once it has answered, silence is a failure at any age.
    assert told == ["unknown", "healthy", "degraded"]
    late = Doctor([Check("payments", absent)])
    first = await late.diagnosis(fresh=True)
    assert (first.state, first.ready) == ("unknown", True)
    late.started -= STARTING_SECONDS
    assert (await late.diagnosis(fresh=True)).state == "degraded"
    needed = await Doctor([Check("database", absent, essential=True)]).diagnosis()
    assert (needed.state, needed.ready) == ("unhealthy", False)


async def test_maintenance_takes_the_installation_out(app: FastAPI) -> None:
    (app.state.settings.data_dir / "maintenance").touch()
    async with client_of(app) as client:
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (503, {"status": "maintenance"})


def test_a_newer_database_is_ready_an_older_one_is_not() -> None:
    ours = ["kernel_0002", "audit_0001"]
    assert behind({"kernel_0002", "audit_0001"}, ours) == []
    assert behind({"kernel_0003", "audit_0001", "crm_0009"}, ours) == []
    assert behind({"kernel_0001", "audit_0001"}, ours) == ["kernel_0002"]
    assert behind(set(), ours) == ours


async def test_migrations_are_read_from_the_database(database: Database) -> None:
    mine = heads(migration_folders())
    asked = checks.migrations_check(database.system, mine)
    assert (await asked.ask()).state == "healthy"
    asked = checks.migrations_check(database.system, [*mine, "unheard_0001"])
    outcome = await asked.ask()
    assert (outcome.state, outcome.facts) == ("unhealthy", {"missing": ["unheard_0001"]})


async def test_a_late_queue_degrades(committed_database: tuple[Settings, Database]) -> None:
    _, database = committed_database
    queue = checks.queue_check(database.system)
    empty = await queue.ask()
    assert (empty.state, empty.facts["outbox_due"]) == ("healthy", 0)
    assert empty.facts["oldest_seconds"] is None
    await database.system.execute(
        "insert into kernel.outbox (tenant_id, id, kind, name, run_at)"
        " select gen_random_uuid(), gen_random_uuid(), 'job', 'a.b', now() - t.ago"
        " from (values (interval '5 minutes'), (interval '-1 day')) t(ago)"
    )
    late = await queue.ask()
    assert (late.state, late.facts["outbox_due"]) == ("degraded", 1)
    assert 299 < late.facts["oldest_seconds"] < 400


async def test_metrics_can_be_read_by_prometheus(app: FastAPI) -> None:
    async with client_of(app, "operator") as client:
        await client.get("/health/live")
        answer = await client.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert answer.headers["content-type"].startswith("text/plain")
    assert families["metatron_ready"].samples[0].value == 1.0
    assert "metatron_queue_waiting" in families
    routes = {s.labels["route"] for s in families["metatron_http_request_seconds"].samples}
    assert "/health/live" in routes


async def test_services_beat_and_leave(
    app: FastAPI, committed_database: tuple[Settings, Database]
) -> None:
    _, database = committed_database
    app.state.database = database
    tasks = [asyncio.create_task(beat(database.system, name)) for name in ("web", "web", "worker")]
    async with asyncio.timeout(10):
        while sum(len(s["instances"]) for s in await running_services(database.system)) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    age = "update health.instance set beat_at = now() - $1::text::interval where service = 'worker'"
    for ago, expected in (
        ("70 seconds", "unknown"),
        ("170 seconds", "unknown"),
        ("181 seconds", None),
    ):
        await database.system.execute(age, ago)
        async with client_of(app) as client:
            answer = await client.get("/health/services")
        found = {s.name: s for s in Services.model_validate_json(answer.content).services}
        assert found["web"].state == "healthy"
        assert len(found["web"].instances) == 2
        assert (found["worker"].state if "worker" in found else None) == expected
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await running_services(database.system) == []
