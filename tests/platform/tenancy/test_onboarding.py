"""A tenant comes into being in eight steps, which can be resumed and undone."""

from typing import Any

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.ids import new_id
from metatron.platform.tenancy import onboarding_steps
from metatron.platform.tenancy.errors import InvalidApiKey
from metatron.platform.tenancy.interface import resolve_api_key, tenant_by_id
from metatron.platform.tenancy.onboarding import (
    retry_onboarding,
    reveal_key,
    run_onboarding,
    start_onboarding,
    steps_of,
    undo_onboarding,
)
from metatron.platform.tenancy.onboarding_steps import STEPS, Wishes
from metatron.platform.tenancy.tables import Onboarding

SYSTEM = system_context()


async def _start(database: Database, **wishes: Any) -> Onboarding:
    given = {"name": "New firm", "owner_email": f"o-{new_id().hex}@example.com"} | wishes
    async with database.transaction(SYSTEM, door="system") as session:
        return await start_onboarding(
            session, SYSTEM, wishes=Wishes.model_validate(given), now=utc_now()
        )


async def _states(database: Database, process: Onboarding) -> dict[str, str]:
    async with database.transaction(SYSTEM, door="system") as session:
        return {step.name: step.state for step in await steps_of(session, process.id)}


async def _reveal(database: Database, process: Onboarding) -> str:
    async with database.transaction(SYSTEM, door="system") as session:
        return await reveal_key(session, SYSTEM, onboarding_id=process.id, now=utc_now())


@pytest.mark.parametrize("placement", ["pooled", "dedicated"])
async def test_all_eight_steps(database: Database, placement: str) -> None:
    process = await _start(database, placement=placement, account_name="Customer", tier="pro")
    state = await run_onboarding(database, SYSTEM, onboarding_id=process.id, now=utc_now())
    assert state == "succeeded"
    assert set((await _states(database, process)).values()) == {"done"}
    assert len(STEPS) == 8
    facts = await tenant_by_id(database, process.tenant_id)
    assert facts is not None
    assert (facts.state, facts.tier, facts.account_id) == ("active", "pro", process.account_id)
    key = await resolve_api_key(database, await _reveal(database, process), now=utc_now())
    assert key.tenant.id == process.tenant_id
    with pytest.raises(NotFound):
        await _reveal(database, process)
    # Run again: everything is done, nothing is made twice.
    await run_onboarding(database, SYSTEM, onboarding_id=process.id, now=utc_now())
    counts = await database.system.fetchrow(
        "select (select count(*) from tenancy.api_key where tenant_id = $1) keys,"
        " (select count(*) from tenancy.invitation where tenant_id = $1) invitations",
        process.tenant_id,
    )
    assert counts is not None
    assert tuple(counts) == (1, 1)


async def test_a_failed_step_is_resumed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await _start(database)
    original = STEPS["branding"]

    async def broken(*_: Any) -> dict[str, Any]:
        raise RuntimeError("no paint")

    monkeypatch.setitem(onboarding_steps.STEPS, "branding", broken)
    assert await run_onboarding(database, SYSTEM, onboarding_id=process.id, now=utc_now()) == (
        "failed"
    )
    states = await _states(database, process)
    assert (states["api_key"], states["branding"], states["welcome_mail"]) == (
        "done",
        "failed",
        "waiting",
    )
    monkeypatch.setitem(onboarding_steps.STEPS, "branding", original)
    async with database.transaction(SYSTEM, door="system") as session:
        await retry_onboarding(session, SYSTEM, onboarding_id=process.id, now=utc_now())
    assert await run_onboarding(database, SYSTEM, onboarding_id=process.id, now=utc_now()) == (
        "succeeded"
    )


async def test_a_failed_process_is_undone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = f"undone-{new_id().hex[:8]}"
    process = await _start(database, slug=slug, account_name="Customer")

    async def broken(*_: Any) -> dict[str, Any]:
        raise RuntimeError("no post")

    monkeypatch.setitem(onboarding_steps.STEPS, "welcome_mail", broken)
    await run_onboarding(database, SYSTEM, onboarding_id=process.id, now=utc_now())
    key = await _reveal(database, process)
    async with database.transaction(SYSTEM, door="system") as session:
        await undo_onboarding(session, SYSTEM, onboarding_id=process.id, now=utc_now())
    assert await tenant_by_id(database, process.tenant_id) is None
    with pytest.raises(InvalidApiKey):
        await resolve_api_key(database, key, now=utc_now())
    monkeypatch.undo()
    again = await _start(database, slug=slug)
    assert await run_onboarding(database, SYSTEM, onboarding_id=again.id, now=utc_now()) == (
        "succeeded"
    )


async def test_a_taken_slug_fails_with_its_name(database: Database) -> None:
    slug = f"taken-{new_id().hex[:8]}"
    for expected in ("succeeded", "failed"):
        process = await _start(database, slug=slug)
        state = await run_onboarding(database, SYSTEM, onboarding_id=process.id, now=utc_now())
        assert state == expected
    async with database.transaction(SYSTEM, door="system") as session:
        steps = await steps_of(session, process.id)
    assert steps[1].last_error is not None
    assert steps[1].last_error.startswith("SlugTaken")
