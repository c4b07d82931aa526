"""Erasing a person, kind by kind: each is its own transaction, and what is noted is not redone."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import at_home
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.personal_data import erase_rows
from metatron.platform.personal_data import plan
from metatron.platform.personal_data.account import account_end
from metatron.platform.personal_data.events import ErasureDone, ErasurePostponed
from metatron.platform.personal_data.people import person_of
from metatron.platform.personal_data.requests import ERASE_PERSON
from metatron.platform.personal_data.tables import RequestRow, StepRow
from metatron.platform.tenancy.interface import (
    end_kept_copies,
    memberships_of,
    resolve_operator,
)

ACCOUNT = "identity.account"
POSTPONED_BY = timedelta(days=1)


async def erase_person(
    database: Database, context: Context, *, request_id: UUID, now: datetime
) -> None:
    """Erase the person of a request that is due; bears repetition, from wherever it was cut short.

    What stands in the way by now puts it off by a day, again and again until it is withdrawn.
    """
    request = await _begin(database, context, request_id, now)
    if request is None:
        return
    done = await _done(database, context, request_id)
    for part in plan.parts():
        if part.name not in done and not part.kind.ends_with_account:
            await _erase_part(database, context, request, part, now)
    if ACCOUNT not in done:
        await _end_account(database, context, request, now)
    # What a move of the organisation left for a week holds the person as they were.
    await end_kept_copies(database, context.tenant_id, now=utc_now())
    await _end(database, context, request_id, now)


async def _begin(
    database: Database, context: Context, request_id: UUID, now: datetime
) -> RequestRow | None:
    async with database.transaction(context) as session:
        row = await session.get(RequestRow, (context.tenant_id, request_id), with_for_update=True)
        if row is None or row.kind != "erasure" or row.state not in {"waiting", "running"}:
            return None
        if row.state == "running":
            return row
        if row.due_at > now:
            return None
        async with at_home(session) as home:
            person = await person_of(home, row.user_id)
        found = await plan.obstacles(session, context, person)
        row.obstacles = [
            {"code": each.code, "text": each.text, "count": each.count} for each in found
        ]
        row.version += 1
        if not found:
            row.state = "running"
            return row
        row.due_at = now + POSTPONED_BY
        event = ErasurePostponed(
            aggregate_id=row.id,
            user_id=row.user_id,
            obstacles=[each.code for each in found],
            due_at=row.due_at,
        )
        await publish(session, context, event, now=now)
        await enqueue(session, context, ERASE_PERSON, run_at=row.due_at, request_id=row.id)
        return None


async def _done(database: Database, context: Context, request_id: UUID) -> set[str]:
    async with database.transaction(context) as session:
        names = await session.scalars(
            select(StepRow.name).where(
                StepRow.tenant_id == context.tenant_id, StepRow.request_id == request_id
            )
        )
        return set(names)


async def _erase_part(
    database: Database, context: Context, request: RequestRow, part: plan.Part, now: datetime
) -> None:
    kind = part.kind
    async with database.transaction(context) as session:
        if await _is_noted(session, context, request.id, part.name):
            return
        async with at_home(session) as home:
            person = await person_of(home, request.user_id)
            count = await erase_rows(home, context, kind, person, now) if kind.at_home else 0
        if not kind.at_home:
            count = await erase_rows(session, context, kind, person, now)
        step = StepRow(
            tenant_id=context.tenant_id,
            request_id=request.id,
            name=part.name,
            title=kind.title,
            fate=kind.fate,
            why=kind.why,
            years=kind.years,
            count=count,
            done_at=now,
        )
        session.add(step)


async def _is_noted(session: AsyncSession, context: Context, request_id: UUID, name: str) -> bool:
    """Tell whether a kind is done; nobody else notes one before the caller's transaction ends.

    One that was tried again may be at work twice.
    """
    await session.get(RequestRow, (context.tenant_id, request_id), with_for_update=True)
    return await session.get(StepRow, (context.tenant_id, request_id, name)) is not None


async def _end_account(
    database: Database, context: Context, request: RequestRow, now: datetime
) -> None:
    """End the account of somebody who is nowhere else, and what the platform's own log kept."""
    why = ""
    if await memberships_of(database, request.user_id):
        why = "The account goes on in other organisations"
    elif await resolve_operator(database, request.user_id) is not None:
        why = "The account is an operator's of this platform"
    else:
        await _tidy_platform(database, request.user_id, now)
        await account_end()(database, request.user_id)
    async with database.transaction(context) as session:
        if await _is_noted(session, context, request.id, ACCOUNT):
            return
        step = StepRow(
            tenant_id=context.tenant_id,
            request_id=request.id,
            name=ACCOUNT,
            title="Account: address, name, ways to sign in, devices",
            fate="kept" if why else "erased",
            why=why,
            years=None,
            count=0 if why else 1,
            done_at=now,
        )
        session.add(step)


async def _tidy_platform(database: Database, user_id: UUID, now: datetime) -> None:
    platform = system_context(PLATFORM_TENANT_ID)
    for part in plan.parts():
        if part.kind.with_account:
            async with database.transaction(platform) as session:
                person = await person_of(session, user_id)
                await erase_rows(session, platform, part.kind, person, now)


async def _end(database: Database, context: Context, request_id: UUID, now: datetime) -> None:
    async with database.transaction(context) as session:
        row = await session.get(RequestRow, (context.tenant_id, request_id), with_for_update=True)
        assert row is not None, "a request is never deleted"
        if row.state != "running":
            return
        row.state, row.ended_at = "done", now
        row.version += 1
        steps = await _steps(session, context, request_id)
        event = ErasureDone(
            aggregate_id=row.id,
            user_id=row.user_id,
            erased=sum(step.count for step in steps if step.fate == "erased"),
            pseudonymised=sum(step.count for step in steps if step.fate == "pseudonymised"),
            kinds_kept=sum(step.fate == "kept" for step in steps),
            account_ended=any(s.name == ACCOUNT and s.fate == "erased" for s in steps),
        )
        await publish(session, context, event, now=now)


async def _steps(session: AsyncSession, context: Context, request_id: UUID) -> list[StepRow]:
    found = await session.scalars(
        select(StepRow).where(
            StepRow.tenant_id == context.tenant_id, StepRow.request_id == request_id
        )
    )
    return list(found)
