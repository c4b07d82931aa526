"""Sending queued runs to AMC: as many as an instance and its account have room for."""

from datetime import timedelta
from time import monotonic

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.drafts import ExecutionDraft, InputParameter, WorkflowDraft
from metatron.apps.amc.amazon.errors import (
    AmazonRefused,
    AmazonUnavailable,
    LostAnswer,
    Throttled,
    TokenRefused,
)
from metatron.apps.amc.amazon.one_line import NotOneLine
from metatron.apps.amc.connections.access import AmcApi
from metatron.apps.amc.runs.one_line import sent_text
from metatron.apps.amc.runs.parameters import bind, filled
from metatron.apps.amc.runs.records import load, move
from metatron.apps.amc.runs.refusing import problem_with
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.sources import read_parameters
from metatron.apps.amc.runs.tables import AT_AMC, Run
from metatron.apps.amc.runs.turns import LEASE, Turn, keep_turn
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput

log = structlog.get_logger(__name__)
LONGEST_ASKING = timedelta(seconds=40)
"""A call to Amazon with its waits: as long as that the turn must be ours when it begins."""
_ACCOUNT = text("""
select a.amc_account_id, a.marketplace_id
from amc.instance i join amc.account a on a.tenant_id = i.tenant_id and a.id = i.account_id
where i.tenant_id = :tenant_id and i.id = :instance_id
""")
_OWN_OF_ACCOUNT = text("""
select count(*) from amc.run r
join amc.instance i on i.tenant_id = r.tenant_id and i.id = r.instance_id
join amc.account a on a.tenant_id = i.tenant_id and a.id = i.account_id
where r.tenant_id = :tenant_id and a.amc_account_id = :account and a.marketplace_id = :market
  and r.state in ('submitting', 'pending', 'running')
""")
_OTHERS = """
select count(*) filter (where r.state <> 'queued') as busy,
  count(distinct r.tenant_id) filter (where r.state = 'queued') as waiting
from amc.account a
join amc.instance i on i.tenant_id = a.tenant_id and i.account_id = a.id
join amc.run r on r.tenant_id = i.tenant_id and r.instance_id = i.id
where a.amc_account_id = $1 and a.marketplace_id = $2 and a.tenant_id <> $3
  and r.state in ('queued', 'submitting', 'pending', 'running')
"""
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))")


async def submit_all(
    database: Database, context: Context, turn: Turn, client: AmcApi, seen: list[Run]
) -> None:
    """Send what is queued, one after the other, until there is no room or nothing is left.

    Raises:
        Throttled: Amazon takes no more now; what was to be sent is queued again.
    """
    if not any(run.state in {"queued", "submitting"} for run in seen):
        return
    while True:
        begun = monotonic()
        async with database.transaction(context) as session:
            run = await _claim(database, session, context, turn)
        if run is None:
            return
        if monotonic() - begun > (LEASE - LONGEST_ASKING).total_seconds():
            # This process stood still: another may have the turn by now, and ask as well.
            await _queue_again(database, context, run, timedelta())
            return
        await _submit(database, context, client, run)


async def _claim(
    database: Database, session: AsyncSession, context: Context, turn: Turn
) -> Run | None:
    """Mark the next run as being sent; people's own go before those of schedules and sets."""
    at = await keep_turn(session, context, turn)
    now = await session_now(session)
    if at is None:
        return None
    if not await _has_room(database, session, context, turn):
        return None
    query = (
        select(Run)
        .where(
            Run.tenant_id == context.tenant_id,
            Run.instance_id == turn.instance_id,
            Run.state == "queued",
            (Run.next_at.is_(None)) | (Run.next_at <= now),
        )
        .order_by(Run.origin != "person", Run.created_at, Run.id)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    run = (await session.execute(query)).scalar_one_or_none()
    if run is None:
        return None
    run.attempts += 1
    run.submitted_at = now
    # If we die now, whoever comes next looks for it at Amazon from then on. By the database's
    # clock: the organisation's may be advanced while Amazon is asked.
    run.next_at = at + site().settle
    await move(session, context, run, "submitting", now=now)
    return run


async def _has_room(
    database: Database, session: AsyncSession, context: Context, turn: Turn
) -> bool:
    tempo = site().tempo
    counted = select(func.count()).where(
        Run.tenant_id == context.tenant_id,
        Run.instance_id == turn.instance_id,
        Run.state.in_(AT_AMC),
    )
    if int((await session.execute(counted)).scalar_one()) >= tempo.per_instance:
        return False
    key = {"tenant_id": context.tenant_id, "instance_id": turn.instance_id}
    account = (await session.execute(_ACCOUNT, key)).one_or_none()
    if account is None:
        return False
    name = f"amc/{account.amc_account_id}/{account.marketplace_id}"
    await session.execute(_ONE_AT_A_TIME, {"lock": name})
    of = {"account": account.amc_account_id, "market": account.marketplace_id}
    own = int((await session.execute(_OWN_OF_ACCOUNT, key | of)).scalar_one())
    others = await database.system.fetchrow(
        _OTHERS, account.amc_account_id, account.marketplace_id, context.tenant_id
    )
    assert others is not None
    # While other organisations wait for the same account, nobody takes more than an equal share.
    share = tempo.per_account // (others["waiting"] + 1)
    return bool(own + others["busy"] < tempo.per_account and own < share)


async def _submit(database: Database, context: Context, client: AmcApi, run: Run) -> None:
    try:
        execution = await client.create_execution(draft_of(run))
    except Throttled as error:
        await _queue_again(database, context, run, timedelta(seconds=error.retry_after_seconds))
        raise
    except AmazonUnavailable:
        await _queue_again(database, context, run, timedelta(seconds=5))
        raise
    except LostAnswer as error:
        await _note_lost(database, context, run, error.reason)
        return
    except TokenRefused:
        await _queue_again(database, context, run, timedelta(seconds=60))
        raise
    except (AmazonRefused, InvalidInput, NotOneLine) as error:
        reason = error.details if isinstance(error, AmazonRefused) else str(error)
        await _fail(database, context, run, reason)
        return
    async with database.transaction(context) as session:
        found = await _still_asked(session, context, run)
        if found is None:
            # Whoever took over finds it by its marker.
            return
        found.amc_execution_id = str(execution.execution_id)
        found.expires_at = execution.expires_at
        await move(session, context, found, "pending", now=await session_now(session))


async def _still_asked(session: AsyncSession, context: Context, run: Run) -> Run | None:
    """Return a run as it stands, locked; None when another has taken it up since."""
    found = await load(session, context, run.id, lock=True)
    return found if (found.state, found.attempts) == ("submitting", run.attempts) else None


def draft_of(run: Run) -> ExecutionDraft:
    """Return what is sent for a run: its parameters declared, its values beside the query.

    Raises:
        InvalidInput: the stored values do not fit the stored parameters.
    """
    parameters = read_parameters(run.parameters)
    bound = bind(parameters, run.values)
    declared = [
        InputParameter(each.name, each.data_type, each.list)
        for each in parameters
        if each.name in bound.declared
    ]
    sent = sent_text(filled(run.sql, bound), run.marker)
    return ExecutionDraft(
        WorkflowDraft(sent, declared, run.privacy, extra_columns=run.extra_columns),
        run.window_start,
        run.window_end,
        run.time_zone,
        bound.values,
        run.dry_run,
        require_synthetic_data=run.require_synthetic_data,
        disable_aggregation_controls=run.disable_aggregation_controls,
    )


async def _queue_again(database: Database, context: Context, run: Run, pause: timedelta) -> None:
    """Amazon has not seen it."""
    async with database.transaction(context) as session:
        if found := await _still_asked(session, context, run):
            now = await session_now(session)
            found.next_at = now + pause
            found.attempts -= 1
            await move(session, context, found, "queued", now=now)


async def _note_lost(database: Database, context: Context, run: Run, reason: str) -> None:
    async with database.transaction(context) as session:
        if found := await _still_asked(session, context, run):
            at = (await session.execute(select(func.now()))).scalar_one()
            found.next_at = at + site().settle
            await session.flush()
    log.warning("amc_answer_lost", run_id=str(run.id), reason=reason)


async def _fail(database: Database, context: Context, run: Run, reason: str) -> None:
    problem = await problem_with(run.sql, None, reason)
    async with database.transaction(context) as session:
        if found := await _still_asked(session, context, run):
            found.problem = problem
            now = await session_now(session)
            await move(session, context, found, "failed", reason=reason, now=now)
