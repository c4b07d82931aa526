"""Lines against movements, and what should have lines and has none."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.statement_tables import LineRow
from metatron.platform.payments.statements.breaks import (
    open_line_break,
    open_missing_breaks,
    settle_matched_breaks,
)
from metatron.platform.payments.statements.matching import Line, Movement, decide

BATCH = 500
_COLUMNS = """
m.movement_kind as kind, m.id, m.part, m.reference, m.amount_minor, m.currency,
(m.occurred_at at time zone 'UTC')::date as occurred_on, m.is_certain,
exists (select from payments.statement_line l where l.tenant_id = m.tenant_id
        and l.movement_id = m.id and l.movement_part = m.part) as is_claimed
"""
_BY_REFERENCE = text(
    "select "
    + _COLUMNS
    + """ from payments.movement m
    where m.tenant_id = :tenant_id and m.provider = :provider and m.reference = any(:references)"""
)
_BY_AMOUNT = text(
    "select "
    + _COLUMNS
    + """ from payments.movement m
    where m.tenant_id = :tenant_id and m.provider = :provider and m.amount_minor = any(:amounts)
      and m.occurred_at >= cast(:first as date) - 6 and m.occurred_at < cast(:last as date) + 7"""
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many lines found their movement, and how many breaks were opened and settled."""

    matched: int = 0
    opened: int = 0
    settled: int = 0


async def reconcile(
    session: AsyncSession, context: Context, *, provider: str, now: datetime
) -> Reconciled:
    """Match every unmatched line of a provider, open breaks, settle those that found their match.

    Bears repetition: a line or movement that has a break, open or resolved, gets no second one.
    """
    matched = opened = 0
    after: UUID | None = None
    while lines := await _unmatched(session, context, provider, after):
        after = lines[-1].id
        done, differing = await _match(session, context, provider, lines, now)
        matched, opened = matched + done, opened + differing
    settled = await settle_matched_breaks(session, context, provider=provider, now=now)
    opened += await open_missing_breaks(session, context, provider=provider, now=now)
    return Reconciled(matched, opened, settled)


async def _unmatched(
    session: AsyncSession, context: Context, provider: str, after: UUID | None
) -> list[Line]:
    query = (
        select(
            LineRow.id, LineRow.reference, LineRow.kind, LineRow.amount_minor, LineRow.currency,
            LineRow.value_on,
        )
        .where(
            LineRow.tenant_id == context.tenant_id,
            LineRow.provider == provider,
            LineRow.match_state == "unmatched",
        )
        .order_by(LineRow.id)
        .limit(BATCH)
    )  # fmt: skip
    if after is not None:
        query = query.where(LineRow.id > after)
    return [Line(*row) for row in await session.execute(query)]


async def _match(
    session: AsyncSession, context: Context, provider: str, lines: list[Line], now: datetime
) -> tuple[int, int]:
    pool = await _movements(session, context, provider, lines)
    matched = opened = 0
    for line in lines:
        found = decide(line, _of(line, pool))
        if isinstance(found, Movement):
            await _claim(session, context, line, found, now)
            pool[pool.index(found)] = Movement(**{**asdict(found), "is_claimed": True})
            matched += 1
        else:
            opened += await open_line_break(
                session, context, provider=provider, line=line, found=found, now=now
            )
    return matched, opened


def _of(line: Line, pool: list[Movement]) -> list[Movement]:
    named = [one for one in pool if line.reference and one.reference == line.reference]
    return named or [one for one in pool if one.amount_minor == line.amount_minor]


async def _movements(
    session: AsyncSession, context: Context, provider: str, lines: list[Line]
) -> list[Movement]:
    key = {"tenant_id": context.tenant_id, "provider": provider}
    references = sorted({line.reference for line in lines if line.reference})
    found = _read(await session.execute(_BY_REFERENCE, {**key, "references": references}))
    known = {one.reference for one in found}
    loose = [line for line in lines if line.reference not in known]
    if loose:
        near = {
            "amounts": sorted({line.amount_minor for line in loose}),
            "first": min(line.value_on for line in loose),
            "last": max(line.value_on for line in loose),
        }
        found += _read(await session.execute(_BY_AMOUNT, {**key, **near}))
    return list({(one.id, one.part): one for one in found}.values())


def _read(rows: Iterable[object]) -> list[Movement]:
    return [Movement(*row) for row in rows]  # type: ignore[misc]


async def _claim(
    session: AsyncSession, context: Context, line: Line, found: Movement, now: datetime
) -> None:
    claimed = (
        update(LineRow)
        .where(LineRow.tenant_id == context.tenant_id, LineRow.id == line.id)
        .values(
            match_state="matched",
            movement_kind=found.kind,
            movement_id=found.id,
            movement_part=found.part,
            decided_at=now,
        )
    )
    await session.execute(claimed)
