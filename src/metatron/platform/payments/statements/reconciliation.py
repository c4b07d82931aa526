"""Lines against movements, and what should have lines and has none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.statement_tables import LineRow
from metatron.platform.payments.statements.breaks import (
    open_line_breaks,
    open_missing_breaks,
    settle_matched_breaks,
)
from metatron.platform.payments.statements.matching import Difference, Line, Movement, decide
from metatron.platform.payments.statements.movements import candidates

BATCH = 500
_CLAIM = text("""
update payments.statement_line l
set match_state = 'matched', movement_kind = x.kind, movement_id = x.movement_id,
  movement_part = x.part, decided_at = cast(:now as timestamptz)
from unnest(cast(:line_ids as uuid[]), cast(:kinds as text[]), cast(:movement_ids as uuid[]),
  cast(:parts as text[])) x (line_id, kind, movement_id, part)
where l.tenant_id = :tenant_id and l.id = x.line_id
""")


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
    known = await candidates(session, context, provider=provider, lines=lines)
    claimed: list[tuple[Line, Movement]] = []
    differing: list[tuple[Line, Difference]] = []
    for line in lines:
        found = decide(line, known.of(line))
        if isinstance(found, Movement):
            known.claim(found)
            claimed.append((line, found))
        else:
            differing.append((line, found))
    await _claim(session, context, claimed, now)
    opened = await open_line_breaks(
        session, context, provider=provider, differing=differing, now=now
    )
    return len(claimed), opened


async def _claim(
    session: AsyncSession, context: Context, claimed: list[tuple[Line, Movement]], now: datetime
) -> None:
    if not claimed:
        return
    values = {
        "tenant_id": context.tenant_id,
        "line_ids": [line.id for line, _ in claimed],
        "kinds": [found.kind for _, found in claimed],
        "movement_ids": [found.id for _, found in claimed],
        "parts": [found.part for _, found in claimed],
        "now": now,
    }
    await session.execute(_CLAIM, values)
