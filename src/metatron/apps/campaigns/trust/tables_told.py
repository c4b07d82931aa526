"""The tables of an audit bundle: which rows of the campaign, and which of their columns.

People appear by their ids only, and what members wrote in their own words stays out.
"""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.csv_text import csv_lines

AT_ONCE = 1_000
_OF_COMMITMENTS = """
join campaigns.commitment m on m.tenant_id = x.tenant_id and m.id = x.commitment_id
where x.tenant_id = :tenant_id and m.campaign_id = :campaign_id"""
_OF_EXCEPTIONS = """
join campaigns.exception p on p.tenant_id = x.tenant_id and p.id = x.exception_id
where x.tenant_id = :tenant_id and p.campaign_id = :campaign_id"""
_OF_NOTICES = """
join campaigns.notice p on p.tenant_id = x.tenant_id and p.id = x.notice_id
where x.tenant_id = :tenant_id and p.campaign_id = :campaign_id"""
_OF_CLAIMS = """
join campaigns.supplier_claim p on p.tenant_id = x.tenant_id and p.id = x.claim_id
where x.tenant_id = :tenant_id and p.campaign_id = :campaign_id"""
_OF_STEPS = """
join campaigns.transition t
  on t.tenant_id = x.tenant_id and t.subject_id = x.subject_id and t.ordinal = x.ordinal
where x.tenant_id = :tenant_id and t.campaign_id = :campaign_id"""
_OWN = "where x.tenant_id = :tenant_id and x.campaign_id = :campaign_id"

_TABLES = {
    "commitments": (
        "campaigns.commitment", _OWN, "placed_at, id",
        """id, reference, member_id, units, unit_price_minor, amount_minor, captured_minor,
  currency, state, refund_reason, placed_at""",
    ),
    "acknowledgements": (
        "campaigns.acknowledgement", _OF_COMMITMENTS, "acknowledged_at, commitment_id, kind",
        """commitment_id, kind, terms_version, terms_hash, acknowledged_at""",
    ),
    "transitions": (
        "campaigns.transition", _OWN, "at, subject_id, ordinal",
        """at, machine, subject_id, ordinal, name, from_state, to_state, reason, actor_kind,
  actor_id""",
    ),
    "messages": (
        "campaigns.message", _OF_STEPS, "sent_at, subject_id, ordinal",
        """sent_at, subject_id, ordinal, template, template_version, user_id""",
    ),
    "notices": (
        "campaigns.notice", _OWN, "requested_at, id",
        """id, kind, state, what, why, worst_case, new_date_at, answer_by, requested_by,
  requested_at, given_by, given_at""",
    ),
    "notice-answers": (
        "campaigns.notice_answer", _OF_NOTICES, "answered_at, commitment_id",
        """notice_id, commitment_id, answer, answered_by, answered_at""",
    ),
    "proposals": (
        "campaigns.supplier_proposal", _OWN, "asked_at, id",
        """id, supplier_id, state, units_max, unit_price_minor, counter_units_max,
  counter_unit_price_minor, currency, expires_at, asked_by, asked_at, closed_at""",
    ),
    "consents": (
        "campaigns.consent", _OWN, "commitment_id",
        """commitment_id, units_proposed, unit_price_minor, amount_minor, back_minor, answer,
  answered_at, units_granted""",
    ),
    "refunds": (
        "campaigns.refund", _OWN, "created_at, id",
        """id, commitment_id, amount_minor, currency, reason_code, trigger, whole, state,
  came_back_minor, transfer_id, attempts, requested_by, approval_id, created_at,
  resolved_at""",
    ),
    "payouts": (
        "campaigns.payout", _OWN, "created_at, id",
        """id, amount_minor, currency, transfer_id, attempts, state, created_at""",
    ),
    "provider-charges": (
        "campaigns.provider_charge", _OWN, "recorded_at, id",
        """id, kind, amount_minor, currency, reference, recharged_minor, recorded_by,
  recorded_at""",
    ),
    "fulfilment": (
        "campaigns.fulfilment_event", _OWN, "recorded_at, id",
        """id, kind, note, recorded_by, recorded_at""",
    ),
    "milestones": (
        "campaigns.milestone", _OWN, "sequence",
        """id, sequence, title, share_bp, due_at, auto_approve_hours, state, evidence_at,
  decided_by, decided_at, reason, payout_id, released_minor""",
    ),
    "share-releases": (
        "campaigns.share_release", _OWN, "milestone_id, commitment_id",
        """milestone_id, commitment_id, amount_minor""",
    ),
    "evidence": (
        "campaigns.evidence", _OWN, "added_at, id",
        """id, milestone_id, issue_id, sha256, media_type, taken_at, uploaded_by, added_at""",
    ),
    "receipts": (
        "campaigns.receipt", _OWN, "confirmed_at, commitment_id",
        """commitment_id, confirmed_by, confirmed_at""",
    ),
    "issues": (
        "campaigns.issue", _OWN, "opened_at, id",
        """id, commitment_id, category, state, outcome, resolution, held_minor, freed_minor,
  opened_by, opened_at, resolved_by, resolved_at""",
    ),
    "card-disputes": (
        "campaigns.card_dispute", _OWN, "opened_at, id",
        """id, commitment_id, provider, reference, amount_minor, fee_minor, currency,
  is_before_release, state, opened_at, closed_at""",
    ),
    "supplier-claims": (
        "campaigns.supplier_claim", _OWN, "opened_at, id",
        """id, dispute_id, supplier_id, amount_minor, paid_minor, written_off_minor, currency,
  reason, state, opened_by, opened_at, closed_at""",
    ),
    "claim-payments": (
        "campaigns.claim_payment", _OF_CLAIMS, "created_at, id",
        """id, claim_id, amount_minor, currency, transfer_id, state, requested_by, created_at,
  resolved_at""",
    ),
    "exceptions": (
        "campaigns.exception", _OWN, "opened_at, id",
        """id, category, severity, state, title, cause, commitment_id, assigned_to, resolution,
  opened_by, opened_at, closed_at""",
    ),
    "exception-steps": (
        "campaigns.exception_entry", _OF_EXCEPTIONS, "exception_id, ordinal",
        """exception_id, ordinal, kind, from_state, to_state, note, actor_kind, actor_id, at""",
    ),
    "exception-evidence": (
        "campaigns.exception_evidence", _OF_EXCEPTIONS, "added_at, id",
        """id, exception_id, kind, pointer, note, added_by, added_at""",
    ),
    "provider-actions": (
        "campaigns.provider_action", _OWN, "recorded_at, id",
        """id, provider, action, reference, commitment_id, amount_minor, fee_minor, currency,
  state, why, occurred_at, recorded_at, resolved_at""",
    ),
    "updates": (
        "campaigns.public_update", _OWN, "published_at, id",
        """id, title, text, published_by, published_at""",
    ),
}  # fmt: skip
"""By name: which table, which of its rows, in which sequence, and the columns that are told."""


def _statement(table: str, rows: str, order: str, columns: str) -> TextClause:
    told = ", ".join(f"x.{name.strip()}" for name in columns.split(","))
    sequence = ", ".join(f"x.{name.strip()}" for name in order.split(","))
    return text(f"select {told} from {table} x {rows} order by {sequence}")


TABLES = {name: _statement(*parts) for name, parts in _TABLES.items()}
"""A statement for each table."""


async def rows_of(
    session: AsyncSession, context: Context, campaign_id: UUID, table: str
) -> AsyncIterator[bytes]:
    """Yield a table as CSV, its names first, a thousand rows at a time."""
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    found = await session.stream(TABLES[table], key, execution_options={"yield_per": AT_ONCE})
    yield csv_lines([tuple(found.keys())])
    async for rows in found.partitions(AT_ONCE):
        yield csv_lines(rows)
