"""The nightly backup, the hourly look, and what operators and the health page are told."""

import asyncio
from pathlib import Path

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.platform.backups import jobs, site
from metatron.platform.backups.catalogue import backups_in
from metatron.platform.backups.state import State
from metatron.platform.health.backups_check import backups_check
from metatron.platform.tenancy.interface import ensure_operator
from tests.platform.backups.conftest import Firm, Living

pytestmark = pytest.mark.xdist_group("backups")


@pytest.fixture
def nightly(living: Living, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The process backs the installation up into a folder of the test's own."""
    backups = tmp_path / "backups"
    site.prepare_site(living.settings.model_copy(update={"backups_dir": backups}))
    monkeypatch.setattr(site, "_site", site.site())
    return backups


def platform(living: Living) -> Firm:
    return Firm(living.database, system_context(PLATFORM_TENANT_ID))


async def asked_for(living: Living, job: str) -> int:
    return int(
        await living.database.system.fetchval(
            "select count(*) from kernel.outbox where kind = 'job' and name = $1", job
        )
    )


async def test_a_night(living: Living, nightly: Path) -> None:
    context = system_context()
    await jobs.watch(living.database, context, now=utc_now())
    assert await asked_for(living, jobs.CREATE) == 1, "there is none yet"
    await jobs.create_daily(living.database, context, now=utc_now())
    assert len(backups_in(nightly)) == 1
    assert (await platform(living).events())[-1] == "backups.backup_made.v1"
    await jobs.watch(living.database, context, now=utc_now())
    assert await asked_for(living, jobs.CREATE) == 1
    outcome = await backups_check(living.database.system, nightly).ask()
    assert (outcome.state, outcome.facts["archiving"]) == ("healthy", True)


async def test_several_that_are_asked_for_at_once_wait_and_make_one(
    living: Living, nightly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.05)
    context = system_context()
    before = (await platform(living).events()).count("backups.backup_failed.v1")
    tries = (jobs.create_daily(living.database, context, now=utc_now()) for _ in range(3))
    await asyncio.gather(*tries)
    assert len(backups_in(nightly)) == 1
    names = await platform(living).events()
    assert names[-1] == "backups.backup_made.v1"
    assert names.count("backups.backup_failed.v1") == before, "waiting is no failure"
    assert not State(nightly).notes().error


async def test_one_that_fails_is_told(
    living: Living, nightly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.2)
    context, now = system_context(), utc_now()
    async with living.database.transaction(context, door="system") as session:
        await ensure_operator(
            *(session, context),
            user_id=new_id(),
            email="operator@example.com",
            display_name="O",
            now=now,
        )
    with State(nightly).at_work(alone=True):
        await jobs.create_daily(living.database, context, now=now)
    assert (await platform(living).events())[-1] == "backups.backup_failed.v1"
    assert await asked_for(living, "tenancy.send_mail") == 1
    outcome = await backups_check(living.database.system, nightly).ask()
    assert outcome.state == "degraded"
    assert "another command is at work" in str(outcome.facts["backup_error"])

    State(nightly).note(since="2026-01-01T00:00:00+00:00")
    await jobs.watch(living.database, context, now=now)
    await jobs.watch(living.database, context, now=now)
    names = await platform(living).events()
    assert names.count("backups.backup_overdue.v1") == 1, "told once"
    assert await asked_for(living, "tenancy.send_mail") == 2
