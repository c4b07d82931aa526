"""The chain over a tenant's transfers: what a seal says, and how it is made."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.platform.audit.interface import GENESIS, canonical, instant
from metatron.platform.ledger.events import BooksSealed

MARK_BYTES = 8
"""Kept of each row's digest, to name the row when it no longer fits."""
MOST_ROWS = 5_000
"""Rows under one seal."""
_DIGESTS = text("select at, id, digest from ledger.row_digests(:after, :to, :most)")
_HEAD = text("""
select sequence, to_timestamp, hash from ledger.seal
where tenant_id = :tenant_id order by sequence desc limit 1
""")
_INSERT = text("""
insert into ledger.seal (tenant_id, sequence, after_timestamp, to_timestamp, rows, marks, digest,
  previous_hash, hash, sealed_at)
values (:tenant_id, :sequence, :after_timestamp, :to_timestamp, :rows, :marks, :digest,
  :previous_hash, :hash, :sealed_at)
""")


def seal_hash(seal: Mapping[str, Any]) -> bytes:
    """Return the 32 bytes that chain a seal: SHA-256 over the canonical JSON of what it says."""
    content = {
        "tenant_id": str(seal["tenant_id"]),
        "sequence": seal["sequence"],
        "after": seal["after_timestamp"],
        "to": seal["to_timestamp"],
        "rows": seal["rows"],
        "marks": bytes(seal["marks"]).hex(),
        "digest": bytes(seal["digest"]).hex(),
        "previous": bytes(seal["previous_hash"]).hex(),
        "sealed_at": instant(seal["sealed_at"]),
    }
    return hashlib.sha256(canonical(content)).digest()


async def digests(session: AsyncSession, *, after: int, to: int, most: int) -> Sequence[Any]:
    """Return booking time, id and SHA-256 of what was booked after `after`, up to `to`."""
    found = await session.execute(_DIGESTS, {"after": after, "to": to, "most": most})
    return found.all()


def digest_of(rows: Sequence[Any]) -> bytes:
    """Return the SHA-256 over the digests of rows in their order."""
    return hashlib.sha256(b"".join(row.digest for row in rows)).digest()


def marks_of(rows: Sequence[Any]) -> bytes:
    """Return the marks of rows in their order."""
    return b"".join(row.digest[:MARK_BYTES] for row in rows)


async def seal_next(
    session: AsyncSession, context: Context, *, to: int, sealed_at: datetime
) -> dict[str, Any] | None:
    """Seal what was booked up to the booking time `to` and is not sealed; None where nothing is.

    Nothing may be booked any more at or before `to`. At most `MOST_ROWS` rows go under the seal.
    """
    head = (await session.execute(_HEAD, {"tenant_id": context.tenant_id})).one_or_none()
    count, after, previous = head if head is not None else (0, 0, GENESIS)
    rows = await digests(session, after=after, to=to, most=MOST_ROWS)
    if not rows:
        return None
    seal = {
        "tenant_id": context.tenant_id,
        "sequence": count + 1,
        "after_timestamp": after,
        "to_timestamp": rows[-1].at if len(rows) == MOST_ROWS else to,
        "rows": len(rows),
        "marks": marks_of(rows),
        "digest": digest_of(rows),
        "previous_hash": bytes(previous),
        "sealed_at": sealed_at,
    }
    seal["hash"] = seal_hash(seal)
    await session.execute(_INSERT, seal)
    return seal


async def announce_seal(
    session: AsyncSession, context: Context, seal: Mapping[str, Any], *, now: datetime
) -> None:
    """Put the head of the chain into the log, whose own chain and checkpoints then hold it."""
    tenant_id: UUID = context.tenant_id
    event = BooksSealed(aggregate_id=tenant_id, sequence=seal["sequence"], hash=seal["hash"].hex())
    await publish(session, context, event, now=now)
