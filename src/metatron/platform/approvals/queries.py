"""Lists and details of requests."""

from metatron.kernel.database.direct import BOUND

_FIELDS = """
    'id', a.id, 'action', a.action, 'subject_kind', a.subject_kind, 'subject_id', a.subject_id,
    'payload', a.payload, 'payload_hash', encode(a.payload_hash, 'hex'), 'summary', a.summary,
    'amount_minor', a.amount_minor, 'currency', a.currency, 'reason', a.reason,
    'requested_by', a.requested_by, 'requested_by_kind', a.requested_by_kind,
    'requested_at', a.requested_at, 'state', a.state,
    'agreed_by', a.agreed_by, 'agreed_at', a.agreed_at, 'agreed_reason', a.agreed_reason,
    'decided_by', a.decided_by, 'decided_at', a.decided_at, 'decision_reason', a.decision_reason,
    'expires_at', a.expires_at, 'outcome', a.outcome, 'version', a.version,
    'requester_ids', a.requester_ids, 'party_ids', a.party_ids"""

APPROVALS = (
    BOUND
    + " select coalesce(json_agg(r.item order by r.id desc), '[]')::text from bound, lateral ("
    + " select a.id, json_build_object("
    + _FIELDS
    + """) item from approvals.approval a
  where a.tenant_id = bound.t::uuid
    and ($2::uuid is null or a.id < $2) and ($3::text is null or a.state = $3)
    and ($4::text is null or a.action = $4) and ($5::uuid is null or a.subject_id = $5)
  order by a.id desc limit $6) r
"""
)
"""Arguments: id to go on before, state, action, subject, limit."""

APPROVAL = (
    BOUND
    + " select r.item::text from bound, lateral (select json_build_object("
    + _FIELDS
    + ") item from approvals.approval a where a.tenant_id = bound.t::uuid and a.id = $2 limit 1) r"
)
"""Argument: id."""
