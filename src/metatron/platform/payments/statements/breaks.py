"""The queue of differences: opened by the reconciliation, resolved by a person, never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish_all
from metatron.kernel.ids import new_id
from metatron.platform.payments import events
from metatron.platform.payments.errors import (
    BreakNotFound,
    BreakResolved,
    ResolutionDoesNotFit,
)
from metatron.platform.payments.statement_tables import BreakRow, LineRow
from metatron.platform.payments.statements.matching import Difference, Line

type Resolution = Literal["booked", "ignored", "explained"]
"""`booked`: our books were put right, the line counts. `ignored`: it does not count. `explained`:
the line stays unmatched, the reason says why."""

MISSING_AFTER_DAYS = 1
"""A movement is missing once the statements reach this many days beyond it."""
MOST_AT_ONCE = 1_000
_MISSING = text("""
select m.movement_kind, m.id, m.part, m.reference, m.amount_minor, m.currency,
       (m.occurred_at at time zone 'UTC')::date as value_on
from payments.movement m
cross join lateral (select (m.occurred_at at time zone 'UTC')::date as day) d
where m.tenant_id = :tenant_id and m.provider = :provider and m.is_certain
  and exists (select from payments.statement s where s.tenant_id = m.tenant_id
              and s.provider = m.provider and d.day between s.from_on and s.to_on)
  and exists (select from payments.statement s where s.tenant_id = m.tenant_id
              and s.provider = m.provider and s.to_on >= d.day + cast(:after_days as integer))
  and not exists (select from payments.statement_line l where l.tenant_id = m.tenant_id
                  and l.movement_id = m.id and l.movement_part = m.part)
  and not exists (select from payments.reconciliation_break b where b.tenant_id = m.tenant_id
                  and b.movement_id = m.id and b.movement_part = m.part)
order by m.occurred_at, m.id limit :most
""")
_OPEN = text("""
insert into payments.reconciliation_break (tenant_id, id, provider, kind, state, statement_line_id,
  movement_kind, movement_id, movement_part, reference, expected_minor, found_minor, currency,
  value_on, opened_at, version)
select cast(:tenant_id as uuid), x.id, :provider, x.kind, 'open', x.statement_line_id,
  x.movement_kind, x.movement_id, x.movement_part, x.reference, x.expected_minor, x.found_minor,
  x.currency, x.value_on, cast(:now as timestamptz), 1
from unnest(cast(:ids as uuid[]), cast(:kind as text[]), cast(:statement_line_id as uuid[]),
  cast(:movement_kind as text[]), cast(:movement_id as uuid[]), cast(:movement_part as text[]),
  cast(:reference as text[]), cast(:expected_minor as bigint[]), cast(:found_minor as bigint[]),
  cast(:currency as text[]), cast(:value_on as date[])) x (id, kind, statement_line_id,
  movement_kind, movement_id, movement_part, reference, expected_minor, found_minor, currency,
  value_on)
on conflict do nothing returning id
""")
_GIVEN = (
    "kind", "statement_line_id", "movement_kind", "movement_id", "movement_part", "reference",
    "expected_minor", "found_minor", "currency", "value_on",
)  # fmt: skip
_IDS = ARRAY(Uuid)
_NOW_MATCHED = text("""
select b.id from payments.reconciliation_break b
where b.tenant_id = :tenant_id and b.provider = :provider and b.state = 'open'
  and (exists (select from payments.statement_line l where l.tenant_id = b.tenant_id
               and l.id = b.statement_line_id and l.match_state = 'matched')
    or (b.statement_line_id is null
        and exists (select from payments.statement_line l where l.tenant_id = b.tenant_id
                    and l.movement_id = b.movement_id and l.movement_part = b.movement_part)))
""")


async def open_line_breaks(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    differing: Sequence[tuple[Line, Difference]],
    now: datetime,
) -> int:
    """Open the breaks of lines; returns how many had none before."""
    wanted = [
        {
            "kind": found.kind,
            "statement_line_id": line.id,
            "movement_kind": found.movement and found.movement.kind,
            "movement_id": found.movement and found.movement.id,
            "movement_part": found.movement and found.movement.part,
            "reference": line.reference,
            "expected_minor": found.movement and found.movement.amount_minor,
            "found_minor": line.amount_minor,
            "currency": line.currency,
            "value_on": line.value_on,
        }
        for line, found in differing
    ]
    return await _open(session, context, provider, wanted, now)


async def open_missing_breaks(
    session: AsyncSession, context: Context, *, provider: str, now: datetime
) -> int:
    """Open a break for each movement that the statements cover and do not name."""
    key = {"tenant_id": context.tenant_id, "provider": provider}
    limits = {"after_days": MISSING_AFTER_DAYS, "most": MOST_AT_ONCE}
    rows = (await session.execute(_MISSING, {**key, **limits})).all()
    wanted = [
        {
            "kind": "missing_at_provider",
            "statement_line_id": None,
            "movement_kind": row.movement_kind,
            "movement_id": row.id,
            "movement_part": row.part,
            "reference": row.reference,
            "expected_minor": row.amount_minor,
            "found_minor": None,
            "currency": row.currency,
            "value_on": row.value_on,
        }
        for row in rows
    ]
    return await _open(session, context, provider, wanted, now)


async def _open(
    session: AsyncSession,
    context: Context,
    provider: str,
    wanted: list[dict[str, Any]],
    now: datetime,
) -> int:
    """Open breaks in one statement, and announce in another those that were not there."""
    if not wanted:
        return 0
    ids = [new_id() for _ in wanted]
    values = {"tenant_id": context.tenant_id, "provider": provider, "now": now, "ids": ids} | {
        name: [one[name] for one in wanted] for name in _GIVEN
    }
    made = set((await session.execute(_OPEN, values)).scalars())
    opened = [
        events.BreakOpened(aggregate_id=key, break_id=key, provider=provider, **one)
        for key, one in zip(ids, wanted, strict=True)
        if key in made
    ]
    await publish_all(session, context, opened, now=now)
    return len(opened)


async def settle_matched_breaks(
    session: AsyncSession, context: Context, *, provider: str, now: datetime
) -> int:
    """Resolve the breaks whose line or movement has found its match since."""
    key = {"tenant_id": context.tenant_id, "provider": provider}
    found = (await session.execute(_NOW_MATCHED, key)).scalars().all()
    if not found:
        return 0
    rows = [row for row in await _locked(session, context, found) if row.state == "open"]
    reason = "A later statement or a later outcome brought the match."
    await _resolve(session, context, rows, "matched_later", reason, now)
    return len(rows)


async def resolve_break(
    session: AsyncSession,
    context: Context,
    *,
    break_id: UUID,
    resolution: Resolution,
    reason: str,
    now: datetime,
) -> None:
    """Settle a difference for good; the actor is the resolving person.

    Raises:
        BreakNotFound: no such break.
        BreakResolved: it is settled already.
        ResolutionDoesNotFit: `explained` is about a line, and the break has none.
    """
    row = await _lock(session, context, break_id)
    if row.state != "open":
        raise BreakResolved
    if row.statement_line_id is None and resolution == "explained":
        raise ResolutionDoesNotFit("There is no line that could stay unmatched.")
    await _resolve(session, context, [row], resolution, reason, now)
    if row.statement_line_id is not None and resolution != "explained":
        await _decide_line(session, context, row, resolution, now)


async def _decide_line(
    session: AsyncSession, context: Context, row: BreakRow, resolution: Resolution, now: datetime
) -> None:
    values: dict[str, object] = {"decided_at": now, "match_state": "ignored"}
    if resolution == "booked":
        values["match_state"] = "matched"
        if row.movement_id is not None and await _is_free(session, context, row):
            values["movement_kind"] = row.movement_kind
            values["movement_id"], values["movement_part"] = row.movement_id, row.movement_part
    line = (LineRow.tenant_id == context.tenant_id, LineRow.id == row.statement_line_id)
    changed = update(LineRow).where(*line, LineRow.match_state == "unmatched").values(values)
    await session.execute(changed)


async def _is_free(session: AsyncSession, context: Context, row: BreakRow) -> bool:
    claimed = select(LineRow.id).where(
        LineRow.tenant_id == context.tenant_id,
        LineRow.movement_id == row.movement_id,
        LineRow.movement_part == row.movement_part,
    )
    return (await session.execute(claimed)).first() is None


async def _resolve(  # noqa: PLR0917 - the words of one sentence
    session: AsyncSession,
    context: Context,
    rows: Sequence[BreakRow],
    resolution: str,
    reason: str,
    now: datetime,
) -> None:
    for row in rows:
        row.state, row.resolution, row.reason = "resolved", resolution, reason
        row.resolved_at = now
        row.resolved_by = None if resolution == "matched_later" else context.actor_id
        row.version += 1
    await session.flush()
    told = [
        events.BreakResolved(**_payload(row), resolution=resolution, resolved_by=row.resolved_by)
        for row in rows
    ]
    await publish_all(session, context, told, now=now)


async def _lock(session: AsyncSession, context: Context, break_id: UUID) -> BreakRow:
    rows = await _locked(session, context, [break_id])
    if not rows:
        raise BreakNotFound
    return rows[0]


async def _locked(
    session: AsyncSession, context: Context, ids: Sequence[UUID]
) -> Sequence[BreakRow]:
    query = (
        select(BreakRow)
        .where(BreakRow.tenant_id == context.tenant_id, BreakRow.id == any_(literal(ids, _IDS)))
        .order_by(BreakRow.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


def _payload(row: BreakRow) -> dict[str, object]:
    return {
        "aggregate_id": row.id,
        "break_id": row.id,
        "provider": row.provider,
        "kind": row.kind,
        "statement_line_id": row.statement_line_id,
        "movement_kind": row.movement_kind,
        "movement_id": row.movement_id,
        "movement_part": row.movement_part,
        "reference": row.reference,
        "expected_minor": row.expected_minor,
        "found_minor": row.found_minor,
        "currency": row.currency,
        "value_on": row.value_on,
    }
