"""One box for every reference: whatever is known under it, with where it is looked after."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.permissions import BOOKS
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger
from metatron.platform.payments import interface as payments

type HitKind = Literal[
    "campaign", "commitment", "refund", "payout", "card_dispute", "provider_action", "exception",
    "manual_entry", "transfer", "instruction",
]  # fmt: skip
MOST_FOUND = 50
_FOUND = text("""
with asked as (
  select cast(:tenant_id as uuid) tenant_id, cast(:ids as uuid[]) ids, cast(:names as text[]) names)
select f.* from asked a cross join lateral (
  select 'campaign' kind, c.id, c.id campaign_id, c.reference label, c.title detail, c.state,
    null::bigint amount_minor, c.currency
  from campaigns.campaign c
  where c.tenant_id = a.tenant_id and (c.id = any(a.ids) or c.reference = any(a.names))
  union all
  select 'commitment', m.id, m.campaign_id, m.reference, null, m.state, m.amount_minor, m.currency
  from campaigns.commitment m
  where m.tenant_id = a.tenant_id and (m.id = any(a.ids) or m.reference = any(a.names)
    or m.capture_transfer_id = any(a.ids) or m.provider_reference = any(a.names)
    or m.authorised_reference = any(a.names))
  union all
  select 'refund', r.id, r.campaign_id, m.reference, r.reason_code, r.state, r.amount_minor,
    r.currency
  from campaigns.refund r
  join campaigns.commitment m on m.tenant_id = r.tenant_id and m.id = r.commitment_id
  where r.tenant_id = a.tenant_id and (r.id = any(a.ids) or r.transfer_id = any(a.ids))
  union all
  select 'payout', p.id, p.campaign_id, c.reference, p.destination, p.state, p.amount_minor,
    p.currency
  from campaigns.payout p
  join campaigns.campaign c on c.tenant_id = p.tenant_id and c.id = p.campaign_id
  where p.tenant_id = a.tenant_id and (p.id = any(a.ids) or p.transfer_id = any(a.ids))
  union all
  select 'card_dispute', d.id, d.campaign_id, d.reference, null, d.state, d.amount_minor,
    d.currency
  from campaigns.card_dispute d
  where d.tenant_id = a.tenant_id and (d.id = any(a.ids) or d.reference = any(a.names))
  union all
  select 'provider_action', x.id, x.campaign_id, x.reference, x.action, x.state, x.amount_minor,
    x.currency
  from campaigns.provider_action x
  where x.tenant_id = a.tenant_id and (x.id = any(a.ids) or x.reference = any(a.names))
  union all
  select 'exception', e.id, e.campaign_id, e.title, e.cause, e.state, null, null
  from campaigns.exception e where e.tenant_id = a.tenant_id and e.id = any(a.ids)
  union all
  select 'manual_entry', n.id, null, n.reference, n.reason, n.kind, n.amount_minor, n.currency
  from campaigns.manual_entry n
  where n.tenant_id = a.tenant_id and cast(:sees_books as boolean)
    and (n.id = any(a.ids) or n.reference = any(a.names))
) f limit :most
""")


class LookupHit(BaseModel):
    """Something known under the reference; `path` is the page's address of it."""

    kind: HitKind
    id: UUID
    campaign_id: UUID | None
    label: str
    detail: str | None
    state: str | None
    amount_minor: int | None
    currency: str | None
    path: str | None


class LookupAnswer(BaseModel):
    """All of it; the closest first."""

    items: list[LookupHit]


async def look_up(session: AsyncSession, context: Context, *, reference: str) -> list[LookupHit]:
    """Return what the organisation knows under a reference, an id, or a provider's own name.

    Entries by hand, transfers and instructions are shown to those who may see the books.
    """
    wanted = reference.strip()
    as_id = _id(wanted)
    ids, hits = [as_id] if as_id else [], []
    if sees_books := context.allows(BOOKS):
        instructions = await payments.find_instructions(
            session, context, reference=wanted, known_id=as_id
        )
        ids += [each.target_id for each in instructions]
        hits = [_of_instruction(each) for each in instructions]
        if as_id is not None:
            hits += await _of_transfer(session, context, as_id)
    names = list({wanted, wanted.upper()})
    arguments = {
        "tenant_id": context.tenant_id, "ids": ids, "names": names, "most": MOST_FOUND,
        "sees_books": sees_books,
    }  # fmt: skip
    rows = (await session.execute(_FOUND, arguments)).mappings().all()
    return [
        LookupHit(**row, path=_path(row["kind"], row["id"], row["campaign_id"])) for row in rows
    ] + hits


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _of_instruction(found: payments.Instruction) -> LookupHit:
    return LookupHit(
        kind="instruction", id=found.id, campaign_id=None,
        label=found.provider_reference or str(found.id), detail=found.kind, state=found.state,
        amount_minor=found.amount_minor, currency=found.currency, path="/payments/instructions",
    )  # fmt: skip


async def _of_transfer(
    session: AsyncSession, context: Context, transfer_id: UUID
) -> list[LookupHit]:
    [found] = await ledger.lookup_transfers(session, context, ids=[transfer_id])
    if found is None:
        return []
    [account] = await ledger.lookup_accounts(session, context, ids=[found.debit_account_id])
    campaign_id = account.user_data_128 if account is not None else None
    if campaign_id is not None and not campaign_id.int:
        campaign_id = None
    return [
        LookupHit(
            kind="transfer", id=found.id, campaign_id=campaign_id, label=found.why,
            detail=found.triggered_by, state=None, amount_minor=found.amount,
            currency=_money(account), path=_path("transfer", found.id, campaign_id),
        )
    ]  # fmt: skip


def _money(account: ledger.Account | None) -> str | None:
    """Return the currency of an account of money, None for units."""
    if account is None or ":" in account.currency:
        return None
    return account.currency


def _path(kind: str, row_id: Any, campaign_id: UUID | None) -> str | None:
    desk = {
        "refund": "refunds", "payout": "payouts", "card_dispute": "disputes",
        "exception": "exceptions",
    }  # fmt: skip
    if kind in desk:
        return f"/desk/{desk[kind]}?row={row_id}"
    if kind == "manual_entry":
        return "/desk/entries"
    if campaign_id is None:
        return None
    tab = {"commitment": "?tab=commitments", "transfer": "?tab=books"}.get(kind, "")
    return f"/campaigns/{campaign_id}{tab}"
