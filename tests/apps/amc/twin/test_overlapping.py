"""Who asks too often about the same users is refused, and not for good."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from metatron.apps.amc.twin.app import at_work
from metatron.apps.amc.twin.engine import Job, Result
from metatron.apps.amc.twin.keys import load_settings
from tests.apps.amc.twin.conftest import BACK, BASE, Idle, Visitor, composed
from tests.apps.amc.twin.test_contract import asked, ended

LATER = {"timeWindowStart": "2026-09-02T00:00:00", "timeWindowEnd": "2026-09-03T00:00:00"}
OTHER = {"workflow": {"sqlQuery": "SELECT a, COUNT(*) AS n FROM sponsored_ads_traffic GROUP BY a"}}


class Brief(Idle):
    """An engine whose runs succeed at once, without a row."""

    def run(self, job: Job) -> Result:
        return Result((), (), ())


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Visitor]:
    settings = load_settings(
        tmp_path, public_url=BASE, redirect_uris=(BACK,), client_secret="secret",
        most_overlapping=2,
    )  # fmt: skip
    app = composed()
    async with (
        at_work(app, settings, Brief()),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client,
    ):
        visitor = Visitor(client, client_id=settings.client_id, chaos_key=settings.chaos_key)
        await visitor.sign_in()
        yield visitor


async def outcome(visitor: Visitor, **more: object) -> tuple[object, object]:
    found = await ended(visitor, await asked(visitor, **more))
    return found["status"], found.get("statusReason")


async def test_the_third_run_over_the_same_is_refused(strict: Visitor) -> None:
    for _ in range(2):
        assert (await outcome(strict))[0] == "SUCCEEDED"
    status, reason = await outcome(strict)
    assert status == "FAILED"
    assert "Too many executions overlap" in str(reason)
    assert (await outcome(strict, **LATER))[0] == "SUCCEEDED", "another time"
    assert (await outcome(strict, **OTHER))[0] == "SUCCEEDED", "other data"
    assert (await outcome(strict, dryRun=True))[0] == "SUCCEEDED", "it reads nothing"


async def test_dry_runs_and_runs_of_yesterday_do_not_count(strict: Visitor) -> None:
    for _ in range(3):
        assert (await outcome(strict, dryRun=True))[0] == "SUCCEEDED"
    for _ in range(2):
        assert (await outcome(strict))[0] == "SUCCEEDED"
    assert (await outcome(strict))[0] == "FAILED"
    await strict.chaos(clock_offset_seconds=86_500)
    await strict.sign_in()
    assert (await outcome(strict))[0] == "SUCCEEDED"
