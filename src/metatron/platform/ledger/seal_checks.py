"""Walks a tenant's seals and names every row of the books that does not fit."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.audit.interface import GENESIS
from metatron.platform.ledger.checks import MOST, Violation
from metatron.platform.ledger.events import BooksSealed
from metatron.platform.ledger.seals import MARK_BYTES, digest_of, digests, marks_of, seal_hash

INVARIANT = 16
PAGE = 200
_MORE = 1_000
"""Rows read beyond those sealed: more than were smuggled in, one would think."""
_SEALS = text("""
select * from ledger.seal where tenant_id = :tenant_id and sequence > :after
order by sequence limit :most
""")
_ANNOUNCED = text("""
select (payload ->> 'sequence')::bigint as sequence, payload ->> 'hash' as hash
from kernel.event
where tenant_id = :tenant_id and aggregate_id = :tenant_id and name = :name
order by position desc limit 1
""")


async def check_seals(session: AsyncSession, context: Context) -> list[Violation]:
    """Return what was changed, removed or inserted since it was sealed."""
    found: list[Violation] = []
    announced = (
        await session.execute(
            _ANNOUNCED, {"tenant_id": context.tenant_id, "name": BooksSealed.name}
        )
    ).one_or_none()
    sequence, to, previous = 0, 0, GENESIS
    while True:
        page = {"tenant_id": context.tenant_id, "after": sequence, "most": PAGE}
        seals = (await session.execute(_SEALS, page)).mappings().all()
        for seal in seals:
            found += _links(seal, sequence, to, previous)
            found += await _rows(session, seal)
            sequence, to, previous = seal["sequence"], seal["to_timestamp"], seal["hash"]
            if announced is not None and announced.sequence == sequence:
                found += _as_announced(announced, previous)
        if len(seals) < PAGE or len(found) >= MOST:
            break
    if announced is not None and announced.sequence > sequence:
        detail = f"{announced.sequence} were announced, {sequence} are there"
        found.append(_broken("the newest seals are there", None, detail))
    return found[:MOST]


def _links(seal: Any, sequence: int, to: int, previous: bytes) -> Iterator[Violation]:
    number = seal["sequence"]
    if number != sequence + 1:
        yield _broken("no seal is missing", None, f"seals {sequence + 1} to {number - 1} are gone")
    elif seal["previous_hash"] != previous or seal["after_timestamp"] != to:
        yield _broken("a seal continues the one before", None, f"seal {number}")
    if seal_hash(seal) != seal["hash"]:
        yield _broken("a seal is as it was made", None, f"seal {number}")


def _as_announced(announced: Any, found: bytes) -> Iterator[Violation]:
    if announced.hash != bytes(found).hex():
        yield _broken("the seals are those announced", None, f"seal {announced.sequence}")


async def _rows(session: AsyncSession, seal: Any) -> list[Violation]:
    rows = await digests(
        session,
        after=seal["after_timestamp"],
        to=seal["to_timestamp"],
        most=seal["rows"] + _MORE,
    )
    if len(rows) == seal["rows"] and digest_of(rows) == seal["digest"]:
        return []
    found = list(_differences(seal, rows))
    return found or [_broken("what was sealed is unchanged", None, f"seal {seal['sequence']}")]


def _differences(seal: Any, rows: Sequence[Any]) -> Iterator[Violation]:
    """Hold the marks against each other: replaced, inserted and removed ones are the rows'."""
    sealed, present = _split(bytes(seal["marks"])), _split(marks_of(rows))
    matcher = SequenceMatcher(None, sealed, present, autojunk=False)
    for _, before, before_to, after, after_to in matcher.get_opcodes():
        if sealed[before:before_to] == present[after:after_to]:
            continue
        changed = min(before_to - before, after_to - after)
        for row in rows[after : after + changed]:
            yield _broken(
                "a sealed row is unchanged", row.id, f"changed since seal {seal['sequence']}"
            )
        for row in rows[after + changed : after_to]:
            yield _broken(
                "nothing is inserted", row.id, f"not there when {seal['sequence']} was made"
            )
        for place in range(before + changed, before_to):
            detail = f"row {place + 1} of {len(sealed)} under seal {seal['sequence']} is gone"
            yield _broken("a sealed row is there", None, detail)


def _split(marks: bytes) -> list[bytes]:
    return [marks[at : at + MARK_BYTES] for at in range(0, len(marks), MARK_BYTES)]


def _broken(rule: str, subject: Any, detail: str) -> Violation:
    return Violation(INVARIANT, rule, subject, detail)
