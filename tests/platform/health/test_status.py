"""Samples and the console's figures: measured, or null."""

import asyncio
import os
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from fastapi import FastAPI

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.kernel.telemetry import metrics_folder
from metatron.platform.health import picture
from metatron.platform.health.doctor import Doctor
from metatron.platform.health.machine import Processor, memory_percent, storage_percent
from metatron.platform.health.module import MODULE, doctor_of
from metatron.platform.health.picture import Picture, Pictures, pictures_of
from metatron.platform.health.sampler import Sampler
from metatron.platform.health.schemas import Status
from metatron.platform.health.status import cards
from metatron.platform.health.traffic import Traffic
from tests.doorkeeper import application, client_of

PUT = """
insert into health.sample (taken_at, healthy, requests, errors, p95_ms)
select now() - (t.n || ' seconds')::interval * 10, t.n % 10 <> 0, 100, 2, 250
from generate_series(0, $1::int - 1) t(n)
"""


@pytest.fixture
def app(committed_database: tuple[Settings, Database]) -> FastAPI:
    settings, database = committed_database
    app = application(settings, database, [MODULE])
    app.state.doctor = doctor_of(settings, database.system, [])
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    return app


async def status_of(app: FastAPI) -> Status:
    async with client_of(app, "operator") as client:
        answer = await client.get("/api/v1/admin/status")
        assert answer.status_code == 200, answer.text
        return Status.model_validate_json(answer.content)


async def test_no_figure_without_a_source(app: FastAPI) -> None:
    status = await status_of(app)
    assert status.sampled_at is None
    assert status.history == []
    shown = {name: card.value for name, card in status.cards.items() if card.value is not None}
    assert shown == {}
    assert all(card.level is None for card in status.cards.values())


_LEVELS = (
    ("response_p95", "p95_ms", (199.9, 200, 499.9, 500)),
    ("memory", "memory_percent", (59.9, 60, 79.9, 80)),
    ("cpu", "cpu_percent", (59.9, 60, 79.9, 80)),
    ("storage", "storage_percent", (69.9, 70, 84.9, 85)),
    ("errors_24h", "errors", (4, 5, 9, 10)),
    ("services_healthy", "services", (100, 75, 70, 60)),
)


@pytest.mark.parametrize(("card", "measured", "values"), _LEVELS)
def test_cards_turn_where_they_were_agreed_to(
    card: str, measured: str, values: tuple[float, ...]
) -> None:
    def level(value: float) -> str | None:
        day = {"up": None, "requests": None, "errors": value if measured == "errors" else None}
        running = round(value / 5) if measured == "services" else 0
        states = ["healthy"] * running + ["unknown"] * (20 - running) * (measured == "services")
        services = [{"state": state} for state in states]
        windows = dict.fromkeys(("1h", "24h", "7d", "30d", "90d"), day)
        return cards({measured: value}, windows, services, {})[card].level

    assert [level(value) for value in values] == ["green", "amber", "amber", "red"]


async def test_where_a_card_turns_is_configured(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.state.database.system.execute(
        "insert into health.sample (taken_at, healthy, p95_ms, cpu_percent)"
        " values (now(), true, 250, 70)"
    )
    levels = {name: card.level for name, card in (await status_of(app)).cards.items()}
    assert (levels["response_p95"], levels["cpu"]) == ("amber", "amber")
    chosen = {"response": {"red": 240.0}, "cpu": {"amber": 75.0}}
    monkeypatch.setattr(app.state.settings, "card_limits", chosen)
    app.state.database.keep(pictures_of).forget()
    levels = {name: card.level for name, card in (await status_of(app)).cards.items()}
    assert (levels["response_p95"], levels["cpu"]) == ("red", "green")


async def test_a_stale_sample_is_no_figure(app: FastAPI) -> None:
    await app.state.database.system.execute(
        "insert into health.sample (taken_at, healthy, p95_ms, cpu_percent)"
        " values (now() - interval '61 seconds', true, 12, 50)"
    )
    status = await status_of(app)
    assert status.cards["response_p95"].value is None
    assert status.cards["cpu"].value is None
    assert len(status.history) == 1


async def test_the_sampler_writes_what_it_measures(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(metrics_folder.VARIABLE, raising=False)
    database, folder = app.state.database, app.state.settings.data_dir
    sampler = Sampler(database.system, Doctor([]), folder)
    await sampler.sample()
    await sampler.sample()
    rows = await database.system.fetch("select * from health.sample")
    assert 1 <= len(rows) <= 2, "one row for ten seconds"
    assert rows[0]["requests"] is None, "the web's metrics are not within reach"
    assert rows[0]["memory_percent"] > 0
    status = await status_of(app)
    assert status.cards["memory"].level in {"green", "amber", "red"}
    assert status.cards["storage"].value == rows[-1]["storage_percent"]


async def test_those_who_look_at_once_see_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, made = Pictures(), 0

    async def make() -> Picture:
        nonlocal made
        made += 1
        number = made
        await asyncio.sleep(0.01)
        return Picture(b"{}", f'"{number}"')

    seen = await asyncio.gather(*(pictures.shown(make) for _ in range(20)))
    assert {each.tag for each in seen} == {'"1"'}
    assert (await pictures.shown(make)).tag == '"1"', "a second has not passed"
    monkeypatch.setattr(picture, "FRESH_SECONDS", 0.0)
    assert (await pictures.shown(make)).tag == '"1"', "nobody waits for the next"
    await asyncio.sleep(0.05)
    assert made == 2
    assert (await pictures.shown(make)).tag == '"2"'
    await asyncio.sleep(0.05)
    monkeypatch.setattr(picture, "SHOWN_SECONDS", 0.0)
    assert (await pictures.shown(make)).tag == '"4"', "an old one is not shown"
    pictures.forget()
    assert (await pictures.shown(make)).tag == '"5"'


async def test_a_picture_that_failed_is_made_again() -> None:
    pictures = Pictures()

    async def fail() -> Picture:
        raise ConnectionError

    async def make() -> Picture:
        return Picture(b"{}", '"1"')

    with pytest.raises(ConnectionError):
        await pictures.shown(fail)
    await asyncio.sleep(0)
    assert (await pictures.shown(make)).tag == '"1"'


async def test_windows_levels_and_304(app: FastAPI) -> None:
    await app.state.database.system.execute(PUT, 60)
    status = await status_of(app)
    assert len(status.history) == 60
    shown = status.cards
    assert (shown["response_p95"].value, shown["response_p95"].level) == (250, "amber")
    assert (shown["errors_24h"].value, shown["errors_24h"].level) == (120, "red")
    assert shown["uptime_24h"].value == pytest.approx(90, abs=2)
    assert shown["error_budget_burn_1h"].value == pytest.approx(20)
    async with client_of(app, "operator") as client:
        first = await client.get("/api/v1/admin/status")
        tag = {"if-none-match": first.headers["etag"]}
        same = await client.get("/api/v1/admin/status", headers=tag)
        assert (same.status_code, same.content) == (304, b"")
        app.state.database.keep(pictures_of).forget()
        await app.state.database.system.execute(
            "update health.sample set p95_ms = 300 where taken_at = (select max(taken_at)"
            " from health.sample)"
        )
        assert (await client.get("/api/v1/admin/status", headers=tag)).status_code == 200
    async with client_of(app) as client:
        assert (await client.get("/api/v1/admin/status")).status_code == 401


def test_percentiles_are_those_of_the_histogram() -> None:
    seen = Traffic({0.01: 50, 0.1: 90, 1.0: 100, inf: 100}, errors=3)
    assert seen.percentile_ms(0.5) == 10
    assert seen.percentile_ms(0.9) == 100
    assert seen.percentile_ms(0.95) == 550
    later = Traffic({0.01: 50, 0.1: 90, 1.0: 110, inf: 120}, errors=4).since(seen)
    assert (later.requests, later.errors) == (20, 1)
    assert later.percentile_ms(0.99) == 1000, "beyond the last bound, the last bound is said"
    assert Traffic().percentile_ms(0.5) is None
    anew = Traffic({inf: 5}).since(seen)
    assert anew.requests == 5


def test_the_machine_is_measured(tmp_path: Path) -> None:
    processor = Processor()
    assert processor.percent() is None, "one look says nothing"
    sum(range(3_000_000))
    busy = processor.percent()
    assert busy is None or 0 <= busy <= 100
    assert 0 < (memory_percent() or 0) < 100
    assert 0 < (storage_percent(tmp_path) or 0) < 100
    assert storage_percent(tmp_path / "none") is None


def test_a_fresh_start_empties_the_metrics_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(metrics_folder.VARIABLE, raising=False)
    old = tmp_path / "metrics" / "web" / "counter_1.db"
    other = tmp_path / "metrics" / "worker" / "counter_2.db"
    for file in (old, other):
        file.parent.mkdir(parents=True)
        file.touch()
    metrics_folder.prepare_metrics(tmp_path, "web")
    assert metrics_folder.metrics_files(tmp_path) == [str(other)]
    assert os.environ[metrics_folder.VARIABLE] == str(old.parent)
    monkeypatch.delenv(metrics_folder.VARIABLE)


async def test_a_month_of_requests_by_day(app: FastAPI) -> None:
    await app.state.database.system.execute(PUT, 6)
    async with client_of(app, "operator") as client:
        answer = await client.get("/api/v1/admin/traffic")
    assert answer.status_code == 200, answer.text
    days = answer.json()["items"]
    assert len(days) == 30
    assert days[0] == {**days[0], "requests": None, "errors": None, "p95_ms": None}
    measured = [day for day in days if day["requests"] is not None]
    assert (sum(day["requests"] for day in measured), measured[-1]["p95_ms"]) == (600, 250)
    assert sum(day["errors"] for day in measured) == 12
