"""Read models. Every list goes by its rows' ids, which are made in order of time, oldest first."""

from metatron.kernel.database.direct import BOUND
from metatron.platform.tenancy.interface import paged

_INSTRUCTION = """
i.id, i.kind, i.target_kind, i.target_id, i.amount_minor, i.currency, i.ledger_transfer_id,
i.provider, i.provider_reference, i.source_reference, i.destination, i.state,
i.confirmed_amount_minor, i.failure_code, i.attempts, i.next_attempt_at, i.capture_before,
i.created_at, i.updated_at, i.sent_at, i.resolved_at, i.returned_at, i.version
"""
_OVERDUE = """
(i.state in ('approved', 'sent', 'unknown') and i.next_attempt_at + interval '2 minutes'
  < now() + make_interval(secs => coalesce((select c.offset_seconds from kernel.tenant_clock c
                                            where c.tenant_id = i.tenant_id), 0)))
"""
INSTRUCTIONS = paged(
    _INSTRUCTION,
    """payments.instruction i where i.tenant_id = bound.t::uuid
      and ($6::text is null or i.state = $6) and ($7::text is null or i.kind = $7)
      and ($8::uuid is null or i.target_id = $8)
      and ($9::bool is not true or """
    + _OVERDUE
    + ")",
    ("i.created_at", "i.id"),
    ("timestamptz", "uuid"),
)
"""Arguments after the page's: state, kind, target, whether only overdue ones."""
INSTRUCTION = f"""{BOUND} select to_json(x)::text from bound, lateral (
  select {_INSTRUCTION}, (
    select coalesce(json_agg(json_build_object(
      'number', a.number, 'how', a.how, 'started_at', a.started_at, 'ended_at', a.ended_at,
      'outcome', a.outcome, 'reason', a.reason) order by a.number), '[]')
    from payments.instruction_attempt a
    where a.tenant_id = i.tenant_id and a.instruction_id = i.id) as calls
  from payments.instruction i where i.tenant_id = bound.t::uuid and i.id = $2 limit 1) x"""
OBSERVATIONS = paged(
    """o.id, o.provider, o.action, o.reference, o.source_reference, o.instruction_id,
       o.target_kind, o.target_id, o.amount_minor, o.fee_minor, o.currency, o.origin,
       o.occurred_at, o.recorded_at""",
    """payments.observation o where o.tenant_id = bound.t::uuid
      and ($6::text is null or o.action = $6) and ($7::uuid is null or o.target_id = $7)""",
    ("o.recorded_at", "o.id"),
    ("timestamptz", "uuid"),
)
"""Arguments after the page's: action, target."""
_STATEMENT = """
s.id, s.provider, s.origin, s.format, s.file_name, s.content_sha256, s.from_on, s.to_on,
s.line_count, s.balances, s.is_balanced, s.imported_by, s.imported_at,
(select count(*) from payments.statement_line l
 where l.tenant_id = s.tenant_id and l.statement_id = s.id and l.match_state = 'unmatched')
as unmatched_count
"""
STATEMENTS = paged(
    _STATEMENT,
    """payments.statement s where s.tenant_id = bound.t::uuid
      and ($6::text is null or s.provider = $6)""",
    ("s.imported_at", "s.id"),
    ("timestamptz", "uuid"),
)
"""Arguments after the page's: provider."""
STATEMENT = f"""{BOUND} select to_json(x)::text from bound, lateral (
  select {_STATEMENT} from payments.statement s
  where s.tenant_id = bound.t::uuid and s.id = $2 limit 1) x"""
LINES = paged(
    """l.id, l.statement_id, l.line_no, l.line_id, l.reference, l.source_reference, l.kind,
       l.amount_minor, l.currency, l.value_on, l.match_state, l.movement_kind, l.movement_id,
       l.movement_part, l.decided_at""",
    """payments.statement_line l where l.tenant_id = bound.t::uuid
      and ($6::uuid is null or l.statement_id = $6) and ($7::text is null or l.match_state = $7)""",
    ("l.statement_id", "l.id"),
    ("uuid", "uuid"),
)
"""Arguments after the page's: statement, match state."""
_BREAK = """
b.id, b.provider, b.kind, b.state, b.statement_line_id, b.movement_kind, b.movement_id,
b.movement_part, b.reference, b.expected_minor, b.found_minor, b.currency, b.value_on, b.opened_at,
b.resolution, b.reason, b.resolved_by, b.resolved_at, b.version
"""
BREAKS = paged(
    _BREAK,
    """payments.reconciliation_break b where b.tenant_id = bound.t::uuid
      and ($6::text is null or b.state = $6) and ($7::text is null or b.kind = $7)""",
    ("b.opened_at", "b.id"),
    ("timestamptz", "uuid"),
)
"""Arguments after the page's: state, kind."""
BREAK = f"""{BOUND} select to_json(x)::text from bound, lateral (
  select {_BREAK} from payments.reconciliation_break b
  where b.tenant_id = bound.t::uuid and b.id = $2 limit 1) x"""
