"""Keeping a statement: once for its content, line by line once for their ids."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import Observation, StatementLine
from metatron.platform.payments.events import StatementImported
from metatron.platform.payments.observations import SourceNotKnownYet, record_observation
from metatron.platform.payments.statement_tables import LineRow, StatementRow
from metatron.platform.payments.statements.parsed import ParsedStatement
from metatron.platform.payments.statements.reconciliation import Reconciled, reconcile

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """Where a statement came from: its bytes, their format, and a file's name."""

    provider: str
    origin: Literal["upload", "fetch"]
    format: Literal["csv", "mt940", "camt053", "api"]
    raw: bytes
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a document; `reconciled` is None when its content was here already."""

    statement_id: UUID
    reconciled: Reconciled | None = None


async def import_statement(
    session: AsyncSession,
    context: Context,
    *,
    document: Document,
    parsed: ParsedStatement,
    now: datetime,
) -> Imported:
    """Keep a statement's lines and reconcile; the same content again changes nothing.

    A line that another statement brought already, by the provider's id of it, is not kept twice.
    """
    await _take_turn(session, context, document.provider)
    digest = hashlib.sha256(document.raw).hexdigest()
    statement_id = new_id()
    if not await _keep(session, context, statement_id, digest, document, parsed, now):
        known = select(StatementRow.id).where(
            StatementRow.tenant_id == context.tenant_id,
            StatementRow.provider == document.provider,
            StatementRow.content_sha256 == digest,
        )
        return Imported((await session.execute(known)).scalar_one())
    await _keep_lines(session, context, statement_id, document.provider, parsed)
    if document.origin == "fetch":
        await _learn_fees(session, context, document.provider, parsed.lines, now)
    event = StatementImported(
        aggregate_id=statement_id,
        statement_id=statement_id,
        provider=document.provider,
        from_on=parsed.from_on,
        to_on=parsed.to_on,
        line_count=len(parsed.lines),
        is_balanced=parsed.is_balanced(),
    )
    await publish(session, context, event, now=now)
    done = await reconcile(session, context, provider=document.provider, now=now)
    return Imported(statement_id, done)


async def _take_turn(session: AsyncSession, context: Context, provider: str) -> None:
    """Imports and reconciliations of one provider go one after the other."""
    key = f"payments/{context.tenant_id}/{provider}/statements"
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}
    )


async def _keep(  # noqa: PLR0917 - called once, just above
    session: AsyncSession,
    context: Context,
    statement_id: UUID,
    digest: str,
    document: Document,
    parsed: ParsedStatement,
    now: datetime,
) -> bool:
    values = {
        "tenant_id": context.tenant_id,
        "id": statement_id,
        "provider": document.provider,
        "origin": document.origin,
        "format": document.format,
        "file_name": document.file_name,
        "content_sha256": digest,
        "raw": document.raw,
        "from_on": parsed.from_on,
        "to_on": parsed.to_on,
        "line_count": len(parsed.lines),
        "balances": [asdict(balance) for balance in parsed.balances],
        "is_balanced": parsed.is_balanced(),
        "imported_by": context.actor_id,
        "imported_at": now,
    }
    made = insert(StatementRow).values(values).on_conflict_do_nothing()
    return (await session.execute(made.returning(StatementRow.id))).first() is not None


async def _keep_lines(
    session: AsyncSession,
    context: Context,
    statement_id: UUID,
    provider: str,
    parsed: ParsedStatement,
) -> None:
    rows = [
        {
            "tenant_id": context.tenant_id,
            "id": new_id(),
            "statement_id": statement_id,
            "line_no": number,
            "provider": provider,
            "line_id": line.line_id,
            "reference": line.reference,
            "source_reference": line.source_reference,
            "kind": line.kind,
            "amount_minor": line.amount_minor,
            "currency": line.currency,
            "value_on": line.value_on,
            "match_state": "unmatched",
        }
        for number, line in enumerate(parsed.lines, 1)
    ]
    for start in range(0, len(rows), BATCH):
        await session.execute(insert(LineRow).on_conflict_do_nothing(), rows[start : start + BATCH])


async def _learn_fees(
    session: AsyncSession,
    context: Context,
    provider: str,
    lines: tuple[StatementLine, ...],
    now: datetime,
) -> None:
    """Fees that no webhook told of are learnt from the provider's own statement."""
    for line in lines:
        if line.kind != "fee" or line.reference is None or line.amount_minor >= 0:
            continue
        seen = Observation(
            action="fee_charged",
            reference=line.reference,
            source_reference=line.source_reference or line.reference,
            amount_minor=0,
            fee_minor=-line.amount_minor,
            currency=line.currency,
            occurred_at=None,
        )
        try:
            await record_observation(
                session, context, provider=provider, seen=seen, origin="statement", now=now
            )
        except SourceNotKnownYet:
            continue
