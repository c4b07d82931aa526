"""Redis is named where it is configured; without it things are worse, not over."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.redis_door import RedisDoor
from metatron.kernel.settings import Settings
from metatron.platform.health.module import MODULE, doctor_of
from tests.doorkeeper import application, client_of
from tests.support.redis import LocalRedis, local_redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[LocalRedis]:
    folder = tmp_path / "redis"
    folder.mkdir()
    with local_redis(folder) as running:
        yield running


@pytest.mark.alone
@pytest.mark.parametrize("way", ["kill", "hold"])
async def test_redis_away_degrades_and_takes_nobody_out_of_rotation(
    committed_database: tuple[Settings, Database], payments_port: int, redis: LocalRedis, way: str
) -> None:
    settings, database = committed_database
    settings = settings.model_copy(update={"payments_url": f"http://127.0.0.1:{payments_port}"})
    await database.system.execute("insert into kernel.stream values ('counting', 7, 4)")
    door = RedisDoor(redis.url)
    app = application(settings, database, [MODULE])
    app.state.doctor = doctor_of(settings, database.system, [], door)
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    async with client_of(app, "operator") as client:
        found = (await client.post("/health/run")).json()
        (said,) = [each for each in found["findings"] if each["name"] == "redis"]
        assert (found["status"], said["state"], said["essential"]) == ("healthy", "healthy", False)
        assert said["facts"]["redis_ms"] > 0
        assert said["facts"]["stream_behind"] == 3

        getattr(redis, way)()
        began = time.monotonic()
        found = (await client.post("/health/run")).json()
        assert time.monotonic() - began < 1
        (said,) = [each for each in found["findings"] if each["name"] == "redis"]
        assert (found["status"], said["state"]) == ("degraded", "degraded")
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"status": "degraded"})
        status = (await client.get("/api/v1/admin/status")).json()
        assert "redis" in {check["name"] for check in status["checks"]}
        circles = {circle["name"]: circle["state"] for circle in status["cube"]["circles"]}
        assert (circles["postgresql"], circles["stream"]) == ("healthy", "degraded")
    await door.close()
