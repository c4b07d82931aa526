"""The audit bundle: everything a campaign rests on in one archive, each file with its hash."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import BundleTooLarge, CampaignNotFound
from metatron.apps.campaigns.events import BundleMade
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Account, Kind
from metatron.apps.campaigns.permissions import BOOKS
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.terms import find_terms
from metatron.apps.campaigns.tables import Campaign
from metatron.apps.campaigns.wording import texts
from metatron.kernel.context import Context
from metatron.kernel.csv_text import csv_lines
from metatron.kernel.events.event import publish
from metatron.platform.audit.interface import proofs_of, public_keys
from metatron.platform.ledger import interface as ledger

MOST_COMMITMENTS = 20_000
ACCOUNTS_AT_ONCE = 1_000
_COMMITMENTS = text("""
select id, reference, member_id, units, unit_price_minor, amount_minor, captured_minor, currency,
  state, refund_reason, placed_at
from campaigns.commitment where tenant_id = :tenant_id and campaign_id = :campaign_id
order by placed_at, id limit :limit
""")
_TRANSITIONS = text("""
select at, machine, subject_id, ordinal, name, from_state, to_state, reason, actor_kind, actor_id
from campaigns.transition where tenant_id = :tenant_id and campaign_id = :campaign_id
order by at, subject_id, ordinal
""")
_MESSAGES = text("""
select s.sent_at, s.subject_id, s.ordinal, s.template, s.template_version, s.user_id
from campaigns.message s join campaigns.transition t
  on t.tenant_id = s.tenant_id and t.subject_id = s.subject_id and t.ordinal = s.ordinal
where t.tenant_id = :tenant_id and t.campaign_id = :campaign_id
order by s.sent_at, s.subject_id, s.ordinal
""")
_ACKNOWLEDGED = text("""
select a.commitment_id, a.kind, a.terms_version, a.terms_hash, a.acknowledged_at
from campaigns.acknowledgement a join campaigns.commitment m
  on m.tenant_id = a.tenant_id and m.id = a.commitment_id
where m.tenant_id = :tenant_id and m.campaign_id = :campaign_id
order by a.acknowledged_at, a.commitment_id, a.kind
""")
_ENTRY = (
    "timestamp", "id", "debit_account_id", "credit_account_id", "amount", "code", "flags",
    "pending_id", "why", "where_to", "triggered_by",
)  # fmt: skip


async def make_bundle(
    session: AsyncSession, context: Context, *, campaign_id: UUID, data_dir: Path, now: datetime
) -> bytes:
    """Return a ZIP archive of a campaign's rules, history, commitments, books and sealed events.

    People appear by their ids only. `manifest.json` holds the SHA-256 of every other file.

    Raises:
        CampaignNotFound: no such campaign.
        BundleTooLarge: it has more commitments than one archive takes.
    """
    context.demand(BOOKS)
    campaign = await session.get(Campaign, (context.tenant_id, campaign_id))
    if campaign is None:
        raise CampaignNotFound
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    limit = {"limit": MOST_COMMITMENTS + 1}
    commitments = (await session.execute(_COMMITMENTS, key | limit)).all()
    if len(commitments) > MOST_COMMITMENTS:
        raise BundleTooLarge
    files = {
        "README.txt": texts("admin.bundle")["readme"].strip().encode() + b"\n",
        "campaign.json": _json(_columns(campaign)),
        "terms.txt": await _terms(session, context, campaign),
        "commitments.csv": _table(commitments),
        "transitions.csv": _table((await session.execute(_TRANSITIONS, key)).all()),
        "messages.csv": _table((await session.execute(_MESSAGES, key)).all()),
        "acknowledgements.csv": _table((await session.execute(_ACKNOWLEDGED, key)).all()),
        "books.json": _json(await _books(session, context, campaign_id)),
        "transfers.csv": await _transfers(session, context, campaign, commitments),
        "events.json": _json(await proofs_of(session, context, aggregate_id=campaign_id)),
        "keys.json": _json(public_keys(data_dir)),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["manifest.json"] = _json({"made_at": now, "sha256": hashes})
    event = BundleMade(aggregate_id=campaign_id, files=sorted(files))
    await publish(session, context, event, now=now)
    return _zip(files, now)


def _columns(campaign: Campaign) -> dict[str, Any]:
    return {column.name: getattr(campaign, column.name) for column in Campaign.__table__.columns}


async def _terms(session: AsyncSession, context: Context, campaign: Campaign) -> bytes:
    terms = await find_terms(session, context, campaign.terms_version)
    return terms.text.encode() if terms else b""


async def _books(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> list[dict[str, Any]]:
    lines = await books.lines_of(session, context, campaign_id)
    return [asdict(line) | {"kind": Kind(line.code).name.lower()} for line in lines]


async def _transfers(
    session: AsyncSession, context: Context, campaign: Campaign, commitments: Sequence[Any]
) -> bytes:
    provider = (await read_settings(session, context)).provider
    chart = books.chart_of(campaign, provider)
    accounts: list[Account] = [
        chart.commitment(kind, campaign.id, commitment.id)
        for commitment in commitments
        for kind in (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_UNITS)
    ]
    accounts.append(chart.payable(campaign.id))
    found: dict[UUID, ledger.Transfer] = {}
    for part in batched(accounts, ACCOUNTS_AT_ONCE):
        filters = [ledger.AccountFilter(account_id=account.id) for account in part]
        for transfers in await ledger.account_transfers(session, context, filters=filters):
            found.update({transfer.id: transfer for transfer in transfers})
    rows = sorted(found.values(), key=lambda transfer: transfer.timestamp)
    return csv_lines([_ENTRY, *([getattr(row, name) for name in _ENTRY] for row in rows)])


def _table(rows: Sequence[Any]) -> bytes:
    if not rows:
        return b""
    return csv_lines([tuple(rows[0]._fields), *rows])


def _json(content: Any) -> bytes:
    return orjson.dumps(content, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _zip(files: dict[str, bytes], now: datetime) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            folder.writestr(entry, content)
    return archive.getvalue()
