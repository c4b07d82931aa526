"""The audit bundle: everything a campaign rests on in one archive, each file with its hash."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.events import BundleMade
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.permissions import BOOKS
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.terms import find_terms
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.trust.accounts_told import accounts_of
from metatron.apps.campaigns.trust.archive import Part, write_archive
from metatron.apps.campaigns.trust.forms import as_csv
from metatron.apps.campaigns.trust.statement_told import statement_of
from metatron.apps.campaigns.trust.tables_told import TABLES, rows_of
from metatron.apps.campaigns.trust.transfers import transfers_of
from metatron.apps.campaigns.wording import texts
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.platform.audit.interface import proofs_of, published_keys
from metatron.platform.payments.interface import statement_position

AT_ONCE = 1_000
_ABOUT = text("""
select id from campaigns.commitment where tenant_id = :tenant_id and campaign_id = :campaign_id
union all select id from campaigns.exception
  where tenant_id = :tenant_id and campaign_id = :campaign_id
order by id
""")


async def request_bundle(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Note in the log that somebody takes the bundle along; `write_bundle` writes it.

    Raises:
        CampaignNotFound: no such campaign.
    """
    context.demand(BOOKS)
    if await session.get(Campaign, (context.tenant_id, campaign_id)) is None:
        raise CampaignNotFound
    await publish(session, context, BundleMade(aggregate_id=campaign_id, files=NAMES), now=now)


async def write_bundle(
    database: Database, context: Context, *, campaign_id: UUID, data_dir: Path, now: datetime
) -> AsyncGenerator[bytes]:
    """Yield a ZIP archive of a campaign's rules, history, commitments, books and sealed events.

    All of it is one state of the database. People appear by their ids only. However many
    commitments there are, some thousand rows are in memory at once. `manifest.json`, the last
    file, holds the SHA-256 of every other.
    """
    async with await database.session(context) as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        campaign = await session.get_one(Campaign, (context.tenant_id, campaign_id))
        parts = _parts(session, context, campaign, data_dir, now)
        async for piece in write_archive(parts, now=now):
            yield piece


def _parts(
    session: AsyncSession, context: Context, campaign: Campaign, data_dir: Path, now: datetime
) -> Iterator[Part]:
    fields = {name.name: getattr(campaign, name.name) for name in Campaign.__table__.columns}
    yield "README.txt", _whole(texts("admin.bundle")["readme"].strip().encode() + b"\n")
    yield "campaign.json", _whole(_json(fields))
    yield "terms.txt", _terms(session, context, campaign)
    for table in TABLES:
        yield f"{table}.csv", as_csv(rows_of(session, context, campaign.id, table))
    yield "books.json", _books(session, context, campaign.id)
    yield "accounts.csv", as_csv(accounts_of(session, context, campaign))
    yield "transfers.csv", as_csv(transfers_of(session, context, campaign))
    yield "statement.csv", as_csv(statement_of(session, context, campaign.id))
    yield "statement.json", _statement(session, context, now)
    yield "events.jsonl", _events(session, context, campaign.id)
    yield "keys.json", _whole(_json([_key(each) for each in published_keys(data_dir)]))


NAMES = sorted([
    "README.txt", "campaign.json", "terms.txt", "books.json", "accounts.csv", "transfers.csv",
    "statement.csv", "statement.json", "events.jsonl", "keys.json", "manifest.json",
    *(f"{table}.csv" for table in TABLES),
])  # fmt: skip


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _terms(
    session: AsyncSession, context: Context, campaign: Campaign
) -> AsyncIterator[bytes]:
    terms = await find_terms(session, context, campaign.terms_version)
    yield terms.text.encode() if terms else b""


async def _books(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> AsyncIterator[bytes]:
    lines = await books.lines_of(session, context, campaign_id)
    yield _json([asdict(line) | {"kind": Kind(line.code).name.lower()} for line in lines])


async def _statement(
    session: AsyncSession, context: Context, now: datetime
) -> AsyncIterator[bytes]:
    """Say what the provider says it holds, for all campaigns: statements know no campaign."""
    provider = (await read_settings(session, context)).provider
    found = await statement_position(session, context, provider=provider, on=now.date())
    yield _json([asdict(each) for each in found])


async def _events(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> AsyncIterator[bytes]:
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    about = (await session.execute(_ABOUT, key)).scalars().all()
    for some in batched([campaign_id, *about], AT_ONCE):
        lines = []
        async for proof in proofs_of(session, context, aggregate_ids=some):
            lines.append(orjson.dumps(proof, default=str) + b"\n")
            if len(lines) == AT_ONCE:
                yield b"".join(lines)
                lines.clear()
        yield b"".join(lines)


def _key(key: Any) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "fingerprint": key.fingerprint,
        "public_key": key.public.hex(),
        "began_at": key.began_at,
    }


def _json(content: Any) -> bytes:
    return orjson.dumps(content, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
