"""The tables of an audit bundle: which rows of the campaign, and which of their columns.

People appear by their ids only, and what members wrote in their own words stays out.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.trust.forms import Rows
from metatron.kernel.context import Context

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
_OWN = " where x.tenant_id = :tenant_id and x.campaign_id = :campaign_id"

TABLES = {
    name: text(statement)
    for name, statement in {
        "commitments": """
select x.id, x.reference, x.member_id, x.linked_as, x.units, x.unit_price_minor,
  x.amount_minor, x.captured_minor, x.units_allocated, x.final_unit_price_minor,
  x.final_amount_minor, x.released_bp, x.currency, x.state, x.refund_reason,
  x.capture_transfer_id, x.provider_reference, x.payout_id, x.placed_at
from campaigns.commitment x"""
        + _OWN
        + " order by x.placed_at, x.id",
        "acknowledgements": """
select x.commitment_id, x.kind, x.terms_version, x.terms_hash, x.acknowledged_at
from campaigns.acknowledgement x"""
        + _OF_COMMITMENTS
        + " order by x.acknowledged_at, x.commitment_id, x.kind",
        "transitions": """
select x.at, x.machine, x.subject_id, x.ordinal, x.name, x.from_state, x.to_state,
  x.reason, x.actor_kind, x.actor_id
from campaigns.transition x"""
        + _OWN
        + " order by x.at, x.subject_id, x.ordinal",
        "review-opinions": """
select x.id, x.terms_hash, x.role, x.verdict, x.reason,
  cast(x.constraints as text) as constraints, x.stated_by,
  x.stated_at
from campaigns.review_opinion x"""
        + _OWN
        + " order by x.stated_at, x.id",
        "messages": """
select x.sent_at, x.subject_id, x.ordinal, x.template, x.template_version, x.user_id
from campaigns.message x"""
        + _OF_STEPS
        + " order by x.sent_at, x.subject_id, x.ordinal",
        "notices": """
select x.id, x.kind, x.state, x.what, x.why, x.worst_case, x.new_date_at, x.answer_by,
  x.requested_by, x.requested_at, x.given_by, x.given_at
from campaigns.notice x"""
        + _OWN
        + " order by x.requested_at, x.id",
        "notice-answers": """
select x.notice_id, x.commitment_id, x.answer, x.answered_by, x.answered_at
from campaigns.notice_answer x"""
        + _OF_NOTICES
        + " order by x.answered_at, x.commitment_id",
        "proposals": """
select x.id, x.supplier_id, x.state, x.units_max, x.unit_price_minor,
  x.counter_units_max, x.counter_unit_price_minor, x.currency, x.expires_at, x.asked_by,
  x.asked_at, x.closed_at
from campaigns.supplier_proposal x"""
        + _OWN
        + " order by x.asked_at, x.id",
        "consents": """
select x.commitment_id, x.units_proposed, x.unit_price_minor, x.amount_minor,
  x.back_minor, x.answer, x.answered_at, x.units_granted
from campaigns.consent x"""
        + _OWN
        + " order by x.commitment_id",
        "refunds": """
select x.id, x.commitment_id, x.amount_minor, x.currency, x.reason_code, x.reason, x.trigger,
  x.whole, x.state, x.came_back_minor, x.transfer_id, x.attempts, x.requested_by,
  x.approval_id, x.created_at, x.resolved_at
from campaigns.refund x"""
        + _OWN
        + " order by x.created_at, x.id",
        "payouts": """
select x.id, x.amount_minor, x.currency, x.transfer_id, x.attempts, x.state,
  x.created_at, x.due_at, x.confirmed_at
from campaigns.payout x"""
        + _OWN
        + " order by x.created_at, x.id",
        "provider-charges": """
select x.id, x.kind, x.amount_minor, x.currency, x.reference, x.correction_minor, x.recharged_minor,
  x.recorded_by, x.recorded_at
from campaigns.provider_charge x"""
        + _OWN
        + " order by x.recorded_at, x.id",
        "fulfilment": """
select x.id, x.kind, x.note, x.recorded_by, x.recorded_at
from campaigns.fulfilment_event x"""
        + _OWN
        + " order by x.recorded_at, x.id",
        "milestones": """
select x.id, x.sequence, x.title, x.share_bp, x.due_at, x.auto_approve_hours, x.state,
  x.evidence_at, x.decided_by, x.decided_at, x.reason, x.payout_id, x.released_minor
from campaigns.milestone x"""
        + _OWN
        + " order by x.sequence",
        "share-releases": """
select x.milestone_id, x.commitment_id, x.amount_minor
from campaigns.share_release x"""
        + _OWN
        + " order by x.milestone_id, x.commitment_id",
        "evidence": """
select x.id, x.milestone_id, x.issue_id, x.sha256, x.media_type, x.taken_at,
  x.uploaded_by, x.added_at
from campaigns.evidence x"""
        + _OWN
        + " order by x.added_at, x.id",
        "receipts": """
select x.commitment_id, x.confirmed_by, x.confirmed_at
from campaigns.receipt x"""
        + _OWN
        + " order by x.confirmed_at, x.commitment_id",
        "issues": """
select x.id, x.commitment_id, x.category, x.state, x.outcome, x.resolution,
  x.refund_minor, x.held_minor, x.freed_minor, x.opened_by, x.opened_at, x.resolved_by,
  x.resolved_at
from campaigns.issue x"""
        + _OWN
        + " order by x.opened_at, x.id",
        "card-disputes": """
select x.id, x.commitment_id, x.provider, x.reference, x.amount_minor, x.fee_minor,
  x.currency, x.is_before_release, x.state, x.opened_at, x.closed_at
from campaigns.card_dispute x"""
        + _OWN
        + " order by x.opened_at, x.id",
        "dispute-files": """
select x.id, x.dispute_id, x.sha256, x.media_type, x.added_by, x.added_at
from campaigns.dispute_file x"""
        + _OWN
        + " order by x.added_at, x.id",
        "supplier-claims": """
select x.id, x.dispute_id, x.supplier_id, x.amount_minor, x.paid_minor,
  x.written_off_minor, x.currency, x.reason, x.state, x.opened_by, x.opened_at,
  x.closed_at
from campaigns.supplier_claim x"""
        + _OWN
        + " order by x.opened_at, x.id",
        "claim-payments": """
select x.id, x.claim_id, x.amount_minor, x.currency, x.transfer_id, x.state,
  x.requested_by, x.created_at, x.resolved_at
from campaigns.claim_payment x"""
        + _OF_CLAIMS
        + " order by x.created_at, x.id",
        "exceptions": """
select x.id, x.category, x.severity, x.state, x.title, x.cause, x.commitment_id,
  x.assigned_to, x.resolution, x.opened_by, x.opened_at, x.closed_at
from campaigns.exception x"""
        + _OWN
        + " order by x.opened_at, x.id",
        "exception-steps": """
select x.exception_id, x.ordinal, x.kind, x.from_state, x.to_state, x.note,
  x.actor_kind, x.actor_id, x.at
from campaigns.exception_entry x"""
        + _OF_EXCEPTIONS
        + " order by x.exception_id, x.ordinal",
        "exception-evidence": """
select x.id, x.exception_id, x.kind, x.pointer, x.note, x.added_by, x.added_at
from campaigns.exception_evidence x"""
        + _OF_EXCEPTIONS
        + " order by x.added_at, x.id",
        "provider-actions": """
select x.id, x.provider, x.action, x.reference, x.commitment_id, x.amount_minor,
  x.fee_minor, x.currency, x.state, x.why, x.occurred_at, x.recorded_at, x.resolved_at
from campaigns.provider_action x"""
        + _OWN
        + " order by x.recorded_at, x.id",
        "answered-questions": """
select x.id, x.asked_at, x.answer, x.answered_by, x.answered_at
from campaigns.question x"""
        + _OWN
        + " and x.answered_at is not null order by x.asked_at, x.id",
        "updates": """
select x.id, x.title, x.text, x.published_by, x.published_at
from campaigns.public_update x"""
        + _OWN
        + " order by x.published_at, x.id",
    }.items()
}
"""By name: which rows of which table, in which sequence, and the columns that are told."""


async def rows_of(session: AsyncSession, context: Context, campaign_id: UUID, table: str) -> Rows:
    """Yield a table, the names of its columns first, a thousand rows at a time."""
    key = {"tenant_id": context.tenant_id, "campaign_id": campaign_id}
    found = await session.stream(TABLES[table], key, execution_options={"yield_per": AT_ONCE})
    yield [tuple(found.keys())]
    async for rows in found.partitions(AT_ONCE):
        yield rows
