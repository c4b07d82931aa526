"""Taking files into the catalogue: kept first, read by a job, its log kept for good."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue import statements
from metatron.apps.amc.catalogue.events import CatalogueImported, CatalogueImportFailed
from metatron.apps.amc.catalogue.files import Parsed, Subject, Unreadable, parse
from metatron.apps.amc.catalogue.words import words_of
from metatron.apps.amc.permissions import EDIT
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

IMPORT_JOB = "amc.import_catalogue"
LARGEST_FILE_BYTES = 50 * 2**20
_AT_ONCE = 5_000


async def ask_for_import(
    session: AsyncSession,
    context: Context,
    *,
    subject: Subject,
    file_name: str,
    content: bytes,
    now: datetime,
) -> UUID:
    """Keep a file and have it read; returns the import's id.

    Raises:
        PermissionDenied: the actor may not write the catalogue.
        InvalidInput: the file is empty.
    """
    context.demand(EDIT)
    if not content.strip():
        raise InvalidInput.field("body", "empty_file", "Send a file with a line of column names.")
    import_id = new_id()
    row = {
        "tenant_id": context.tenant_id, "id": import_id, "subject": subject,
        "file_name": file_name, "content": content, "asked_by": context.actor_id, "now": now,
    }  # fmt: skip
    await session.execute(text(statements.KEEP), row)
    await enqueue(session, context, IMPORT_JOB, import_id=import_id)
    return import_id


async def import_kept(
    session: AsyncSession, context: Context, *, import_id: UUID, now: datetime
) -> None:
    """Read a kept file into the catalogue; does nothing when that has been done."""
    key = {"tenant_id": context.tenant_id, "id": import_id}
    kept = (await session.execute(text(statements.TAKE), key)).one_or_none()
    if kept is None:
        return
    try:
        parsed = await asyncio.to_thread(parse, kept.content, kept.subject)
    except Unreadable as error:
        problems = orjson.dumps([{"line": 1, "reason": str(error)}]).decode()
        outcome = {"state": "failed", "lines": 0, "refused": 0, "problems": problems}
        await finish(session, key | outcome | dict.fromkeys(_COUNTS, 0), now)
        failed = CatalogueImportFailed(aggregate_id=import_id, subject=kept.subject)
        await publish(session, context, failed, now=now)
        return
    counts = await put(session, context, subject=kept.subject, rows=parsed.rows, now=now)
    await finish(session, key | _outcome(parsed, counts), now)
    event = CatalogueImported(
        aggregate_id=import_id,
        subject=kept.subject,
        added=counts["added"],
        changed=counts["changed"],
        refused=parsed.refused,
    )
    await publish(session, context, event, now=now)


_COUNTS = ("added", "changed", "unchanged")


def _outcome(parsed: Parsed, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "state": "done",
        "lines": parsed.lines,
        "refused": parsed.refused,
        "problems": orjson.dumps(parsed.problems).decode(),
        **counts,
    }


async def finish(session: AsyncSession, outcome: dict[str, Any], now: datetime) -> None:
    """Note what became of an import: state, counts, problems."""
    await session.execute(text(statements.FINISH), outcome | {"now": now})


async def put(
    session: AsyncSession,
    context: Context,
    *,
    subject: Subject,
    rows: list[dict[str, str]],
    now: datetime,
) -> dict[str, int]:
    """Put rows into the catalogue; returns how many were `added`, `changed` and `unchanged`."""
    counts = dict.fromkeys(_COUNTS, 0)
    statement = text(statements.PUT_ASINS if subject == "asins" else statements.PUT_CAMPAIGNS)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        given = {
            "tenant_id": context.tenant_id, "rows": orjson.dumps(some).decode(), "now": now,
        }  # fmt: skip
        written = (await session.execute(statement, given)).all()
        counts["added"] += sum(row.is_new for row in written)
        counts["changed"] += sum(not row.is_new for row in written)
        counts["unchanged"] += len(some) - len(written)
        if subject == "asins" and written:
            await _index(session, context, some, {row.asin for row in written})
    return counts


async def _index(
    session: AsyncSession, context: Context, rows: list[dict[str, str]], written: set[str]
) -> None:
    pairs = [
        (word, row["asin"])
        for row in rows
        if row["asin"] in written
        for word in words_of(row["asin"], row["brand"], row["title"])
    ]
    given = {
        "tenant_id": context.tenant_id,
        "asins": list(written),
        "words": [word for word, _ in pairs],
        "owners": [asin for _, asin in pairs],
    }
    await session.execute(text(statements.FORGET_WORDS), given)
    await session.execute(text(statements.NOTE_WORDS), given)
