"""Does the steps of an onboarding, from the first that is not done; may die between any two.

The effect of a step and the mark that it is done commit together, under the lock of the process's
row: a second runner finds the step done, and a killed one has done all of it or nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import text

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import Busy, DomainError
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.telemetry.logs import strike_out
from metatron.platform.tenancy.onboarding import Onboarding, load_onboarding, set_state
from metatron.platform.tenancy.onboarding_keys import FORGET
from metatron.platform.tenancy.onboarding_steps import DO, PREPARE, Work, acting_for

log = structlog.get_logger(__name__)
KEY_KEPT = timedelta(hours=24)
_STEPS = text("""
select name, state, outcome from tenancy.onboarding_step
where onboarding_id = :id order by position
""")
_BEGIN = text("""
update tenancy.onboarding_step
set state = 'running', attempts = attempts + 1, started_at = :now, last_error = null
where onboarding_id = :id and name = :name
""")
_DONE = text("""
update tenancy.onboarding_step
set state = 'done', outcome = cast(:outcome as jsonb), finished_at = :now, last_error = null
where onboarding_id = :id and name = :name
""")
_FAILED = text("""
update tenancy.onboarding_step set state = :state, last_error = :error, finished_at = :now
where onboarding_id = :id and name = :name and state <> 'done'
""")


def _say_nothing(_step: str) -> None:
    """Take progress nobody asked for."""


async def run_onboarding(
    database: Database,
    *,
    onboarding_id: UUID,
    now: datetime,
    progress: Callable[[str], None] = _say_nothing,
) -> str:
    """Do what is left; return the state in which the process ends.

    A refusal ends it as failed until an operator retries; any other error is passed on, so that
    the job comes again. `progress` is told each step's name before it begins.

    Raises:
        NotFound: there is no such process.
    """
    while True:
        found, name, outcomes = await _next(database, onboarding_id, now)
        if name is None:
            return found.state
        progress(name)
        try:
            await _step(database, found, name, outcomes, now)
        except Busy as away:
            # It passes: the job comes again.
            await _note(database, found, name, state="running", error=away.code, now=now)
            raise
        except DomainError as refusal:
            log.warning("onboarding_failed", step=name, code=refusal.code)
            return await _give_up(database, found, name, f"{refusal.code}: {refusal.detail}", now)
        except Exception as error:
            said = type(error).__name__
            await _note(database, found, name, state="running", error=said, now=now)
            raise


async def onboard(
    database: Database, context: Context, *, now: datetime, onboarding_id: str
) -> None:
    """Run as a job of the platform's."""
    assert context.actor_kind == "system", "onboarding is the system's own work"
    await run_onboarding(database, onboarding_id=UUID(onboarding_id), now=now)


async def _next(
    database: Database, onboarding_id: UUID, now: datetime
) -> tuple[Onboarding, str | None, dict[str, dict[str, Any]]]:
    """Return the process, the step to do (None when there is none) and the outcomes so far."""
    async with database.transaction(system_context(), door="system") as session:
        found = await load_onboarding(session, onboarding_id)
        if found.state != "running":
            return found, None, {}
        rows = (await session.execute(_STEPS, {"id": onboarding_id})).all()
        left = [row.name for row in rows if row.state != "done"]
        if left:
            await session.execute(_BEGIN, {"id": onboarding_id, "name": left[0], "now": now})
            return found, left[0], {row.name: row.outcome for row in rows}
        await set_state(session, system_context(), found, "succeeded", now=now)
        # The key's text is for whoever asked; what nobody takes does not stay.
        await enqueue(
            session, system_context(), FORGET, run_at=now + KEY_KEPT, onboarding_id=found.id
        )
        return await load_onboarding(session, onboarding_id), None, {}


async def _step(
    database: Database,
    found: Onboarding,
    name: str,
    outcomes: dict[str, dict[str, Any]],
    now: datetime,
) -> None:
    prepare = PREPARE.get(name)
    prepared = await prepare(database, found, now) if prepare is not None else {}
    context = acting_for(found.tenant_id)
    async with database.transaction(context, door="system") as session:
        current = await load_onboarding(session, found.id)
        states = {r.name: r.state for r in await session.execute(_STEPS, {"id": found.id})}
        if current.state != "running" or states[name] == "done":
            return
        outcome = await DO[name](Work(session, context, found, outcomes, prepared, now))
        values = {
            "id": found.id,
            "name": name,
            "outcome": orjson.dumps(outcome).decode(),
            "now": now,
        }
        await session.execute(_DONE, values)


async def _give_up(
    database: Database, found: Onboarding, name: str, error: str, now: datetime
) -> str:
    await _note(database, found, name, state="failed", error=error, now=now)
    async with database.transaction(system_context(), door="system") as session:
        current = await load_onboarding(session, found.id)
        if current.state != "running":
            return current.state
        await set_state(session, system_context(), found, "failed", step=name, now=now)
    return "failed"


async def _note(
    database: Database, found: Onboarding, name: str, *, state: str, error: str, now: datetime
) -> None:
    async with database.transaction(system_context(), door="system") as session:
        values = {
            "id": found.id,
            "name": name,
            "state": state,
            "error": str(strike_out(error))[:500],
            "now": now,
        }
        await session.execute(_FAILED, values)
